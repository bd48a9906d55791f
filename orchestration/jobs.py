"""How is a job done once, whatever is killed in the middle?

A worker claims the row by a conditional update with a lease, calls the actor outside any transaction under an
idempotency key, and brings the result back as one more command. A stale or second result is refused by the engine.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from os import getpid
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F

from audit.services import Fact, Origin
from orchestration import actors, guardrails, rows, services
from orchestration.engine.commands import CompleteJob, FailJob
from orchestration.models import Actor, ActorCall, Job, ModelVersion
from orchestration.nudges import nudge_jobs

LEASE = timedelta(minutes=6)
"""Longer than any task may take: a worker whose lease has run out is dead."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of calling an actor: an answer, or an error that may be worth another try."""

    actor: str
    version: str
    latency_ms: float
    answer: actors.Answer | None = None
    error: str = ""
    temporary: bool = False


def claim(instance: int, number: int) -> Job | None:
    """Take a waiting job that is due, for as long as the lease; None when somebody else has it or it is over."""
    now = services.utc_now()
    waiting = Job.objects.filter(instance=instance, job=number, state=Job.State.WAITING, run_at__lte=now)
    worker = f"{socket.gethostname()}:{getpid()}"
    taken = waiting.update(state=Job.State.RUNNING, lease_until=now + LEASE, worker=worker, attempts=F("attempts") + 1)
    return Job.objects.get(instance=instance, job=number) if taken else None


def run(instance: int, number: int) -> services.Done | services.Refused | None:
    """Claim a job, have it done and bring the result back; None where there was nothing to claim."""
    job = claim(instance, number)
    if job is None:
        return None
    started = services.utc_now()
    return bring_back(job, _attempt(job), started)


def bring_back(job: Job, attempt: Attempt, started: datetime) -> services.Done | services.Refused:
    """The result re-enters the case as a command, with its row in the ledger, in one transaction."""
    command = _command(job, attempt)
    with transaction.atomic():
        outcome = services.send(job.instance_id, command, _origin(job, attempt), [_fact(job, attempt)])
        _enter(job, attempt, started, outcome)
    if isinstance(command, FailJob) and command.retry:
        nudge_jobs(job.instance_id, [job.job], after=rows.retry_delay(job.attempts))
    return outcome


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
        actor = actors.load(chosen.kind, version.version, lambda: bytes(version.artefact))
        given = orjson.loads(bytes(job.input))
        scope = guardrails.Scope(job.capability, personal_data=True)
        if not (verdict := guardrails.before(actor, given, scope)):
            return attempted(error=verdict.reason)
        answer = actor.run(given, idempotency_key=job.idempotency_key)
        if not (verdict := guardrails.after(actor, answer, scope)):
            return attempted(error=verdict.reason)
    except actors.ActorError as error:
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
    return FailJob(job.job, attempt.error, retry=attempt.temporary and job.attempts < job.max_attempts)


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


def _enter(job: Job, attempt: Attempt, started: datetime, outcome: services.Done | services.Refused) -> None:
    """The ledger: one row a call, also when it failed or came too late."""
    answer = attempt.answer
    result = "failed" if answer is None else "done" if isinstance(outcome, services.Done) else "refused"
    ActorCall.objects.create(
        instance_id=job.instance_id, job=job, attempt=job.attempts, actor=attempt.actor, version=attempt.version,
        capability=job.capability, started=started, latency_ms=attempt.latency_ms, input_reference=_reference(job),
        output=None if answer is None else answer.output, confidence=None if answer is None else answer.confidence,
        outcome=result, error=attempt.error,
    )  # fmt: skip
