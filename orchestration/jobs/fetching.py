"""How does a worker outside get work, and keep it while it works?

It fetches jobs that were offered to its actor and has each for the time of a lease, which it may extend up to what the
capability allows for one attempt. What it is handed has passed the guardrails before; one that they stop is not handed
out. A lease that has run out is over: its job is offered again.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q

from audit.services import Fact, Origin
from orchestration.actors import disturbed, gauges, kinds
from orchestration.actors.kinds.external import ExternalActor
from orchestration.actors.routing import Candidate, objection
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.jobs import crossing, leases, offering, runner
from orchestration.jobs.actor_ledger import reference
from orchestration.jobs.choosing import SHARES
from orchestration.jobs.crossing import Outward, Ready
from orchestration.models import Actor, Job, Lease, WorkerToken
from orchestration.privacy.pseudonyms import pseudonym_of_data
from orchestration.shell import services

Json = Any

MOST: Final = 50
"""Jobs in one fetch."""
LEASE: Final = 60.0
KEY_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker asks for. `seconds` of each lease; `capabilities`: no others, where any are named; `request`: its
    own name of this request, so that asking again gives the same jobs."""

    most: int = 1
    seconds: float = LEASE
    capabilities: tuple[str, ...] = ()
    worker: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A job in a worker's hands. `limit`: until when the lease can be extended."""

    lease: Lease
    job: Job
    value: Json
    limit: datetime


def fetch(token: WorkerToken, wanted: Wanted) -> list[Handed]:
    """Jobs for the worker with this token; none where there are none, or its actor is stopped."""
    if not Actor.objects.filter(pk=token.actor_id, enabled=True).exists():
        return []
    if wanted.request and (again := _fetched_before(token, wanted.request)):
        return again
    handed = [_handed(lease, token.actor) for lease in _claim(token, wanted)]
    return [one for one in handed if one is not None]


def _fetched_before(token: WorkerToken, request: str) -> list[Handed]:
    rows = Lease.objects.filter(token=token, request=request, ended=None, until__gt=clock.utc_now())
    found = []
    for lease in rows.select_related("job").annotate(definition=F("job__instance__definition")).order_by("pk"):
        lease.job.definition_id = vars(lease)["definition"]
        ready = ready_of(lease, token.actor)
        if ready is not None and leases.is_held(lease, clock.utc_now()):
            found.append(Handed(lease, lease.job, outward_of(ready).value, leases.limit_of(lease, ready.capability)))
    return found


def _claim(token: WorkerToken, wanted: Wanted) -> list[Lease]:
    """Take offered jobs, each under a lease of its own; the most urgent first, then who waits longest."""
    now = clock.utc_now()
    offered = Job.objects.filter(Q(deadline=None) | Q(deadline__gt=now), actor=token.actor.key, state=Job.State.OFFERED)
    if seconds := disturbed.late(token.actor.key):
        offered = offered.filter(run_at__lte=now - timedelta(seconds=seconds))
    if wanted.capabilities:
        offered = offered.filter(capability__in=wanted.capabilities)
    with transaction.atomic():
        rows = offered.select_for_update(skip_locked=True, of=("self",)).order_by("-priority", "run_at", "pk")
        jobs = list(rows.annotate(definition=F("instance__definition"))[: min(wanted.most, MOST)])
        claimed = [_lease(token, job, wanted, now) for job in jobs]
        Lease.objects.bulk_create(claimed)
        Job.objects.bulk_update(jobs, ["state", "worker", "lease_until", "attempts", "began"])
    return claimed


def _lease(token: WorkerToken, job: Job, wanted: Wanted, now: datetime) -> Lease:
    job.definition_id = vars(job)["definition"]
    lease = Lease(
        token=token, job=job, key=token_urlsafe(KEY_BYTES), worker=wanted.worker, attempt=job.attempts + 1,
        request=wanted.request, began=now,
    )  # fmt: skip
    capability = by_definition(job.definition_id).capability(job.capability)
    seconds = min(max(wanted.seconds, leases.SHORTEST), leases.LONGEST)
    lease.until = min(now + timedelta(seconds=seconds), leases.limit_of(lease, capability))
    job.state, job.worker, job.lease_until = Job.State.RUNNING, lease.holder, lease.until
    job.attempts, job.began = lease.attempt, now
    return lease


