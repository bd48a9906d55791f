"""What may a person decide about work that a machine could not do?

Try it again, try it again with another input, hand it to another actor, do it by hand, go on without it, or end the
case. Each is one step of the case, with what the history says of it; a refusal is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.answers import Seen, seen
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words, masked_words, told_by_digest
from casework.cases.services import REASON_LEAST, REASON_MOST, case_change
from casework.forms.answer_validation import tells, text_errors
from casework.forms.document_form import Filled, view_of
from casework.forms.schema_form import fields_of
from casework.models import Case
from orchestration.actors import gauges
from orchestration.actors.capability import Capability
from orchestration.actors.contract_schemas import input_of
from orchestration.actors.routing import objection
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.engine.commands import AskPerson, ResolveIncident
from orchestration.ground import clock
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.ground.schemas import SchemaValidator
from orchestration.jobs.again import carry_over
from orchestration.jobs.crossing import given
from orchestration.jobs.runner import ask_person
from orchestration.models import Incident, Job
from orchestration.privacy.masking import View
from orchestration.privacy.pseudonyms import pseudonym
from orchestration.shell import services
from orchestration.shell.services import Done, Locked

Json = Any
INPUT: Final = "input"
RETRY, CHANGE, MOVE, BY_HAND, SKIP, END = "retry", "change", "move", "by-hand", "skip", "end"
WAYS: Final = {
    RETRY: "Try it again", CHANGE: "Try it again with another input", MOVE: "Hand it to another actor",
    BY_HAND: "Do it by hand", SKIP: "Go on without it", END: "End the case",
}  # fmt: skip
OF_JOBS: Final = frozenset({CHANGE, MOVE, BY_HAND})
"""What can be decided only where a machine's work failed."""
RESULT_MOST: Final = 256_000
"""Bytes of JSON that a person may give in place of a machine's result or input."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person decides. `output`: with skip, the result; `input`: with change, answers by dotted path; `actor`:
    with move, its key; `reason`: with end."""

    how: str
    output: Json = None
    input: Mapping[str, Json] | None = None
    actor: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An actor that offers the capability. `why_not`: why it cannot have the work now; empty: it can."""

    key: str
    name: str
    why_not: str


@dataclass(frozen=True, slots=True)
class _Failed:
    """The incident under the lock with the job behind it, if there is one."""

    case: Locked
    by: User
    incident: int
    row: Incident | None
    job: Job | None

    @property
    def case_type(self) -> CaseType:
        return self.case.case_type

    @property
    def capability(self) -> Capability:
        assert self.job is not None
        return self.case_type.capability(self.job.capability)


@dataclass(frozen=True, slots=True)
class _Step:
    """The command, what the history says beside it, and what holds of the jobs that it asks for anew."""

    command: ResolveIncident | AskPerson
    facts: tuple[Fact, ...] = ()
    changed: bytes | None = None
    wanted: str | None = None


def incident_resolve(*, by: User, case: Case, incident: int, wish: Wish) -> Done | Refused:
    """Carry out what a person decides about something that failed."""
    if wish.how not in WAYS:
        return Refused("invalid", "Choose what to do: " + ", ".join(WAYS) + ".")
    if wish.how == END:
        return _end(by, case, incident, wish.reason)
    if refused := _cannot_be_kept(wish):
        return refused
    with transaction.atomic():
        held = locked(case.instance_id)
        row = Incident.objects.filter(instance=held.instance, incident=incident, resolved=None).first()
        if row is None and (never := _never_was(case, incident)):
            return never
        job = None if row is None else Job.objects.filter(instance=held.instance, job=row.job or 0).first()
        failed = _Failed(held, by, incident, row, job)
        step = _PREPARED[wish.how](failed, wish, seen(held, case, by, None if row is None else row.item))
        if isinstance(step, Refused):
            asked = {"command": wish.how, "incident": incident}
            return step if step.code == "invalid" else keep_refusal(held, by, asked, step)
        words = list(masked_words(seen(held, case, by), wish.input or {})) if wish.how == CHANGE else []
        outcome = services.send(held, step.command, origin_of(by), told_by_digest(step.facts, words))
        keep_own_words(case, by, words, outcome)
        if isinstance(outcome, Done) and job is not None and wish.how in (RETRY, CHANGE, MOVE):
            carry_over(outcome, job, changed=step.changed, wanted=step.wanted)
        return outcome


def _never_was(case: Case, incident: int) -> Refused | None:
    if Incident.objects.filter(instance=case.instance_id, incident=incident).exists():
        return None
    return Refused(NO_SUCH, "Nothing of this number failed in this case.")


def _end(by: User, case: Case, incident: int, reason: str) -> Done | Refused:
    """The whole case ends, as long as this still stands open."""
    if not Incident.objects.filter(instance=case.instance_id, incident=incident, resolved=None).exists():
        decided = Refused("unknown", "This is decided already, so the case was not ended.")
        return _never_was(case, incident) or decided
    if not tells(reason.strip(), REASON_LEAST, REASON_MOST):
        sentence = f"Say in {REASON_LEAST} to {REASON_MOST} characters why the case ends: it is kept in the history."
        return Refused("invalid", sentence, {"reason": sentence})
    return case_change(by=by, case=case, transition="terminate", reason=reason)


def _cannot_be_kept(wish: Wish) -> Refused | None:
    for name, value in (("output", wish.output), (INPUT, wish.input)):
        if errors := text_errors({name: value}):
            return Refused("invalid", f"This cannot be kept as the {name}.", errors)
        if len(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)) > RESULT_MOST:
            sentence = f"What is given by hand has at most {RESULT_MOST:,} bytes."
            return Refused("invalid", sentence, {name: sentence})
    return None


def _retry(failed: _Failed, wish: Wish, look: Seen) -> _Step | Refused:
    return _Step(ResolveIncident(failed.incident, "retry"))


def _skip(failed: _Failed, wish: Wish, look: Seen) -> _Step | Refused:
    if failed.job is not None and not failed.capability.skip:
        return Refused("not-skipped", f"{failed.capability.title} may not be left out: its contract says so.")
    return _Step(ResolveIncident(failed.incident, "skip", wish.output))


def _by_hand(failed: _Failed, wish: Wish, look: Seen) -> _Step | Refused:
    job = failed.job
    if job is None:
        return _no_machine(failed)
    if not failed.capability.by_hand:
        return Refused("not-by-hand", f"{failed.capability.title} cannot be done by hand: its contract says so.")
    why = "Somebody decided that a person does it, after it had failed."
    handed = Fact("work.handed", {"job": job.job, "capability": job.capability, "why": why})
    asked = ask_person(job, failed.capability, incident=failed.incident)
    return _Step(replace(asked, groups=_own_groups(failed)), (handed,))


def _own_groups(failed: _Failed) -> tuple[str, ...]:
    """Whoever decides so can do it: it is offered to their groups that work such cases."""
    working = {role.group for role in failed.case_type.roles if "work" in role.may}
    return tuple(sorted(working.intersection(failed.by.groups.values_list("name", flat=True))))


def _move(failed: _Failed, wish: Wish, look: Seen) -> _Step | Refused:
    job = failed.job
    if job is None:
        return _no_machine(failed)
    offer = next((one for one in offers(job.capability) if one.key == wish.actor), None)
    if offer is None:
        sentence = f"No actor {wish.actor!r} offers {job.capability!r}."
        return Refused("invalid", sentence, {"actor": sentence})
    if offer.why_not:
        sentence = f"{offer.name} cannot have it now. {offer.why_not}"
        return Refused("invalid", sentence, {"actor": sentence})
    moved = {"job": job.job, "capability": job.capability, "from": job.actor, "to": offer.key}
    return _Step(ResolveIncident(failed.incident, "retry"), (Fact("work.moved", moved),), wanted=offer.key)


def _change(failed: _Failed, wish: Wish, look: Seen) -> _Step | Refused:
    job = failed.job
    if job is None:
        return _no_machine(failed)
    filled = input_form(job, failed.case_type, look.view)
    answers = wish.input or {}
    full, touched = filled.completed(answers)
    document, errors = filled.read(full, answers)
    if not errors and not touched:
        errors = {INPUT: "Nothing was changed: change it, or try it again as it is."}
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    changed = orjson.dumps(document)
    about = {
        "job": job.job, "capability": job.capability, "changed": sorted(touched),
        "digest": pseudonym("job input", changed)[:16],
    }  # fmt: skip
    return _Step(ResolveIncident(failed.incident, "retry"), (Fact("work.changed", about),), changed=changed)


_PREPARED: Final[Mapping[str, Callable[[_Failed, Wish, Seen], _Step | Refused]]] = {
    RETRY: _retry, CHANGE: _change, MOVE: _move, BY_HAND: _by_hand, SKIP: _skip,
}  # fmt: skip


def _no_machine(failed: _Failed) -> Refused:
    if failed.row is None:
        return Refused("unknown", "This is decided already.")
    return Refused("state", "No machine's work stands behind this: try it again, or go on without it.")


def input_form(job: Job, case_type: CaseType, view: View) -> Filled:
    """What a machine was given, filled in for a person who may change it."""
    schema = input_of(case_type.capability(job.capability), job.actor)
    fields = tuple(_prefilled(each) for each in fields_of(schema, INPUT))
    draft = given(job)
    seen_by = view_of(INPUT, draft, schema, view)
    return Filled(INPUT, Form("input", fields), schema, SchemaValidator(schema), draft, seen_by)


def _prefilled(each: FormField) -> FormField:
    return replace(each, initial=each.path)


def offers(capability: str) -> list[Offer]:
    """Who offers this capability, by rank, with why they cannot have work now."""
    now = clock.utc_now()
    found: dict[str, Offer] = {}
    for one in gauges.candidates(capability, now, 0):
        against = objection(one, now)
        found.setdefault(one.key, Offer(one.key, one.name, "" if against is None else against.sentence))
    return list(found.values())
