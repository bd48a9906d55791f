"""How is a machine, all of a kind, or every machine taken out of work at once, and let loose again?

An actor is stopped by its row, which every worker reads at each claim and, locked against a stop, before a result may
reach a case: a stop waits for the results that are on their way in, and none comes after it. What a stopped actor still
gives is contained (`orchestration.jobs.runner.contain`); its jobs wait until it is let loose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, LiteralString

from django.db import transaction
from django.db.models import F

from audit.db.sql import cursor
from audit.services import Fact, Origin, record_control
from orchestration.actors.registry import actor_enable
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, ActorVersion, Job, Stop
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.step_sql import Condition

ALL: Final = "all"
KIND: Final = "kind:"
NEW_JOBS_GET: Final = (ActorVersion.State.IN_USE, ActorVersion.State.SHARE)
_IN_WORK: LiteralString = "select enabled from orchestration_actor where key = %(key)s for share"
STOPPED: Final = Refused("stopped", "The actor has been stopped: this is kept, and not used.")


def scope_of(kind: str) -> str:
    """What a stop of all actors of this kind is called."""
    return KIND + kind


def covers(scope: str, kind: str) -> bool:
    return scope in (ALL, scope_of(kind))


def told(scope: str) -> str:
    """What is stopped, in words."""
    return "All actors" if scope == ALL else f"All actors of the kind {scope.removeprefix(KIND)}"


def standing(kind: str) -> Stop | None:
    """The stop that holds an actor of this kind, the widest first."""
    return Stop.objects.filter(scope__in=(ALL, scope_of(kind))).order_by("scope").first()


def is_stopped(key: str) -> bool:
    """Whether the actor is out of work. In a transaction, no stop of it is carried out until that ends."""
    with cursor() as plain:
        row = plain.execute(_IN_WORK, {"key": key}).fetchone()
    return row is not None and not row[0]


def at_work(key: str) -> Condition:
    """That the actor is in work, asked with the lock of the case that its result is for: one statement less a job."""
    return Condition(_IN_WORK, {"key": key}, STOPPED)


def awaited(capability: str) -> str:
    """The key of an actor that would do such work, were it not stopped with its kind or with all; "" for none."""
    stopped = {key for keys in Stop.objects.values_list("actors", flat=True) for key in keys}
    if not stopped:
        return ""
    able = Actor.objects.filter(capability=capability, key__in=stopped, versions__state__in=NEW_JOBS_GET)
    return able.values_list("key", flat=True).first() or ""


def actor_switch(key: str, enabled: bool, origin: Origin, reason: str = "") -> Refused | None:
    """Take one actor out of work, or let it work again and have done what was held back for it."""
    actor = Actor.objects.get(key=key)
    stop = standing(actor.kind)
    if enabled and stop is not None and not actor.enabled:
        return Refused("stopped", f"{told(stop.scope)} are stopped: {stop.reason}. Let them loose first.")
    actor_enable(key, enabled, origin, reason)
    if enabled:
        let_loose(key)
    else:
        take_back([key])
    return None


def stop(scope: str, origin: Origin, reason: str) -> Stop | Refused:
    """Stop every actor of a kind, or all, by one act; those that are off already stay as they are."""
    with transaction.atomic():
        actors = Actor.objects.filter(enabled=True)
        actors = actors if scope == ALL else actors.filter(kind=scope.removeprefix(KIND))
        keys = list(actors.order_by("key").select_for_update().values_list("key", flat=True))
        made, created = Stop.objects.get_or_create(
            scope=scope, defaults={"reason": reason, "by": origin.actor, "at": clock.utc_now(), "actors": keys}
        )
        if not created:
            return Refused("stopped", f"{told(scope)} are stopped already: {made.reason}")
        Actor.objects.filter(key__in=keys).update(enabled=False)
        _record(scope, True, keys, origin, reason)
    take_back(keys)
    return made


def end(scope: str, origin: Origin, reason: str = "") -> tuple[str, ...] | Refused:
    """Let loose what was stopped together: the keys of those that work again. What another stop holds stays stopped."""
    with transaction.atomic():
        found = Stop.objects.select_for_update().filter(scope=scope).first()
        if found is None:
            return Refused("loose", f"{told(scope)} are not stopped.")
        found.delete()
        loose = tuple(_not_held(found.actors))
        Actor.objects.filter(key__in=loose).update(enabled=True)
        _record(scope, False, loose, origin, reason)
    for key in loose:
        let_loose(key)
    return loose


def _not_held(keys: Collection[str]) -> Iterable[str]:
    """Those that no other stop holds; it takes over the others."""
    others = list(Stop.objects.select_for_update().order_by("scope"))
    for actor in Actor.objects.filter(key__in=keys).order_by("key"):
        holding = next((one for one in others if covers(one.scope, actor.kind)), None)
        if holding is None:
            yield actor.key
        else:
            holding.actors = [*holding.actors, actor.key]
            holding.save(update_fields=["actors"])


def _record(scope: str, stopped: bool, keys: Collection[str], origin: Origin, reason: str) -> None:
    detail = {"scope": scope, "stopped": stopped, "actors": list(keys)} | ({"reason": reason} if reason else {})
    record_control([Fact("capability.stopped", detail)], origin, clock.utc_now())


def let_loose(key: str) -> int:
    """Have done what was held back until this actor may work again; how many jobs that are."""
    return _wait_again(Job.objects.filter(actor=key, state=Job.State.HELD).values_list("pk", flat=True))


def take_back(keys: Collection[str]) -> int:
    """Have looked at anew what was offered to these actors' workers and that none of them has fetched."""
    offered = Job.objects.filter(actor__in=keys, state=Job.State.OFFERED)
    return _wait_again(offered.values_list("pk", flat=True))


