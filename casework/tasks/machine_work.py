"""What does a person see of the machine's work that is theirs to do or to judge?

Why it came to them, what the machine was given, and its suggestion with how sure it was, who made it, by which rule it
was chosen, its evidence and what the guardrails said. All of it masked for this reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from audit.selectors import timeline
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import Look
from casework.cases.read.sheets import Sheet, sheet_of
from casework.forms.schema_form import fields_of, in_words, text_of
from casework.tasks.by_hand import RESULT, Desk
from orchestration.casetypes.form_answers import schema_at
from orchestration.jobs.crossing import given
from orchestration.models import ActorCall, Job
from orchestration.privacy.classification import classify
from orchestration.privacy.masking import mask

Json = Any
WORDS: Final = {"pass": "passed", "repair": "asked for a repair", "person": "asked for a person", "block": "blocked"}
PHASES: Final = {"before": "before the call", "after": "after the call"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing with its words: a field and its value, a guardrail and what it said. `sheet`: of a list whose items
    have parts, laid out in place of words."""

    name: str
    words: str
    tone: str = ""
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A machine's suggestion. `passed`: which other actors were passed over, and why; `evidence`: what explains it."""

    values: tuple[Told, ...]
    confidence: float | None
    actor: str
    version: str
    at: datetime
    rule: str
    passed: tuple[Told, ...]
    evidence: tuple[Told, ...]
    verdicts: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class MachineWork:
    """`why`: how it came to a person; `given`: what a machine would work with; None: nothing was suggested."""

    title: str
    capability: str
    why: str
    given: tuple[Told, ...]
    proposal: Proposal | None


def machine_work(seen: Look, desk: Desk) -> MachineWork:
    """The card of this work."""
    work = desk.work
    return MachineWork(
        work.capability.title, work.capability.key, seen.view.text(_why(work.job)), tuple(_given(seen, desk)),
        None if work.call is None else _proposal(seen, desk, work.call),
    )  # fmt: skip


def _why(job: Job) -> str:
    """As the history tells it, of the last time that this work was handed to a person."""
    handed = timeline(job.instance_id, action="work.handed")
    found = [entry.detail.get("why", "") for entry in handed if entry.detail.get("job") == job.job]
    return str(found[-1]) if found else ""


def _given(seen: Look, desk: Desk) -> Iterator[Told]:
    """The input by the classification of the contract; without a contract as the case hides its values."""
    value, schema = given(desk.work.job), desk.work.capability.input
    if schema is not None:
        wrapped = {"type": "object", "x-classification": "internal", "properties": {"input": schema}}
        value = mask({"input": value}, classify(wrapped), seen.view.principal).data["input"]
    yield from told_values(seen, value, schema or {})


def told_values(seen: Look, value: Json, schema: Mapping[str, Json]) -> Iterator[Told]:
    """Each value of a document with the title that its schema gives it."""
    shown = seen.view.payload(value)
    for name, one in shown.items() if isinstance(shown, Mapping) else [("", shown)]:
        described = schema_at(schema, name)
        yield _told(str(described.get("title") or name.replace("_", " ").capitalize()), described, one)


def _told(name: str, schema: Mapping[str, Json], value: Json) -> Told:
    sheet = sheet_of(schema, "", value)
    return Told(name, "" if sheet else text_of(value), sheet=sheet)


def _proposal(seen: Look, desk: Desk, call: ActorCall) -> Proposal:
    route: Mapping[str, Json] = call.route or {}
    passed = route.get("passed", {})
    names = actor_names(f"model:{key}" for key in (call.actor, *passed))
    return Proposal(
        values=tuple(_values(desk)), confidence=call.confidence, actor=names.get(f"model:{call.actor}", call.actor),
        version=call.version, at=call.started, rule=seen.view.text(str(route.get("rule", ""))),
        passed=tuple(Told(names.get(f"model:{key}", key), seen.view.text(str(why))) for key, why in passed.items()),
        evidence=tuple(told_values(seen, _evidence(desk, call), {})), verdicts=tuple(verdicts(seen, call.verdicts)),
    )  # fmt: skip


def _values(desk: Desk) -> Iterator[Told]:
    described = {"properties": {RESULT: desk.work.asked}}
    for question in fields_of(desk.work.asked, RESULT):
        told = _told(question.label, schema_at(described, question.path), desk.shown.get(question.path))
        if told.words or told.sheet:
            yield replace(told, words=question.choices.get(told.words, in_words(told.words)))


def _evidence(desk: Desk, call: ActorCall) -> dict[str, Json]:
    """What explains the answer: what the actor says of it, and what it gave beyond what is asked for."""
    asked = desk.work.promised.get("properties", {})
    beyond = {name: value for name, value in (call.output or {}).items() if name not in asked and value}
    return {**(call.detail or {}), **beyond}


def verdicts(seen: Look, kept: Json) -> Iterator[Told]:
    """What each guardrail said."""
    for one in kept or ():
        outcome = one.get("outcome", "")
        sentence = seen.view.text(one.get("sentence", ""))
        words = f"{WORDS.get(outcome, outcome)} {PHASES.get(one.get('stage', ''), '')}"
        yield Told(
            one.get("guardrail", ""),
            f"{words}: {sentence}" if sentence else words,
            "good" if outcome == "pass" else "bad",
        )
