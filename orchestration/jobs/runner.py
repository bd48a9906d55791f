"""How is a job done once, whatever is killed in the middle?

A worker claims the row by a conditional update with a lease, calls the actor outside any transaction under an
idempotency key, and brings the result back as one more command. A stale or second result is refused by the engine.
When no worker comes back from a job, another one may have it under the same key.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import transaction
from django.db.models import F, Q, QuerySet

from audit.db.sql import Part, cursor
from audit.services import Fact, Origin
from orchestration.actors import guardrails, kinds
from orchestration.engine.commands import ACTOR_FAILED, CompleteJob, FailJob
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import actor_ledger, retry, worker_liveness
from orchestration.jobs.actor_ledger import Attempt, reference
from orchestration.models import ActorCall, Job, ModelVersion
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.services import Locked

LEASE = timedelta(minutes=6)
"""Longer than any task may take: a worker whose lease has run out does not come back, even if its session is there."""
CLOCKS_DIFFER = timedelta(seconds=2)
"""How much the clocks of two machines may differ without a nudge coming too early to be heard."""
MOST_DEATHS = 5
"""From a job that kills so many workers no further one is sent: a person has to look at it."""


CLAIM = """
update orchestration_job
set state = 'running', lease_until = %(until)s, worker = %(worker)s, attempts = attempts + 1
where instance_id = %(instance)s and job = %(job)s and state = 'waiting' and run_at <= %(latest)s
returning id, instance_id, job, item, definition_item, name, capability, input, state, attempts, max_attempts, run_at,
          overlooked, lease_until, worker, last_error, created, ended
"""


def claim(instance: int, number: int) -> Job | None:
    """Take a waiting job that is due, for as long as the lease; None when somebody else has it or it is over."""
    now = clock.utc_now()
    wanted = {
        "instance": instance, "job": number, "latest": now + CLOCKS_DIFFER, "until": now + LEASE,
        "worker": worker_liveness.own_name(),
    }  # fmt: skip
    with cursor() as plain:
        row = plain.execute(CLAIM, wanted).fetchone()
        return None if row is None else Job.from_db("default", [column.name for column in plain.description or ()], row)


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
    origin, facts = _origin(job, attempt), [_fact(job, attempt)]

    def ledger(outcome: services.Done | Refused) -> Part:
        return actor_ledger.entry(job, attempt, started, _result(attempt, outcome))

    if isinstance(command, CompleteJob):
        return services.send(job.instance_id, command, origin, facts, ledger)
    with transaction.atomic():
        case = _if_ours(job)
        if case is None:
            return _too_late(job, attempt, started)
        outcome = services.send(case, command, origin, facts, ledger)
    if command.retry:
        nudge_jobs(job.instance_id, [job.job], after=retry.JOBS.pause(job.attempts).total_seconds())
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
        case = _if_ours(job)
        if case is None:
            return
        waiting = {"state": Job.State.WAITING, "lease_until": None, "run_at": now}
        Job.objects.filter(pk=job.pk).update(**waiting, attempts=F("attempts") - 1)
        lost = Attempt("", "", 0, error=f"The worker {job.worker} did not come back.")
        actor_ledger.enter(job, lost, now, "lost")
        deaths = ActorCall.objects.filter(job=job, outcome="lost").count()
        if deaths < MOST_DEATHS:
            nudge_jobs(job.instance_id, [job.job])
        else:
            error = f"No worker came back from this job, {deaths} times."
            given_up = FailJob(job.job, error, code=ACTOR_FAILED)
            services.send(case, given_up, Origin("system:sweep", cause=f"job {job.job}"))


def _if_ours(job: Job) -> Locked | None:
    """The locked case, where the claim that this row tells of still holds."""
    case = services.lock(job.instance_id)
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker)
    return case if case is not None and ours.exists() else None


def _too_late(job: Job, attempt: Attempt, started: datetime) -> Refused:
    """That one attempt failed means nothing where another one runs, or where the job is over."""
    refused = Refused("late", "Another worker has this job by now, or it is over.")
    told = Fact(
        "command.refused", {"command": "FailJob", "job": job.job, "code": refused.code, "reason": refused.message}
    )
    entry = actor_ledger.entry(job, attempt, started, "failed")
    services.record(job.instance_id, [_fact(job, attempt), told], _origin(job, attempt), [entry])
    return refused


def _attempt(job: Job) -> Attempt:
    """Call the first enabled actor that has the capability, with guardrails before and after."""
    chosen = _chosen(job.capability)
    if chosen is None:
        return Attempt("", "", 0, error=f"No enabled actor can do {job.capability!r}. Enable or add one, then retry.")
    if not chosen.version:
        return Attempt(chosen.key, "", 0, error=f"{chosen.name} has no active model version. Train one, then retry.")
    version = chosen.version
    began = time.perf_counter()

    def attempted(**outcome: Any) -> Attempt:
        latency_ms = (time.perf_counter() - began) * 1000
        return Attempt(chosen.key, version, latency_ms, **outcome | {"error": _text(outcome.get("error", ""))})

    try:
        actor = kinds.load(chosen.kind, version, lambda: _artefact(chosen))
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


class _Chosen(NamedTuple):
    """An enabled actor, and its active version; an empty one where it has none."""

    key: str
    name: str
    kind: str
    version: str
    artefact: int


CHOOSE = """
select a.key, a.name, a.kind, coalesce(v.version, ''), coalesce(v.id, 0)
from orchestration_actor a left join orchestration_modelversion v on v.actor_id = a.id and v.active
where a.capability = %(capability)s and a.enabled order by a.rank, a.key limit 1
"""


def _chosen(capability: str) -> _Chosen | None:
    """The first enabled actor that has the capability; one statement."""
    with cursor() as plain:
        found = plain.execute(CHOOSE, {"capability": capability}).fetchone()
    return None if found is None else _Chosen(*found)


def _artefact(chosen: _Chosen) -> bytes:
    return bytes(ModelVersion.objects.values_list("artefact", flat=True).get(pk=chosen.artefact))


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
        "version": attempt.version, "latency_ms": round(attempt.latency_ms, 1), "input": reference(job),
    }  # fmt: skip
    if attempt.answer is None:
        return Fact("actor.failed", detail | {"error": attempt.error, "temporary": attempt.temporary})
    return Fact("actor.called", detail | {"confidence": attempt.answer.confidence})


def _result(attempt: Attempt, outcome: services.Done | Refused) -> str:
    if attempt.answer is None:
        return "failed"
    return "done" if isinstance(outcome, services.Done) else "refused"
