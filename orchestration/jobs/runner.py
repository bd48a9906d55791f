"""How is a job done once, whatever is killed in the middle?

A worker claims the row by a conditional update with a lease, calls the actor outside any transaction under an
idempotency key, and brings the result back as one more command. A stale or second result is refused by the engine.
When no worker comes back from a job, another one may have it under the same key.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F, Q, QuerySet

from audit.services import Fact, Origin
from orchestration.actors import guardrails, kinds
from orchestration.engine.commands import ACTOR_FAILED, CompleteJob, FailJob
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import worker_liveness
from orchestration.models import Actor, ActorCall, Instance, Job, ModelVersion
from orchestration.shell import services, step_sql
from orchestration.shell.nudges import nudge_jobs

LEASE = timedelta(minutes=6)
"""Longer than any task may take: a worker whose lease has run out does not come back, even if its session is there."""
CLOCKS_DIFFER = timedelta(seconds=2)
"""How much the clocks of two machines may differ without a nudge coming too early to be heard."""
MOST_DEATHS = 5
"""From a job that kills so many workers no further one is sent: a person has to look at it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of calling an actor: an answer, or an error that may be worth another try."""

    actor: str
    version: str
    latency_ms: float
    answer: kinds.Answer | None = None
    error: str = ""
    temporary: bool = False


def claim(instance: int, number: int) -> Job | None:
    """Take a waiting job that is due, for as long as the lease; None when somebody else has it or it is over."""
    now = clock.utc_now()
    waiting = Job.objects.filter(
        instance=instance, job=number, state=Job.State.WAITING, run_at__lte=now + CLOCKS_DIFFER
    )
    taken = waiting.update(
        state=Job.State.RUNNING, lease_until=now + LEASE, worker=worker_liveness.own_name(), attempts=F("attempts") + 1
    )
    return Job.objects.get(instance=instance, job=number) if taken else None


def run(instance: int, number: int) -> services.Done | Refused | None:
    """Claim a job, have it done and bring the result back; None where there was nothing to claim."""
    job = claim(instance, number)
    if job is None:
        return None
    started = clock.utc_now()
    return bring_back(job, _attempt(job), started)


def bring_back(job: Job, attempt: Attempt, started: datetime) -> services.Done | Refused:
    """The result re-enters the case as a command, with its row in the ledger, in one transaction."""
    command = _command(job, attempt)
    with transaction.atomic():
        if isinstance(command, FailJob) and not _is_ours(job):
            return _too_late(job, attempt, started)
        outcome = services.send(job.instance_id, command, _origin(job, attempt), [_fact(job, attempt)])
        _enter(job, attempt, started, _result(attempt, outcome))
    if isinstance(command, FailJob) and command.retry:
        nudge_jobs(job.instance_id, [job.job], after=step_sql.retry_delay(job.attempts))
    return outcome


def lost() -> QuerySet[Job]:
    """The running jobs from which no worker will come back."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    gone = worker_liveness.gone(running.order_by().values_list("worker", flat=True).distinct())
    return running.filter(Q(worker__in=gone) | Q(lease_until__lt=clock.utc_now()))


def let_go(job: Job) -> None:
    """Let another worker have a lost job, as if this attempt had not been; after MOST_DEATHS of them ask a person."""
    now = clock.utc_now()
    with transaction.atomic():
        if not _is_ours(job):
            return
        waiting = {"state": Job.State.WAITING, "lease_until": None, "run_at": now}
        Job.objects.filter(pk=job.pk).update(**waiting, attempts=F("attempts") - 1)
        _enter(job, Attempt("", "", 0, error=f"The worker {job.worker} did not come back."), now, "lost")
        deaths = ActorCall.objects.filter(job=job, outcome="lost").count()
        if deaths < MOST_DEATHS:
            nudge_jobs(job.instance_id, [job.job])
        else:
            error = f"No worker came back from this job, {deaths} times."
            given_up = FailJob(job.job, error, code=ACTOR_FAILED)
            services.send(job.instance_id, given_up, Origin("system:sweep", cause=f"job {job.job}"))


def _is_ours(job: Job) -> bool:
    """Whether the claim that this row tells of still holds. Nobody can change that before the transaction ends."""
    Instance.objects.select_for_update().only("pk").get(pk=job.instance_id)
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker).exists()


