"""How does a person do a machine's work, from its suggestion or without one?

The form is made from what the capability promises (`capability:KEY`), every answer stands under `result`. Where a
suggestion waits, `verdict` says what becomes of it: accept it as it is, change it, or reject it with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from audit.sealed_values import subject_with_key
from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.answers import Seen
from casework.cases.locking import keep_refusal
from casework.forms.document_form import OPEN_TO_ALL, Filled, view_of
from casework.forms.schema_form import fields_of
from orchestration.actors.handoff import Verdict
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.engine.commands import CompleteTask
from orchestration.ground.refusals import Refused
from orchestration.jobs import by_hand as work_by_hand
from orchestration.jobs.actor_ledger import output_as_kept
from orchestration.jobs.by_hand import ByHand, checked, is_by_hand, objection
from orchestration.models import HumanTask, Judgement
from orchestration.privacy.classification import LEVELS, rank
from orchestration.privacy.masking import View
from orchestration.privacy.pseudonyms import pseudonym_of_data
from orchestration.shell.services import Locked

Json = Any

RESULT: Final = "result"
VERDICT: Final = "verdict"
REASON: Final = "reason"
ACCEPT, CHANGE, REJECT = "accept", "change", "reject"
VERDICTS: Final = {
    ACCEPT: "It is right as it is",
    CHANGE: "It is right, with what I change below",
    REJECT: "It is wrong: I give the answer below",
}
JUDGED: Final = {
    ACCEPT: Judgement.Verdict.ACCEPTED,
    CHANGE: Judgement.Verdict.CHANGED,
    REJECT: Judgement.Verdict.REJECTED,
}
REASON_MOST: Final = 500
TOLD_UP_TO: Final = OPEN_TO_ALL
"""How secret a value may be that the history tells of a draft and of what became of it; of others a digest."""


@dataclass(frozen=True)
class Desk(Filled):
    """A machine's work before a person, with its suggestion, where there is one, filled in."""

    work: ByHand


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave: the whole result, by dotted path what they changed, and their word on the suggestion."""

    result: dict[str, Json]
    changed: tuple[str, ...] = ()
    verdict: str = ""
    reason: str = ""


def desk(task: HumanTask, case_type: CaseType, seen: View) -> Desk | None:
    """The machine's work of this task, for whom `seen` is the view of the case; None where the task is no such."""
    work = work_by_hand.by_hand(task, case_type) if is_by_hand(task) else None
    if work is None:
        return None
    view = view_of(RESULT, work.draft, work.asked, seen)
    return Desk(RESULT, form_of(work, task.form), work.asked, work.validator, work.draft, view, work)


def form_of(work: ByHand, key: str) -> Form:
    """What is asked: their word on the suggestion, where there is one, and all that the capability promises."""
    asked = [_field(each, work) for each in fields_of(work.asked, RESULT)]
    return Form(key, (*(_questions() if work.call is not None else ()), *asked))


def _questions() -> tuple[FormField, ...]:
    return (
        FormField(VERDICT, "Is the suggestion right?", choices=VERDICTS),
        FormField(
            REASON, "Why not?", "textarea", "Kept with the suggestion; needed where it is wrong.", required=False,
            required_when={VERDICT: (REJECT,)},
        ),
    )  # fmt: skip


def _field(each: FormField, work: ByHand) -> FormField:
    return each if work.call is None else replace(each, initial=each.path)


def taken(desk: Desk, answers: Mapping[str, Json]) -> Given | Refused:
    """What these answers (by dotted path) make of the work, or what is wrong with them."""
    full, touched = desk.completed(answers)
    verdict = str(answers.get(VERDICT) or "")
    result, errors = desk.read(full, answers)
    errors = _word_errors(verdict, touched, answers) | errors
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    return Given(result, tuple(sorted(touched)), verdict, str(answers.get(REASON) or "").strip())


