"""How does a person do a machine's work, from its suggestion or without one?

The form is made from what the capability promises (`capability:KEY`), every answer stands under `result`. Where a
suggestion waits, `verdict` says what becomes of it: accept it as it is, change it, or reject it with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.contrib.auth.models import User

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.answers import Seen
from casework.cases.locking import keep_refusal
from casework.forms.answer_validation import form_errors
from casework.forms.schema_form import document, document_errors, fields_of, text_of
from orchestration.actors.handoff import Verdict
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.engine.commands import CompleteTask
from orchestration.ground.refusals import Refused
from orchestration.jobs import by_hand as work_by_hand
from orchestration.jobs.by_hand import ByHand, checked, is_by_hand, objection
from orchestration.models import HumanTask, Judgement
from orchestration.privacy.classification import LEVELS, classify, rank
from orchestration.privacy.masking import View, mask
from orchestration.privacy.masks import DOT
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
TOLD_UP_TO: Final = "internal"
"""How secret a value may be that the history tells of a draft and of what became of it; of others a digest."""


@dataclass(frozen=True)
class Desk:
    """A machine's work before a person: `view` hides of the suggestion what they may not see."""

    work: ByHand
    form: Form
    view: View

    @cached_property
    def shown(self) -> dict[str, Json]:
        """What stands in the form at first, by path, as this person may see it."""
        return {path: value for path, value in self._at(self.view.data).items() if value is not None}

    @cached_property
    def clear(self) -> dict[str, Json]:
        """The same in clear."""
        return self._at({RESULT: self.work.draft})

    def _at(self, data: Mapping[str, Json]) -> dict[str, Json]:
        return {each.path: _at(data, each.path) for each in self.form.fields if each.initial}


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave: the whole result, by dotted path what they changed, and their word on the suggestion."""

    result: dict[str, Json]
    changed: tuple[str, ...] = ()
    verdict: str = ""
    reason: str = ""


def _at(data: Json, path: str) -> Json:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def desk(task: HumanTask, case_type: CaseType, seen: View) -> Desk | None:
    """The machine's work of this task, for whom `seen` is the view of the case; None where the task is no such."""
    work = work_by_hand.by_hand(task, case_type) if is_by_hand(task) else None
    if work is None:
        return None
    return Desk(work, form_of(work, task.form), _view(work, seen))


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


def _view(work: ByHand, seen: View) -> View:
    """The suggestion by the classification of what the capability promises, without an echo of what the case hides."""
    described = {"type": "object", "x-classification": TOLD_UP_TO, "properties": {RESULT: work.asked}}
    own = mask({RESULT: work.draft}, classify(described), seen.principal)
    return View(
        seen.payload(own.data), own.clear, own.masked, own.hidden, seen.secrets, own.classification, seen.principal
    )


def taken(desk: Desk, answers: Mapping[str, Json]) -> Given | Refused:
    """What these answers (by dotted path) make of the work, or what is wrong with them."""
    full, touched = _completed(desk, answers)
    verdict = str(answers.get(VERDICT) or "")
    errors = form_errors(desk.form, full) | _word_errors(desk, verdict, touched, answers)
    result = document(desk.work.asked, _below(full))
    errors = errors | {
        _place(path, desk.form): why
        for path, why in document_errors(desk.work.validator, result).items()
        if _place(path, desk.form) not in errors
    }
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    return Given(result, tuple(sorted(touched)), verdict, str(answers.get(REASON) or "").strip())


def _completed(desk: Desk, answers: Mapping[str, Json]) -> tuple[dict[str, Json], frozenset[str]]:
    """The answers with what stood there where nothing was said or it came back as it was shown; what was changed."""
    full, touched = dict(answers), set()
    for path, clear in desk.clear.items():
        if path not in answers or _folded(answers[path]) == _folded(desk.shown.get(path)):
            full[path] = clear
        else:
            touched.add(path)
    chosen = {each.path for each in desk.form.fields if each.choices}
    said = {path: text_of(value) if path in chosen else value for path, value in full.items()}
    return {path: value for path, value in said.items() if value not in (None, "")}, frozenset(touched)


def _folded(value: Json) -> str:
    return text_of(value).replace("\r\n", "\n").strip()


def _word_errors(desk: Desk, verdict: str, touched: frozenset[str], answers: Mapping[str, Json]) -> dict[str, str]:
    """Where the word on the suggestion does not fit what was given, and where something masked was written over."""
    found = {
        path: "This is masked for you, so it stays as it is." for path in touched
        if "/" + path.replace(".", "/") in desk.view.hidden
    }  # fmt: skip
    for path, value in answers.items():
        if path not in (VERDICT, REASON) and _is_typed(desk, path, value) and DOT in text_of(value):
            found[path] = f"This text holds masked values ({DOT}): write it out, or leave them away."
    if verdict == ACCEPT:
        found |= dict.fromkeys(touched, "You changed this, so the suggestion was not right as it is: say so above.")
    if verdict in (CHANGE, REJECT) and not touched:
        found[VERDICT] = "Nothing was changed below: give the answer that is right."
    if len(str(answers.get(REASON) or "")) > REASON_MOST:
        found[REASON] = f"Say it in at most {REASON_MOST} characters."
    return found


def _is_typed(desk: Desk, path: str, value: Json) -> bool:
    return _folded(value) != _folded(desk.shown.get(path))


def _below(answers: Mapping[str, Json]) -> dict[str, Json]:
    """The answers about the result, by their path in it."""
    return {path.removeprefix(RESULT).lstrip("."): value for path, value in answers.items() if path.startswith(RESULT)}


def _place(path: str, form: Form) -> str:
    """The question that an error in the result belongs to: the deepest that is asked around its place."""
    asked = {each.path for each in form.fields}
    names = [RESULT, *filter(None, path.split("."))]
    around = (".".join(names[:length]) for length in range(len(names), 0, -1))
    return next((one for one in around if one in asked), ".".join(names))


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
        return keep_refusal(case, by, asked, _objected(desk.form, against))
    job = desk.work.job
    about = {"job": job.job, "item": task.item, "capability": job.capability, "task": task.name}
    done = Fact("work.by_hand", about | {"verdicts": [one.told() for one in verdicts]})
    facts = (done, *_judged(desk, given, about))
    return Finished(
        CompleteTask(task.item, desk.work.result(given.result)), facts, _judgement(desk, given, by, case.at)
    )


def _objected(form: Form, against: Verdict) -> Refused:
    places = {_place(place.strip("/").replace("/", "."), form): against.sentence for place in against.places}
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
    return level in LEVELS and rank(level) <= rank(TOLD_UP_TO) and all(_is_open(one) for one in inner)


def _judgement(desk: Desk, given: Given, by: User, at: datetime) -> Judgement | None:
    """What became of the suggestion, beside its call: the figures of its version are made from this."""
    if desk.work.call is None:
        return None
    verdict = JUDGED[given.verdict]
    right = None if verdict == Judgement.Verdict.ACCEPTED else given.result
    return Judgement(
        call=desk.work.call, verdict=verdict, by=origin_of(by).actor, at=at, reason=given.reason, right=right
    )