def give_to_others(key: str, origin: Origin) -> int | Refused:
    """Have others do what was held back for a stopped actor; how many jobs that are."""
    actor = Actor.objects.get(key=key)
    if actor.enabled:
        return Refused("works", f"{actor.name} works, so nothing is held back for it.")
    able = Actor.objects.filter(capability=actor.capability, enabled=True, versions__state__in=NEW_JOBS_GET)
    if not able.exists():
        return Refused("nobody", f"No other actor that works can do “{actor.capability}”. What is held waits.")
    held = Job.objects.filter(actor=key, state=Job.State.HELD).order_by("pk")
    return sum(_given(job, origin) for job in held.only("pk", "job", "instance_id", "capability"))


def _given(job: Job, origin: Origin) -> bool:
    """Have a job that is held routed anew, and keep who decided so."""
    with transaction.atomic():
        case = services.lock(job.instance_id)
        held = Job.objects.filter(pk=job.pk, state=Job.State.HELD)
        if case is None or not held.exists():
            return False
        moved = {"job": job.job, "capability": job.capability, "from": held.get().actor, "to": ""}
        held.update(state=Job.State.WAITING, actor="", wanted_actor="", run_at=clock.utc_now(), overlooked=0)
        services.record(case, [Fact("work.moved", moved)], origin)
        nudge_jobs(job.instance_id, [job.job])
    return True


def _wait_again(jobs: Iterable[int]) -> int:
    numbers = list(jobs)
    if not numbers:
        return 0
    ours = Job.objects.filter(pk__in=numbers, state__in=(Job.State.HELD, Job.State.OFFERED))
    ours.update(state=Job.State.WAITING, run_at=clock.utc_now())
    for instance, number in Job.objects.filter(pk__in=numbers).values_list("instance", "job"):
        nudge_jobs(instance, [number])
    return len(numbers)


def hold(job: Job, key: str) -> None:
    """Have a claimed job wait until this actor is let loose, as if this attempt had not been."""
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker)
    ours.update(state=Job.State.HELD, lease_until=None, actor=key, attempts=F("attempts") - 1)
