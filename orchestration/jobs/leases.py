"""Which job does a worker outside have, for how long, and what becomes of one that it does not bring back?

A lease is known by its key and lasts until its time; it can be extended up to what the capability allows for one
attempt, and up to the deadline. One that has run out is over: its job is offered again, or another actor is chosen
where the deadline has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from orchestration.actors import gauges, spending
from orchestration.actors.capability import Capability
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import offering, runner, stopping
from orchestration.models import Job, Lease, WorkerToken
from orchestration.shell import services

SHORTEST: Final = 1.0
LONGEST: Final = 3600.0
"""Seconds of a lease; what the capability allows for an attempt holds beside."""
AT_ONCE: Final = 500


def limit_of(lease: Lease, capability: Capability) -> datetime:
    """Until when this attempt may take."""
    longest, deadline = lease.began + capability.limit, lease.job.deadline
    return longest if deadline is None else min(longest, deadline)


def is_held(lease: Lease, now: datetime) -> bool:
    """Whether the worker still has the job; asked of the row."""
    held = Job.objects.filter(pk=lease.job_id, state=Job.State.RUNNING, worker=lease.holder, lease_until__gt=now)
    return lease.ended is None and held.exists()


def found_lease(token: WorkerToken, key: str) -> Lease | Refused:
    """The lease with this key, if it is one of this token's actor."""
    lease = Lease.objects.select_related("token", "job").filter(key=key).first()
    if lease is None:
        return Refused("unknown", "There is no such lease. Fetch a job first.")
    if lease.token.actor_id != token.actor_id:
        return Refused("foreign", "This lease is another actor's: only its own workers finish what they fetched.")
    return lease


def late() -> Refused:
    """The answer to who comes too late; it changes nothing."""
    return Refused("late", "This lease is over: the job is done, has ended or was offered again. Leave it and go on.")


def extend(token: WorkerToken, key: str, seconds: float, request: str = "") -> datetime | Refused:
    """Keep a job for so many seconds from now, never beyond its limit and never shorter; until when that is."""
    lease = found_lease(token, key)
    if isinstance(lease, Refused):
        return lease
    now = clock.utc_now()
    with transaction.atomic():
        job = Job.objects.select_for_update().annotate(definition=F("instance__definition")).get(pk=lease.job_id)
        lease = Lease.objects.select_related("job").get(pk=lease.pk)
        if not is_held(lease, now):
            return late()
        if stopping.is_stopped(token.actor.key):
            return Refused("stopped", "This actor has been stopped. What it brings is kept and not used.")
        if not request or lease.extension != request:
            capability = by_definition(vars(job)["definition"]).capability(job.capability)
            wished = now + timedelta(seconds=min(max(seconds, SHORTEST), LONGEST))
            lease.until = max(lease.until, min(wished, limit_of(lease, capability)))
            Job.objects.filter(pk=job.pk).update(lease_until=lease.until)
            Lease.objects.filter(pk=lease.pk).update(until=lease.until, extension=request)
    return lease.until


def end(lease: Lease) -> bool:
    """The lease is over; whether it was not yet."""
    return bool(Lease.objects.filter(pk=lease.pk, ended=None).update(ended=clock.utc_now()))


def forsake(lease: Lease) -> None:
    """The job has gone on without it: what was taken for it is given back, once."""
    if end(lease) and lease.job.reserved is not None:
        give_back(lease.job)


def give_back(job: Job) -> None:
    """Its place with the actor, and the money that was put by for it."""
    gauges.release(job.actor, job.reserved)
    spending.give_back(job)


def over() -> Iterator[Lease]:
    """The leases that have run out and are not ended yet; the oldest first, so many at a time."""
    rows = Lease.objects.filter(ended=None, until__lte=clock.utc_now()).select_related("job", "token__actor")
    yield from rows.order_by("until")[:AT_ONCE]


def let_go(lease: Lease) -> None:
    """Nobody came back in time: offer the job again, choose another where its deadline has passed, too."""
    with transaction.atomic():
        case = services.lock(lease.job.instance_id)
        lease.job = job = Job.objects.get(pk=lease.job_id)
        if case is None or job.state != Job.State.RUNNING or job.worker != lease.holder:
            return forsake(lease)
        if job.lease_until is None or job.lease_until > clock.utc_now() or not end(lease):
            return None
        if job.deadline is not None and job.deadline <= clock.utc_now():
            give_back(job)
            Job.objects.filter(pk=job.pk).update(attempts=F("attempts") - 1)
            offering.lapsed(case, job, "Its worker did not bring a result before the deadline.")
        else:
            runner.let_go(job)
