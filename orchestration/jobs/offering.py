"""How is a job offered to an outside worker, and taken back where none fetched it?

An offered job waits for the workers of the chosen actor. It goes back to be chosen for anew when its deadline has
passed (then that actor is passed over), or when the actor may not have it any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.services import Fact, Origin
from orchestration.actors.capability import Capability
from orchestration.actors.routing import Candidate, Choice, Way
from orchestration.ground import clock
from orchestration.jobs import actor_ledger, stopping
from orchestration.jobs.attempt import Attempt
from orchestration.models import Actor, ActorVersion, Job
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.services import Locked

Json = Any

UNFETCHED: Final = timedelta(days=1)
"""How long a job waits for a worker to fetch it where no rule says it: nothing waits for ever without a word."""


def deadline_of(choice: Choice, capability: Capability, now: datetime) -> datetime:
    """Until when the work must be back: what the rule says, or a day to be fetched and the limit of one attempt."""
    return now + (choice.deadline if choice.deadline is not None else UNFETCHED + capability.limit)


def offer(job: Job, choice: Choice, chosen: Candidate, deadline: datetime) -> None:
    """Leave the job to the workers of the chosen actor until one of them fetches it; this was no attempt yet."""
    route = choice.told() | {"group": choice.group}
    with transaction.atomic():
        case = services.lock(job.instance_id)
        ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker)
        changed = ours.update(
            state=Job.State.OFFERED, lease_until=None, actor=chosen.key, mode=choice.mode, deadline=deadline,
            attempts=job.attempts - 1, route=route, reserved=None,
        )  # fmt: skip
        if case is not None and changed:
            detail = {"job": job.job, "capability": job.capability, "actor": chosen.key, "route": choice.told()}
            services.record(case, [Fact("work.routed", detail)], Origin("system:jobs", cause=f"job {job.pk}"))


def choice_of(job: Job, chosen: Candidate) -> Choice:
    """The choice by which the job was offered."""
    route: Mapping[str, Json] = job.route or {}
    return Choice(
        Way.ACTOR, chosen, job.mode, rule=route.get("rule", ""), passed=route.get("passed", {}),
        group=route.get("group", ""),
    )  # fmt: skip


def overdue(now: datetime) -> QuerySet[Job]:
    """Offered jobs that nobody fetched before their deadline."""
    return Job.objects.filter(state=Job.State.OFFERED, deadline__lte=now).exclude(actor="")


def choose_anew_in_vain() -> int:
    """Choose anew for what is offered to actors that may have none: switched off, or without a version at work."""
    versions = ActorVersion.objects.filter(actor=OuterRef("pk"), state__in=stopping.NEW_JOBS_GET)
    able = Actor.objects.filter(Exists(versions), key=OuterRef("actor"), enabled=True)
    return choose_anew(~Q(actor="") & ~Q(Exists(able)))


def choose_anew(which: Q) -> int:
    """Have it chosen anew who does these offered jobs; how many they are."""
    offered = Job.objects.filter(which, state=Job.State.OFFERED)
    with transaction.atomic():
        found = list(offered.select_for_update(skip_locked=True).values_list("pk", "instance", "job"))
        Job.objects.filter(pk__in=[pk for pk, _, _ in found]).update(
            state=Job.State.WAITING, run_at=clock.utc_now(), overlooked=0
        )
        for _, instance, number in found:
            nudge_jobs(instance, [number])
    return len(found)


def lapse(job: Job) -> None:
    """The deadline passed and nobody fetched it: another is chosen."""
    with transaction.atomic():
        case = services.lock(job.instance_id)
        if case is not None and Job.objects.filter(pk=job.pk, state=Job.State.OFFERED, actor=job.actor).exists():
            lapsed(case, job, "No worker fetched it before its deadline.")


def lapsed(case: Locked, job: Job, why: str) -> None:
    """Have another do a job whose actor let the deadline pass; the caller has made sure that it still has it."""
    now = clock.utc_now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WAITING, lease_until=None, run_at=now, overlooked=0, lapsed=[*job.lapsed, job.actor]
    )
    actor_ledger.enter(job, Attempt(job.actor, "", 0, error=why), now, "lapsed")
    detail = {"job": job.job, "capability": job.capability, "actor": job.actor, "why": why}
    services.record(case, [Fact("work.lapsed", detail)], Origin("system:sweep", cause=f"job {job.pk}"))
    nudge_jobs(job.instance_id, [job.job])
