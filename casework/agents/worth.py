"""Where is it shown whether approving what agents want still says something?

Figures of the last three months for each agent, from what was decided; no person is named. What share is put to people
otherwise is said in the agent's file (`orchestration.agents.checking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.actors.views import may_read
from casework.web.decorators import reads
from orchestration.agents.checking import KNOWN
from orchestration.agents.stamping import Decided, Figures, figures
from orchestration.ground import clock
from orchestration.models import Actor, AgentProposal

State = AgentProposal.State
SINCE: Final = timedelta(days=90)
MOST: Final = 20_000
"""Decisions that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """An agent, and what its approvals are worth."""

    key: str
    name: str
    found: Figures


@reads
def worth(request: HttpRequest) -> HttpResponse:
    """Each agent of which anything was decided."""
    may_read(request)
    rows = worth_of(clock.utc_now())
    context = {"rows": rows, "warned": [row for row in rows if row.found.signs], "days": SINCE.days}
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
    seconds = None if row.opened is None or row.decided is None else (row.decided - row.opened).total_seconds()
    fell = row.check_answer == "approved" if row.put == KNOWN and row.checked is not None else None
    return Decided(row.state != State.REJECTED, seconds, row.put, fell)
