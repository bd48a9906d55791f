"""What crosses from the case to an actor and back, with guardrails on both sides?

The two halves of a handoff, for whoever is called here and for whoever fetches work from outside: `outward` says what
may go to the actor, `inward` and `judged` what of its answer may go on. Values, never exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson

from orchestration.actors import guardrails, kinds
from orchestration.actors.capability import Capability
from orchestration.actors.contract import Actor, Answer
from orchestration.actors.gauges import cost_of
from orchestration.actors.guardrails import sight
from orchestration.actors.handoff import CaseFacts, Checked, Handoff, Numbers, Outcome, Verdict
from orchestration.actors.routing import SUGGEST, Candidate, Choice
from orchestration.casetypes.case_type import CaseType
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.stricter import not_sure_enough
from orchestration.models import ActorVersion, Instance, Job
from orchestration.privacy.classification import LEVELS
from orchestration.privacy.error_texts import without_data
from orchestration.privacy.principal import Principal

Json = Any


@dataclass(frozen=True, slots=True)
class Ready:
    """A job with all that is fixed before its actor is called."""

    job: Job
    case_type: CaseType
    capability: Capability
    choice: Choice
    chosen: Candidate


@dataclass(frozen=True, slots=True)
class Outward:
    """What may go to the actor, and what the guardrails before it said."""

    handoff: Handoff
    checked: Checked

    @property
    def value(self) -> Json:
        return self.checked.value


def outward(ready: Ready, actor: Actor) -> Outward:
    """What of the job's input may go to the actor."""
    handoff = handoff_of(ready, actor)
    return Outward(handoff, guardrails.before(handoff, given(ready.job)))


def stopped_before(ready: Ready, out: Outward) -> Attempt | None:
    """The attempt as it ends where the guardrails let nothing go to the actor; None where they do."""
    checked = out.checked
    if checked.outcome is Outcome.PERSON:
        return failed(ready, "", verdicts=checked.verdicts, person=checked.sentence)
    if checked.outcome is not Outcome.PASS:
        later = checked.again
        return failed(ready, checked.sentence, verdicts=checked.verdicts, temporary=later is not None, after=later)
    return None


def inward(out: Outward, answer: Answer) -> Checked:
    """What of the answer may go on into the case."""
    return guardrails.after(out.handoff, out.value, answer, out.checked.restore)


def judged(ready: Ready, before: tuple[Verdict, ...], answer: Answer, back: Checked) -> Attempt:
    """The attempt as it ends by what the guardrails said of its answer; `before`: what they said on the way there."""
    verdicts = (*before, *back.verdicts)
    if back.outcome in (Outcome.BLOCK, Outcome.REPAIR):
        return failed(ready, back.sentence, verdicts=verdicts)
    if not can_be_kept(back.value):
        return failed(ready, "The answer holds characters or numbers that cannot be kept.", verdicts=verdicts)
    person = back.sentence if back.outcome is Outcome.PERSON else ""
    person = person or not_sure_enough(ready.job, answer)
    if not person and ready.choice.mode == SUGGEST and not kinds.asks_itself(ready.chosen.kind):
        person = "It is a suggestion: the routing of work asks for a person's word on it."
    kept = answer if back.value is answer.output else replace(answer, output=back.value)
    return Attempt(ready.chosen.key, ready.chosen.version, 0, answer=kept, verdicts=verdicts, person=person)


def failed(ready: Ready, error: str, **more: Any) -> Attempt:
    """An attempt without an answer; `more` as `Attempt` has it."""
    return Attempt(ready.chosen.key, ready.chosen.version, 0, error=error, **more)


def timed(ready: Ready, attempt: Attempt, seconds: float) -> Attempt:
    """The attempt with the time that the actor took, and what that cost."""
    price = ready.chosen.card.price
    return replace(
        attempt,
        latency_ms=seconds * 1000,
        error=kept_text(attempt.error),
        cost=cost_of(price, attempt.answer, seconds) if attempt.answer is not None else attempt.cost,
        currency="" if price is None else price.currency,
        choice=ready.choice,
        chosen=ready.chosen,
    )


def handoff_of(ready: Ready, actor: Actor) -> Handoff:
    """What stands fixed of this crossing."""
    job, chosen = ready.job, ready.chosen
    return Handoff(
        ready.capability, chosen.key, chosen.card, actor.input_schema, actor.output_schema,
        case=_case(job, ready.case_type), actor_capability=actor.capability, purpose=ready.capability.purpose,
        asked_by=job.asked_by, name=chosen.name, numbers=_numbers(chosen),
        canaries=tuple(getattr(actor, "canaries", ())),
    )  # fmt: skip


def _numbers(chosen: Candidate) -> Numbers:
    currency = "" if chosen.card.price is None else chosen.card.price.currency
    return Numbers(
        chosen.calls, chosen.cost, currency, chosen.spent, chosen.budget, chosen.case_spent, chosen.case_budget
    )  # fmt: skip


def told(ready: Ready, error: str) -> str:
    """An error that an actor or another system wrote, without what it quotes of the case."""
    secrets = sight.hidden_from(_case(ready.job, ready.case_type), Principal(LEVELS[0]))
    return without_data(error, given(ready.job), secrets)


def _case(job: Job, case_type: CaseType) -> CaseFacts:
    return CaseFacts(lambda: _data(job.instance_id), case_type.classification, case_type.key)


def _data(instance: int) -> dict[str, Json]:
    found: dict[str, Json] = orjson.loads(bytes(Instance.objects.values_list("data", flat=True).get(pk=instance)))
    return found


def given(job: Job) -> Json:
    """What goes in: as the step asked for it, or as a person has changed it."""
    return orjson.loads(bytes(job.input if job.changed_input is None else job.changed_input))


def artefact_of(chosen: Candidate) -> bytes:
    """What the chosen version is made of."""
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