def ready_of(lease: Lease, actor: Actor) -> Ready | None:
    """The job of a lease with all that is fixed of its attempt; None where the actor does not offer this any more."""
    job = lease.job
    case_type = by_definition(job.definition_id)
    draw = zlib.crc32(b"%d" % job.instance_id) % SHARES
    found = gauges.candidates(job.capability, clock.utc_now(), draw, case_type.key)
    chosen = next((one for one in found if one.key == actor.key), None)
    if chosen is None:
        return None
    if lease.version:
        chosen = replace(chosen, version=lease.version, version_id=lease.version_id)
    choice = offering.choice_of(job, chosen)
    return Ready(job, case_type, case_type.capability(job.capability), choice, chosen)


def outward_of(ready: Ready) -> Outward:
    """What of the job may go to the actor. Raises ActorError."""
    chosen = ready.chosen
    loaded = kinds.load(chosen.kind, chosen.version, lambda: crossing.artefact_of(chosen))
    assert isinstance(loaded, ExternalActor)
    return crossing.outward(ready, replace(loaded, key=chosen.key, capability=ready.job.capability))


def _handed(lease: Lease, actor: Actor) -> Handed | None:
    """The job of a lease as the worker gets it; None where it does not get it, and the job goes another way."""
    ready, now = ready_of(lease, actor), clock.utc_now()
    if ready is None or not ready.chosen.version:
        _give_back(lease, to_choose=True)
        return None
    if not gauges.reserve(lease.job.pk, ready.chosen, ready.choice.mode, now, lease.job.deadline):
        _give_back(lease, to_choose=_is_lasting(ready.chosen, now))
        return None
    lease.job.reserved = ready.chosen.cost or Decimal(0)
    try:
        out = outward_of(ready)
        stopped = crossing.stopped_before(ready, out)
    except kinds.ActorError as error:
        stopped = crossing.failed(ready, str(error))
    if stopped is not None:
        runner.bring_back(lease.job, crossing.timed(ready, stopped, 0), lease.began, ready.capability)
        leases.end(lease)
        return None
    return _kept(lease, ready, out)


def _is_lasting(chosen: Candidate, now: datetime) -> bool:
    """Whether what keeps the actor from having it does not pass by itself."""
    found = objection(chosen, now)
    return found is not None and not found.passes


def _give_back(lease: Lease, *, to_choose: bool) -> None:
    """Leave it to the next worker, or to another choice, as if it had not been fetched."""
    ours = Job.objects.filter(pk=lease.job_id, state=Job.State.RUNNING, worker=lease.holder)
    with transaction.atomic():
        ours.update(state=Job.State.OFFERED, lease_until=None, attempts=F("attempts") - 1)
        leases.end(lease)
        if to_choose:
            offering.choose_anew(Q(pk=lease.job_id))


def _kept(lease: Lease, ready: Ready, out: Outward) -> Handed | None:
    """Note in the history what goes out to whom, then hand it out; not where the case has gone on meanwhile."""
    job = lease.job
    with transaction.atomic():
        case = services.lock(job.instance_id)
        if case is None or not leases.is_held(lease, clock.utc_now()):
            leases.forsake(lease)
            return None
        lease.version, lease.version_id = ready.chosen.version, ready.chosen.version_id
        lease.given = pseudonym_of_data("handed out", out.value)
        lease.verdicts = [one.told() for one in out.checked.verdicts]
        lease.save(update_fields=["version", "version_id", "given", "verdicts"])
        services.record(case, [_fact(lease, ready)], origin_of(ready))
    return Handed(lease, job, out.value, leases.limit_of(lease, ready.capability))


def _fact(lease: Lease, ready: Ready) -> Fact:
    job = ready.job
    detail = {
        "job": job.job, "capability": job.capability, "attempt": job.attempts, "actor": ready.chosen.key,
        "version": ready.chosen.version, "worker": lease.worker or lease.token.name, "input": reference(job),
        "verdicts": lease.verdicts,
    }  # fmt: skip
    return Fact("work.fetched", detail)


def origin_of(ready: Ready) -> Origin:
    """How the history names whoever fetched a job."""
    return Origin(f"model:{ready.chosen.key}", cause=f"job {ready.job.job}")
