"""What is known of one call of a machine: who was chosen and why, what each guardrail said, what it cost?

What it was given and gave is the case's: it is shown, masked, to who may see the case, and to nobody else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from casework.access import permissions
from casework.actors.ledger.read import sees_all
from casework.cases.read.case_view import look
from casework.cases.read.decisions import answer_told
from casework.cases.read.values import version_in_words
from casework.models import Case
from casework.tasks.machine_work import PHASES, WORDS
from orchestration.casetypes.capability_titles import capability_title
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.jobs import what_left
from orchestration.models import Actor, ActorCall, Evaluation

Json = Any


@dataclass(frozen=True, slots=True)
class Content:
    """What is the case's of a call, as this reader may see it. `given`: its output by the titles of its fields."""

    output: str
    given: tuple[tuple[str, Json], ...]
    detail: str
    error: str
    right: str
    reason: str
    sent: str = ""
    """What left the house for it, where that was asked for and can be made again."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """`content` is None where the reader may not see the case. `others`: the attempts at the same job. `may_ask_sent`:
    whether a digest is kept of the words that left for it. `asked_for`, `actor`, and who was `passed` over or tried in
    `others`: by their names."""

    call: ActorCall
    case: int | None
    may_open: bool
    content: Content | None
    rule: str
    passed: tuple[tuple[str, str], ...]
    verdicts: tuple[dict[str, Json], ...]
    scores: tuple[Evaluation, ...]
    usage: tuple[tuple[str, Json], ...]
    others: tuple[tuple[ActorCall, str], ...]
    may_ask_sent: bool
    asked_for: str
    actor: str


def call_page(user: User, number: int, now: datetime, *, with_sent: bool = False) -> CallPage | None:
    """The page of one call, with what left for it where that is asked for; None where there is none, or it is of a case
    that this person may not know of."""
    found = ActorCall.objects.select_related("instance__case", "job", "judgement").filter(pk=number).first()
    if found is None:
        return None
    case = getattr(found.instance, "case", None)
    may_open = case is not None and permissions.may(user, "view", case)
    if not (may_open or sees_all(user)):
        return None
    route, others = found.route or {}, ActorCall.objects.filter(job=found.job_id).exclude(pk=found.pk).order_by("pk")
    keys = {found.actor, *route.get("passed", {}), *(one.actor for one in others)}
    names = dict(Actor.objects.filter(key__in=keys).values_list("key", "name"))
    return CallPage(
        found, None if case is None else case.pk, may_open,
        _content(user, case, found, now, with_sent=with_sent)
        if case is not None and may_open and not _is_anothers(user, found) else None,
        _rule(found, route.get("rule", "")),
        tuple((names.get(key, key), why) for key, why in route.get("passed", {}).items()),
        tuple(_in_words(verdict) for verdict in found.verdicts or ()),
        tuple(found.evaluations.order_by("evaluator")),
        tuple((key.replace("_", " "), value) for key, value in (found.usage or {}).items()),
        tuple((one, names.get(one.actor, one.actor)) for one in others), what_left.is_kept(found),
        capability_title(found.instance.definition_id, found.capability), names.get(found.actor, found.actor),
    )  # fmt: skip


def _in_words(verdict: dict[str, Json]) -> dict[str, Json]:
    """What a guardrail said, with when and how in words."""
    stage, outcome = verdict.get("stage", ""), verdict.get("outcome", "")
    return {**verdict, "stage": PHASES.get(stage, stage), "outcome": WORDS.get(outcome, outcome)}


def _rule(call: ActorCall, rule: str) -> str:
    """By which rule of routing it was chosen, with the version of the case by its name."""
    try:
        case_type = by_definition(call.instance.definition_id)
    except Faulty:
        return rule
    return rule.replace(case_type.label, version_in_words(case_type, case_type.label))


def _is_anothers(user: User, call: ActorCall) -> bool:
    """Whether it answers a question that somebody else asked: made from what they may see, it is theirs alone."""
    return call.job.is_question and call.asked_by != permissions.origin_of(user).actor


def _content(user: User, case: Case, call: ActorCall, now: datetime, *, with_sent: bool) -> Content:
    seen = look(user=user, case=case, now=now)
    view = seen.view
    given = answer_told(seen.case_type, call.capability, view.payload(call.output)) if call.output else ()
    judged = getattr(call, "judgement", None)
    parts = (call.output, call.detail, None if judged is None else judged.right)
    output, detail, right = (
        json.dumps(view.payload(one), indent=2, ensure_ascii=False) if one else "" for one in parts
    )
    reason, words = "" if judged is None else view.text(judged.reason), what_left.words_of(call) if with_sent else None
    sent = "" if words is None else view.text("\n\n".join(words))
    return Content(output, given, detail, view.text(call.error), right, reason, sent)