def _too_late(job: Job, attempt: Attempt, started: datetime) -> Refused:
    """That one attempt failed means nothing where another one runs, or where the job is over."""
    refused = Refused("late", "Another worker has this job by now, or it is over.")
    told = Fact(
        "command.refused", {"command": "FailJob", "job": job.job, "code": refused.code, "reason": refused.message}
    )
    services.record(job.instance_id, [_fact(job, attempt), told], _origin(job, attempt))
    _enter(job, attempt, started, "failed")
    return refused


def _attempt(job: Job) -> Attempt:
    """Call the first enabled actor that has the capability, with guardrails before and after."""
    chosen = Actor.objects.filter(capability=job.capability, enabled=True).order_by("rank", "key").first()
    if chosen is None:
        return Attempt("", "", 0, error=f"No enabled actor can do {job.capability!r}. Enable or add one, then retry.")
    version = ModelVersion.objects.filter(actor=chosen, active=True).defer("artefact").first()
    if version is None:
        return Attempt(chosen.key, "", 0, error=f"{chosen.name} has no active model version. Train one, then retry.")
    began = time.perf_counter()

    def attempted(**outcome: Any) -> Attempt:
        latency_ms = (time.perf_counter() - began) * 1000
        return Attempt(chosen.key, version.version, latency_ms, **outcome | {"error": _text(outcome.get("error", ""))})

    try:
        actor = kinds.load(chosen.kind, version.version, lambda: bytes(version.artefact))
        given = orjson.loads(bytes(job.input))
        scope = guardrails.Scope(job.capability, personal_data=True)
        if not (verdict := guardrails.before(actor, given, scope)):
            return attempted(error=verdict.reason)
        answer = actor.run(given, idempotency_key=job.idempotency_key)
        if not (verdict := guardrails.after(actor, answer, scope)):
            return attempted(error=verdict.reason)
    except kinds.ActorError as error:
        return attempted(error=str(error), temporary=error.temporary)
    except Exception as error:  # an actor is outside code: whatever it raises is an incident, never a dead worker
        return attempted(error=f"{type(error).__name__}: {error}", temporary=True)
    if not _can_be_kept(answer.output):
        return attempted(error="The answer holds characters or numbers that cannot be kept.")
    return attempted(answer=answer)


def _can_be_kept(output: Any) -> bool:
    """Whether our JSON and PostgreSQL's can hold it: numbers of 64 bits, whole characters, no NUL."""
    try:
        return b"\\u0000" not in orjson.dumps(output).replace(b"\\\\", b"")
    except TypeError:
        return False


def _text(error: str) -> str:
    """What went wrong, as PostgreSQL can keep it."""
    return error.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _command(job: Job, attempt: Attempt) -> CompleteJob | FailJob:
    if attempt.answer is not None:
        return CompleteJob(job.job, attempt.answer.output, job.idempotency_key)
    again = attempt.temporary and job.attempts < job.max_attempts
    return FailJob(job.job, attempt.error, retry=again, code=ACTOR_FAILED)


def _origin(job: Job, attempt: Attempt) -> Origin:
    return Origin(f"model:{attempt.actor}" if attempt.actor else "system:jobs", cause=f"job {job.job}")


def _fact(job: Job, attempt: Attempt) -> Fact:
    detail = {
        "job": job.job, "capability": job.capability, "attempt": job.attempts, "actor": attempt.actor,
        "version": attempt.version, "latency_ms": round(attempt.latency_ms, 1), "input": _reference(job),
    }  # fmt: skip
    if attempt.answer is None:
        return Fact("actor.failed", detail | {"error": attempt.error, "temporary": attempt.temporary})
    return Fact("actor.called", detail | {"confidence": attempt.answer.confidence})


def _reference(job: Job) -> str:
    """Names what was sent without keeping it twice: the job's row has it, the digest shows that it is the same."""
    return f"job {job.pk} sha256:{sha256(bytes(job.input)).hexdigest()[:16]}"


def _result(attempt: Attempt, outcome: services.Done | Refused) -> str:
    if attempt.answer is None:
        return "failed"
    return "done" if isinstance(outcome, services.Done) else "refused"


def _enter(job: Job, attempt: Attempt, started: datetime, result: str) -> None:
    """The ledger: one row for each attempt, also when it failed, came too late or never came back."""
    answer = attempt.answer
    ActorCall.objects.create(
        instance_id=job.instance_id, job=job, attempt=job.attempts, actor=attempt.actor, version=attempt.version,
        capability=job.capability, started=started, latency_ms=attempt.latency_ms, input_reference=_reference(job),
        output=None if answer is None else answer.output, confidence=None if answer is None else answer.confidence,
        outcome=result, error=attempt.error,
    )  # fmt: skip