def _word_errors(verdict: str, touched: frozenset[str], answers: Mapping[str, Json]) -> dict[str, str]:
    """Where the word on the suggestion does not fit what was given."""
    found: dict[str, str] = {}
    if verdict == ACCEPT:
        found |= dict.fromkeys(touched, "You changed this, so the suggestion was not right as it is: say so above.")
    if verdict in (CHANGE, REJECT) and not touched:
        found[VERDICT] = "Nothing was changed below: give the answer that is right."
    if len(str(answers.get(REASON) or "")) > REASON_MOST:
        found[REASON] = f"Say it in at most {REASON_MOST} characters."
    return found


@dataclass(frozen=True, slots=True)
class Finished:
    """The command that finishes a task, what the history says beside it, and the word on a suggestion, not yet kept."""

    command: CompleteTask
    facts: tuple[Fact, ...] = ()
    judgement: Judgement | None = None


def work_done(
    desk: Desk, answers: Mapping[str, Json], case: Locked, task: HumanTask, by: User, seen: Seen
) -> Finished | Refused:
    """What takes a person's answers into the case as the machine's result; or what a form or a guardrail refuses."""
    given = taken(desk, answers)
    if isinstance(given, Refused):
        return given
    verdicts = checked(desk.work, origin_of(by).actor, given.result, seen.root)
    against = objection(verdicts)
    if against is not None:
        asked = {"command": "CompleteTask", "item": task.item, "guardrail": against.guardrail}
        return keep_refusal(case, by, asked, _objected(desk, against))
    job = desk.work.job
    about = {"job": job.job, "item": task.item, "capability": job.capability, "task": task.name}
    done = Fact("work.by_hand", about | {"verdicts": [one.told() for one in verdicts]})
    facts = (done, *_judged(desk, given, about))
    return Finished(
        CompleteTask(task.item, desk.work.result(given.result)), facts, _judgement(desk, given, by, case.at)
    )


def _objected(desk: Desk, against: Verdict) -> Refused:
    places = {desk.question(place.strip("/").replace("/", ".")): against.sentence for place in against.places}
    return Refused("invalid", against.sentence, places or {RESULT: against.sentence})


def _judged(desk: Desk, given: Given, about: dict[str, Json]) -> list[Fact]:
    call = desk.work.call
    if call is None:
        return []
    detail = {
        "actor": call.actor, "version": call.version, "confidence": call.confidence,
        "verdict": str(JUDGED[given.verdict]), "reason": given.reason, "changed": list(given.changed),
        "draft": told_of(desk.work, desk.work.draft), "final": told_of(desk.work, given.result),
    }  # fmt: skip
    return [Fact("suggestion.judged", about | detail)]


def told_of(work: ByHand, value: Mapping[str, Json]) -> dict[str, Json]:
    """A draft or a final answer as the history keeps it: a keyed digest, and the values that are not secret."""
    told = {name: one for name, one in value.items() if _is_open(work.asked.get("properties", {}).get(name, {}))}
    return {"digest": pseudonym_of_data("draft", value), "values": told}


def _is_open(schema: Mapping[str, Json]) -> bool:
    """Whether nothing in a value of this schema is more secret than the history tells."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    level = schema.get("x-classification", TOLD_UP_TO)
    if "x-purposes" in schema:
        return False
    return level in LEVELS and rank(level) <= rank(TOLD_UP_TO) and all(_is_open(one) for one in inner)


def _judgement(desk: Desk, given: Given, by: User, at: datetime) -> Judgement | None:
    """What became of the suggestion, beside its call: the figures of its version are made from this."""
    if desk.work.call is None:
        return None
    verdict = JUDGED[given.verdict]
    subject = subject_with_key(desk.work.job.instance_id)
    right = None if verdict == Judgement.Verdict.ACCEPTED else output_as_kept(subject, given.result)
    return Judgement(
        call=desk.work.call, verdict=verdict, by=origin_of(by).actor, at=at, reason=given.reason, right=right
    )
