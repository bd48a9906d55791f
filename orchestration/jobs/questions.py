"""How is a question about a case asked of a machine, and what becomes of the answer?

A job of the case that no model knows of, numbered below 0: chosen, guarded, called, paid for and stopped as any other,
with its row in the ledger and its call in the history. The answer goes to who asked, never into the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import Min

from audit.db.sealed_fields import as_kept
from audit.services import Fact, Origin
from orchestration.actors.capability import Capability
from orchestration.actors.routing import BY_THE_RULES
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import choosing, stopping
from orchestration.jobs.actor_ledger import reference
from orchestration.jobs.attempt import Attempt, kept_back
from orchestration.jobs.kept import entries, facts_of, if_ours, origin_of, too_late, try_again
from orchestration.jobs.statements import Statement, statements
from orchestration.models import Job, Question
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.sealing import seal_of

Json = Any
CAPABILITY: Final = "answer-about-case"
UNDER_WAY: Final = (Job.State.WAITING, Job.State.RUNNING, Job.State.OFFERED, Job.State.HELD)
A_PERSON: Final = "The rules of this kind of case have such questions answered by a person: ask a colleague."
KEPT_BACK: Final = "It was answered, but the answer was kept back: "


@dataclass(frozen=True, slots=True)
class Asked:
    """`pieces`: what of the case goes along, each with `id`, `where` and `text`, as who asks may see it.

    `colleagues`: what stands in them for a person -> who it is.
    """

    text: str
    pieces: Sequence[Mapping[str, str]]
    colleagues: Mapping[str, str] = field(default_factory=dict)


def question_ask(instance: int, asked: Asked, origin: Origin) -> Question | Refused:
    """Have a question answered, in the background. One at a time for each person and case."""
    now = clock.utc_now()
    with transaction.atomic():
        case = services.lock(instance)
        if case is None:
            return Refused("unknown", "This case does not exist any more.")
        if Question.objects.filter(job__instance=instance, job__state__in=UNDER_WAY, by=origin.actor).exists():
            return Refused("waits", "Your last question is still being answered. Wait for it, then ask again.")
        seal = seal_of(instance)
        job = Job.objects.create(
            instance_id=instance, job=_next_number(instance), item=0, definition_item="", name="A question",
            capability=CAPABILITY, input=seal(orjson.dumps({"question": asked.text, "pieces": list(asked.pieces)})),
            run_at=now, created=now, asked_by=origin.actor,
        )  # fmt: skip
        found = Question.objects.create(
            job=job, by=origin.actor, text=asked.text, asked=now, colleagues=dict(asked.colleagues)
        )
        told = {"job": job.job, "capability": CAPABILITY, "pieces": len(asked.pieces), "input": reference(job)}
        services.record(case, [Fact("question.asked", told)], origin)
        nudge_jobs(instance, [job.job])
    return found


def _next_number(instance: int) -> int:
    lowest = Job.objects.filter(instance=instance).aggregate(lowest=Min("job"))["lowest"]
    return min(lowest or 0, 0) - 1


def taken_in(job: Job, attempt: Attempt, started: datetime, capability: Capability) -> Refused | None:
    """Keep what came of an attempt; in the transaction that is open. STOPPED where its actor was taken out of work."""
    if attempt.chosen is not None and stopping.is_stopped(attempt.actor):
        return stopping.STOPPED
    settled = _settled(attempt)
    said = () if settled.answer is None else _checked(job, settled)
    case = if_ours(job)
    if case is None:
        return too_late(job, attempt, started)
    word = "failed" if settled.answer is None else "done"
    entry = entries(job, settled, started, word)
    services.record(case, facts_of(job, settled), origin_of(job, settled), [entry])
    if settled.answer is None and settled.temporary and job.attempts < choosing.most_tries(job, capability):
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, lease_until=None, last_error=settled.error)
        try_again(job, settled, capability)
    elif settled.answer is None:
        give_up(job, settled.error)
    else:
        _answered(job, said)
    return None


def _settled(attempt: Attempt) -> Attempt:
    """As what an attempt counts here. Who asks judges a suggestion by themselves; what a guardrail has against an
    answer keeps it back. Where nothing was answered they are told why: a guardrail before it, money, or the rules."""
    against = [one for one in attempt.verdicts if one.outcome != "pass"]
    if attempt.answer is not None and not (attempt.person and against):
        return replace(attempt, person="")
    if attempt.answer is not None:
        return replace(kept_back(attempt, attempt.answer), person="", error=KEPT_BACK + attempt.person)
    if not attempt.person:
        return attempt
    return replace(attempt, person="", error=A_PERSON if attempt.person == BY_THE_RULES else attempt.person)


def _checked(job: Job, attempt: Attempt) -> tuple[Statement, ...]:
    assert attempt.answer is not None
    pieces = orjson.loads(bytes(job.input))["pieces"]
    return statements(attempt.answer.output, {one["id"]: one["text"] for one in pieces})


def give_up(job: Job, why: str) -> None:
    """There will be no answer; who asked is told why."""
    _end(job, Job.State.CANCELLED, last_error=why)
    _write(job, said=why[:500])


def _answered(job: Job, said: Sequence[Statement]) -> None:
    _end(job, Job.State.DONE)
    _write(job, statements=[one.kept() for one in said])


def _write(job: Job, **values: Json) -> None:
    for found in Question.objects.filter(job=job.pk).select_related("job"):
        Question.objects.filter(pk=found.pk).update(**as_kept(found, **values))


def _end(job: Job, state: str, **more: str) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, lease_until=None, ended=clock.utc_now(), **more)
