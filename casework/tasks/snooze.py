"""Which tasks does somebody not want to see for now, and what wakes them?

A task sleeps for one person: until a moment, or until something happens in its case; when it falls due it wakes anyway.
It leaves that person's lists and counts alone. That concerns nobody else, so it is not in the history of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from audit.sealed_values import opened_text_or_words
from casework.access.permissions import is_candidate
from casework.models import Snooze
from casework.tasks.under_lock import over
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

REASON_MOST: Final = 200
LONGEST: Final = timedelta(days=366)
MOST: Final = 500
"""Tasks that sleep for one person at a time: each page of their inbox leaves these out."""
MORNING: Final = 8
AFTERNOON: Final = 15

SLEEPING: Final[LiteralString] = """
casework_snooze z join orchestration_humantask t on t.id = z.task_id
join casework_case f on f.instance_id = t.instance_id and not (z.on_change and f.updated > z.at)
where t.state in ('open', 'suspended') and (z.until is null or z.until > %(now)s)
      and not (t.due > z.at and t.due <= %(now)s)"""
ASLEEP: Final[LiteralString] = f"select z.task_id, z.until, z.reason from {SLEEPING} and z.person_id = %(person)s"  # noqa: S608 - of a text that stands in the code


@dataclass(frozen=True, slots=True)
class Asleep:
    """`until`: None where it sleeps until something happens in its case. `reason`: what the person noted."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Until:
    """What wakes a task, beside that it falls due: a moment, or (`moment` is None) that something happens."""

    moment: datetime | None


ON_CHANGE: Final = Until(None)


def asleep(person: User, now: datetime) -> Mapping[int, Asleep]:
    """The tasks that sleep for this person, by number; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ASLEEP, {"person": person.pk, "now": now})
        return {task: Asleep(until, opened_text_or_words(reason)) for task, until, reason in cursor.fetchall()}


def task_snooze(*, by: User, task: HumanTask, until: Until, reason: str, now: datetime) -> HumanTask | Refused:
    """Let a task sleep for this person. Once more says anew until when."""
    if task.state != HumanTask.State.OPEN:
        return over(task)
    if not is_candidate(by, task):
        return Refused("not-offered", "This task is in none of your lists, so there is nothing to snooze.")
    if until.moment is not None and not now < until.moment <= now + LONGEST:
        return Refused("invalid", "Snooze it until a time to come, within the next year.")
    if len(reason) > REASON_MOST or "\0" in reason:
        return Refused("invalid", f"Say why in at most {REASON_MOST} characters.")
    if _too_many(by, task, now):
        return Refused("too-many", f"At most {MOST} tasks can be snoozed at a time. Wake some first.")
    told = {"at": now, "until": until.moment, "on_change": until.moment is None, "reason": reason.strip()}
    Snooze.objects.update_or_create(person=by, task=task, defaults=told)
    return task


def task_wake(*, by: User, task: HumanTask) -> HumanTask:
    """Have a task in this person's lists again."""
    Snooze.objects.filter(person=by, task=task).delete()
    return task


def _too_many(by: User, task: HumanTask, now: datetime) -> bool:
    """Whether one more would be too many; those that have woken are forgotten before that is said."""
    theirs = Snooze.objects.filter(person=by).exclude(task=task)
    if theirs.count() < MOST:
        return False
    theirs.exclude(task__in=asleep(by, now)).delete()
    return theirs.count() >= MOST


def presets(now: datetime) -> list[tuple[str, str]]:
    """What a form offers: what it sends, and in words."""
    local = timezone.localtime(now)
    offered = [("afternoon", f"This afternoon, {AFTERNOON}:00")] if local.hour < AFTERNOON else []
    offered.append(("tomorrow", f"Tomorrow morning, {MORNING}:00"))
    if local.weekday() != _SUNDAY:
        offered.append(("monday", f"Monday morning, {MORNING}:00"))
    return [*offered, ("change", "Something happens in the case"), ("day", "The day below")]


_SUNDAY: Final = 6


def until_of(preset: str, day: datetime | None, now: datetime) -> Until | None:
    """What a form asks for; None where it says nothing that can be understood. `day`: the beginning of one."""
    local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    match preset:
        case "afternoon":
            return Until(local.replace(hour=AFTERNOON))
        case "tomorrow":
            return Until(_morning(local, 1))
        case "monday":
            return Until(_morning(local, 7 - local.weekday()))
        case "change":
            return ON_CHANGE
        case "day" if day is not None:
            return Until(_morning(timezone.localtime(day), 0))
        case _:
            return None


def _morning(local: datetime, days: int) -> datetime:
    """The morning of the day so many days on, as the clocks show it then."""
    day = local.date() + timedelta(days=days)
    return timezone.make_aware(datetime(day.year, day.month, day.day, MORNING))
