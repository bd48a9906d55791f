"""Where is it shown whether approving what agents want, and accepting what machines suggest, still says something?

Figures of the last three months for each agent and for each question with a suggestion, from what was decided; no
person is named. What share is put to people otherwise is said in the agent's file (`orchestration.agents.checking`) and
in the manifest of the case type (`orchestration.casetypes.asked_first`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.actors.views import may_read
from casework.models import FirstAnswer
from casework.studio.rule_versions import newest_types
from casework.web.decorators import reads
from orchestration.agents.checking import BLIND, KNOWN
from orchestration.agents.stamping import Decided, Figures, figures
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.models import Actor, AgentProposal

State = AgentProposal.State
SINCE: Final = timedelta(days=90)
MOST: Final = 20_000
"""Decisions that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """An agent, or a question of a case type, and what its approvals are worth."""

    key: str
    name: str
    found: Figures


@reads
def worth(request: HttpRequest) -> HttpResponse:
    """Each agent of which anything was decided, and each question that was answered beside a suggestion."""
    may_read(request)
    rows, asked = worth_of(clock.utc_now()), suggestions_worth(clock.utc_now())
    warned = [row for row in (*rows, *asked) if row.found.signs]
    context = {"rows": rows, "asked": asked, "warned": warned, "days": SINCE.days}
    return render(request, "agents/worth.html", context)


def worth_of(now: datetime) -> list[Row]:
    """By the names of the agents. Two statements."""
    decided = AgentProposal.objects.filter(decided__gte=now - SINCE).exclude(decided_by="").exclude(state=State.HELD)
    rows = decided.select_related("run").order_by("-decided")[:MOST]
    by_agent: dict[str, list[AgentProposal]] = {}
    for row in rows:
        by_agent.setdefault(row.run.actor, []).append(row)
    names = dict(Actor.objects.filter(key__in=by_agent).values_list("key", "name"))
    found = [Row(key, names.get(key, key), figures(map(_decided, each))) for key, each in by_agent.items()]
    return sorted(found, key=lambda row: row.name)


def _decided(row: AgentProposal) -> Decided:
    began = row.looked or row.opened  # by API nobody knows how long the evidence was before their eyes
    seconds = None if began is None or row.decided is None else (row.decided - began).total_seconds()
    fell = row.check_answer == "approved" if row.put == KNOWN and row.checked is not None else None
    return Decided(row.state != State.REJECTED, seconds, row.put, fell)


def suggestions_worth(now: datetime) -> list[Row]:
    """By the names of the case types that ask in a share of their cases first. Two statements."""
    types = {case_type.key: case_type for _, case_type in newest_types() if case_type.asked_first is not None}
    found = FirstAnswer.objects.filter(at__gte=now - SINCE).order_by("-at", "-pk")
    answers: dict[str, dict[int, dict[str, FirstAnswer]]] = {}
    for row in found.annotate(key=F("instance__definition__key"))[:MOST]:
        of_task = answers.setdefault(vars(row)["key"], {}).setdefault(row.task_id, {})
        of_task[row.put] = row
    rows = [
        Row(key, _question(types[key]), figures(filter(None, map(_answered, tasks.values()))))
        for key, tasks in answers.items() if key in types
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.name)


def _question(case_type: CaseType) -> str:
    first = case_type.asked_first
    fields = (one for form in case_type.forms.values() for one in form.fields)
    label = next((one.label for one in fields if first is not None and one.path == first.question), "")
    return f"{case_type.name}: {label}"


def _answered(puts: Mapping[str, FirstAnswer]) -> Decided | None:
    """One task: what they said without the suggestion, or else what they made of it; None while that is open."""
    row, known = puts.get(BLIND, puts.get("")), puts.get(KNOWN)
    if row is None:
        return None
    seconds = None if row.opened is None else (row.at - row.opened).total_seconds()
    return Decided(bool(row.agreed), seconds, known.put if known else row.put, known.fell if known else None)
