"""What is kept of an attempt at a job: what the history says of it, and its row in the ledger?

Whatever becomes of the attempt. Whether it may still count is asked here, too: where another worker has the job by now,
or it is over, what comes late is kept and changes nothing.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from audit.db.sql import Part
from audit.services import Fact, Origin
from orchestration.actors import gauges, spending
from orchestration.actors.capability import Capability
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import actor_ledger
from orchestration.jobs.actor_ledger import reference
from orchestration.jobs.attempt import Attempt
from orchestration.models import Job
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.services import Locked


def if_ours(job: Job) -> Locked | None:
    """The locked case, where the claim that this row tells of still holds."""
    case = services.lock(job.instance_id)
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker)
    return case if case is not None and ours.exists() else None


def too_late(job: Job, attempt: Attempt, started: datetime) -> Refused:
    """That one attempt failed means nothing where another one runs, or where the job is over."""
    refused = Refused("late", "Another worker has this job by now, or it is over.")
    told = Fact(
        "command.refused", {"command": "FailJob", "job": job.job, "code": refused.code, "reason": refused.message}
    )
    entry = entries(job, attempt, started, "failed" if attempt.answer is None else "refused")
    services.record(job.instance_id, [*facts_of(job, attempt), told], origin_of(job, attempt), [entry])
    return refused


def try_again(job: Job, attempt: Attempt, capability: Capability) -> None:
    """The next attempt, by another actor at once, or after a pause that differs from job to job; not before the other
    side asked to."""
    pause = capability.retry.spread(job.attempts, random.random())
    if attempt.after is not None:
        pause = max(pause, timedelta(seconds=min(attempt.after, capability.retry.longest.total_seconds())))
    if _moves(job, attempt, capability):
        pause = timedelta()
    Job.objects.filter(pk=job.pk).update(run_at=clock.utc_now() + pause)
    nudge_jobs(job.instance_id, [job.job], after=pause.total_seconds())


def _moves(job: Job, attempt: Attempt, capability: Capability) -> bool:
    """Whether another actor may try it now, so that one that is dead costs a case no more than its time limit."""
    second = attempt.choice is not None and attempt.choice.has_second
    return capability.moves and attempt.faulty and second and job.attempts == 1


def origin_of(job: Job, attempt: Attempt) -> Origin:
    return Origin(f"model:{attempt.actor}" if attempt.actor else "system:jobs", cause=f"job {job.job}")


def facts_of(job: Job, attempt: Attempt) -> list[Fact]:
    """What the history says of an attempt: the call, and that a person is asked."""
    detail = {
        "job": job.job, "capability": job.capability, "attempt": job.attempts, "actor": attempt.actor,
        "version": attempt.version, "latency_ms": round(attempt.latency_ms, 1), "input": reference(job),
    }  # fmt: skip
    if attempt.choice is not None:
        detail["route"] = attempt.choice.told()
    if attempt.verdicts:
        detail["verdicts"] = [verdict.told() for verdict in attempt.verdicts]
    handed = Fact("work.handed", {"job": job.job, "capability": job.capability, "why": attempt.person})
    if attempt.answer is not None:
        called = Fact("actor.called", detail | {"confidence": attempt.answer.confidence})
        return [called, handed] if attempt.person else [called]
    failed = Fact("actor.failed", detail | {"error": attempt.error, "temporary": attempt.temporary})
    if not attempt.person:
        return [failed]
    return [failed, handed] if attempt.actor else [handed]


def entries(job: Job, attempt: Attempt, started: datetime, outcome: str) -> Part:
    """The row in the ledger, and the actor's gauge settled."""
    text, values = actor_ledger.entry(job, attempt, started, outcome)
    if attempt.chosen is None:
        return text, values
    now, ok = clock.utc_now(), attempt.answer is not None
    more, settled = gauges.settled(attempt.chosen, now, failed=attempt.faulty, ok=ok, cost=attempt.cost)
    if not spending.is_counted(attempt.chosen, attempt.cost):
        return text + "," + more, {**values, **settled}
    money, spent = spending.settled(attempt.chosen, job.instance_id, started)
    return text + "," + more + "," + money, {**values, **settled, **spent}


def result_word(attempt: Attempt, outcome: services.Done | Refused) -> str:
    if attempt.answer is None:
        return "handed" if attempt.person and not attempt.actor else "failed"
    if attempt.person and isinstance(outcome, services.Done):
        return "suggested"
    return "done" if isinstance(outcome, services.Done) else "refused"
