"""How is an actor called, with guardrails before and after?

Outside any transaction, under the job's idempotency key and within the time that its capability gives it. Whatever an
actor raises, or gives, becomes an `Attempt`: a value, never a dead worker.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import orjson

from orchestration.actors import guardrails, kinds
from orchestration.actors.call import Call, limited
from orchestration.actors.capability import Capability
from orchestration.actors.contract import Actor, Answer
from orchestration.actors.gauges import cost_of
from orchestration.actors.handoff import CaseFacts, Handoff, Outcome, Verdict
from orchestration.actors.routing import SUGGEST, Candidate, Choice
from orchestration.casetypes.case_type import CaseType
from orchestration.jobs.attempt import Attempt
from orchestration.models import ActorVersion, Instance, Job

Json = Any


@dataclass(frozen=True, slots=True)
class Ready:
    """A job with all that is fixed before its actor is called."""

    job: Job
    case_type: CaseType
    capability: Capability
    choice: Choice
    chosen: Candidate


def call(ready: Ready) -> Attempt:
    """Call the chosen actor once; once more where a guardrail asks for a repair."""
    began = time.perf_counter()
    attempt = _guarded(ready)
    seconds = time.perf_counter() - began
    price = ready.chosen.card.price
    return replace(
        attempt,
        latency_ms=seconds * 1000,
        error=kept_text(attempt.error),
        cost=cost_of(price, attempt.answer, seconds) if attempt.answer is not None else None,
        currency="" if price is None else price.currency,
        choice=ready.choice,
        chosen=ready.chosen,
    )


def _guarded(ready: Ready) -> Attempt:
    chosen = ready.chosen
    try:
        actor = kinds.load(chosen.kind, chosen.version, lambda: _artefact(chosen))
        return _handed_over(ready, actor)
    except kinds.ActorError as error:
        faulty = error.temporary and error.code is None
        return _failed(ready, str(error), temporary=error.temporary, code=error.code, after=error.after, faulty=faulty)
    except Exception as error:  # an actor is outside code: whatever it raises is an incident, never a dead worker
        return _failed(ready, f"{type(error).__name__}: {error}", temporary=True, faulty=True)


def _handed_over(ready: Ready, actor: Actor) -> Attempt:
    handoff = handoff_of(ready, actor)
    checked = guardrails.before(handoff, given(ready.job))
    if checked.outcome is Outcome.PERSON:
        return _failed(ready, "", verdicts=checked.verdicts, person=checked.sentence)
    if checked.outcome is not Outcome.PASS:
        return _failed(ready, checked.sentence, verdicts=checked.verdicts)
    answer = _run(ready, actor, checked.value)
    back = guardrails.after(handoff, checked.value, answer, checked.restore)
    if back.outcome is Outcome.REPAIR:
        answer = _run(ready, actor, checked.value, objection=back.sentence)
        back = guardrails.after(handoff, checked.value, answer, checked.restore)
    return _judged(ready, answer, back.value, (*checked.verdicts, *back.verdicts), back.outcome, back.sentence)


def _judged(
    ready: Ready, answer: Answer, output: Json, verdicts: tuple[Verdict, ...], outcome: Outcome, sentence: str
) -> Attempt:
    if outcome in (Outcome.BLOCK, Outcome.REPAIR):
        return _failed(ready, sentence, verdicts=verdicts)
    if not can_be_kept(output):
        return _failed(ready, "The answer holds characters or numbers that cannot be kept.", verdicts=verdicts)
    person = sentence if outcome is Outcome.PERSON else ""
    if not person and ready.choice.mode == SUGGEST:
        person = "It is a suggestion: the routing of work asks for a person's word on it."
    kept = answer if output is answer.output else replace(answer, output=output)
    return Attempt(ready.chosen.key, ready.chosen.version, 0, answer=kept, verdicts=verdicts, person=person)


def _run(ready: Ready, actor: Actor, value: Json, objection: str = "") -> Answer:
    job = ready.job
    about = Call(
        ready.chosen.key, job.capability, ready.capability.limit, job.attempts, f"job {job.pk}", objection=objection
    )
    with limited(about):
        return actor.run(value, idempotency_key=job.idempotency_key)


def _failed(ready: Ready, error: str, **more: Any) -> Attempt:
    return Attempt(ready.chosen.key, ready.chosen.version, 0, error=error, **more)


def handoff_of(ready: Ready, actor: Actor) -> Handoff:
    """What stands fixed of this crossing."""
    job, chosen = ready.job, ready.chosen
    return Handoff(
        ready.capability, chosen.key, chosen.card, actor.input_schema, actor.output_schema,
        case=_case(job, ready.case_type), actor_capability=actor.capability, purpose=ready.capability.purpose,
        name=chosen.name,
    )  # fmt: skip


def _case(job: Job, case_type: CaseType) -> CaseFacts:
    return CaseFacts(lambda: _data(job.instance_id), case_type.classification, case_type.key)


def _data(instance: int) -> dict[str, Json]:
    found: dict[str, Json] = orjson.loads(bytes(Instance.objects.values_list("data", flat=True).get(pk=instance)))
    return found


def given(job: Job) -> Json:
    """What goes in: as the step asked for it, or as a person has changed it."""
    return orjson.loads(bytes(job.input if job.changed_input is None else job.changed_input))


def _artefact(chosen: Candidate) -> bytes:
    return bytes(ActorVersion.objects.values_list("artefact", flat=True).get(pk=chosen.version_id))


def can_be_kept(output: Any) -> bool:
    """Whether our JSON and PostgreSQL's can hold it: numbers of 64 bits, whole characters, no NUL."""
    try:
        return b"\\u0000" not in orjson.dumps(output).replace(b"\\\\", b"")
    except TypeError:
        return False


def kept_text(error: str) -> str:
    """What went wrong, as PostgreSQL can keep it."""
    return error.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
