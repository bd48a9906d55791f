"""Who has how much to do, what of it is late, and which tasks are those?

For whoever gives out work: the people and groups that the case types name in which they may. Only tasks of cases that
they see count. What a group has that nobody took is counted up to CAP, the first due first, so that a million cost what
a thousand do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from casework.access.permissions import listed_for, reach_seen, readers
from casework.access.reach import EVERYWHERE
from casework.access.unit_models import BusinessUnit, Sight
from casework.access.units import parts_of
from casework.models import Absence
from casework.tasks.assigning import groups_ordered
from casework.tasks.inbox import CAP, SOON
from casework.tasks.many import titles
from casework.tasks.under_lock import name_of
from orchestration.models import HumanTask

TASKS: Final = 100
"""Tasks of one person or group that a page shows."""

_WAITING: Final = """
select g.id, count(c.due), count(*) filter (where c.due < %(now)s), count(*) filter (where c.due < %(soon)s)
from unnest(%(groups)s::bigint[]) as g(id)
left join lateral (
    select c.due from orchestration_taskcandidate c
    join orchestration_humantask t on t.id = c.task_id
    join casework_case f on f.instance_id = t.instance_id
    where c.group_id = g.id and not c.assigned and not c.suspended and (%(unit)s = 0 or %(unit)s = any(f.units))
      and exists (select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
    order by c.due, c.task_id limit %(limit)s) c on true
group by g.id"""
_IN_UNITS: Final = """
select b.key, b.name, count(o.due), count(*) filter (where o.due < %(now)s), count(*) filter (where o.due < %(soon)s)
from casework_businessunit b
left join lateral (
    select distinct c.task_id, c.due
    from casework_businessunit u cross join unnest(%(groups)s::bigint[]) as g(id)
    cross join lateral (
        select c.task_id, c.due from orchestration_taskcandidate c
        join orchestration_humantask t on t.id = c.task_id join casework_case f on f.instance_id = t.instance_id
        where c.group_id = g.id and c.unit = u.id and not c.suspended
          and exists (select from casework_listedcase l
                      where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
        order by c.due, c.task_id limit %(limit)s) c
    where b.id = any(u.path) limit %(limit)s) o on true
where %(whole)s or b.path && %(sight)s::bigint[]
group by b.id order by b.name, b.key"""
"""Of each unit with what is below it, the tasks that are offered to these groups, whoever has them."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one person or group has: open tasks, late ones, and those that are due within a day (late ones included).

    `key`: how an address names them; `groups`: of a person, those that count here; `away`: until when they are out of
    office, and what they `note`.
    """

    key: str
    name: str
    groups: str
    open: int
    late: int
    soon: int
    away: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """`units`: the load of each business unit, with what is below it; `unit`: the one that alone is shown."""

    people: tuple[Load, ...]
    groups: tuple[Load, ...]
    units: tuple[Load, ...] = ()
    unit: BusinessUnit | None = None

    @property
    def most(self) -> int:
        """The greatest load of a person, which the others are drawn against."""
        return max((load.open for load in self.people), default=0) or 1


@dataclass(frozen=True, slots=True)
class BoardTask:
    """One task of somebody's; texts as the reader may see them."""

    id: int
    name: str
    title: str
    case: int
    due: datetime | None
    overdue: bool
    urgent: bool


def board(user: User, now: datetime, unit: BusinessUnit | None = None) -> Board:
    """The most loaded first; five statements whatever there is to do. `unit`: of cases there and below alone, and of
    the people for whom something holds there."""
    named = groups_ordered(user)
    groups = list(Group.objects.filter(name__in=named).order_by("name"))
    people = (
        User.objects.filter(is_active=True, groups__in=groups)
        .distinct()
        .select_related("absence")
        .prefetch_related("groups")
    )
    if unit is not None:
        people = people.filter(Exists(Sight.objects.filter(person=OuterRef("pk"), unit__in=[EVERYWHERE, *unit.path])))
    return Board(
        _people(user, people, named, now, unit), _groups(user, groups, now, unit), _units(user, groups, now), unit
    )


def unit_seen(user: User, key: str) -> BusinessUnit | None:
    """The unit of a key, for who sees cases of it or of all; None: there is none for them."""
    seen = BusinessUnit.objects.filter(parts_of(reach_seen(user).sight))
    return None if not key or "\0" in key else seen.filter(key=key).first()


def _people(
    user: User, people: Iterable[User], named: frozenset[str], now: datetime, unit: BusinessUnit | None
) -> tuple[Load, ...]:
    rows = _seen(user, unit).exclude(assignee=None).values_list("assignee").annotate(
        open=Count("pk"), late=Count("pk", filter=Q(due__lt=now)), soon=Count("pk", filter=Q(due__lt=now + SOON))
    )  # fmt: skip
    counted = {who: counts for who, *counts in rows}
    loads = (
        Load(who.get_username(), name_of(who), _among(who, named), *_counts(counted.get(who.pk)), *_away(who, now))
        for who in people
    )
    return tuple(sorted(loads, key=lambda load: (-load.late, -load.open, load.name)))


def _counts(found: Sequence[int] | None) -> tuple[int, int, int]:
    open_ones, late, soon = found or (0, 0, 0)
    return open_ones, late, soon


def _away(who: User, now: datetime) -> tuple[datetime | None, str]:
    absence: Absence | None = getattr(who, "absence", None)
    return (absence.until, absence.note) if absence is not None and absence.until > now else (None, "")


def _among(who: User, named: frozenset[str]) -> str:
    return ", ".join(sorted(group.name for group in who.groups.all() if group.name in named))


def _groups(user: User, groups: Sequence[Group], now: datetime, unit: BusinessUnit | None) -> tuple[Load, ...]:
    values: dict[str, Any] = {
        "groups": [group.pk for group in groups], "readers": list(readers(user)), "now": now, "soon": now + SOON,
        "limit": CAP + 1, "unit": EVERYWHERE if unit is None else unit.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        counted = {group: counts for group, *counts in cursor.fetchall()}
    return tuple(Load(str(group.pk), group.name, "", *_counts(counted.get(group.pk))) for group in groups)


def _units(user: User, groups: Sequence[Group], now: datetime) -> tuple[Load, ...]:
    """Of each unit that they see how much these groups have to do there and below."""
    sight = reach_seen(user).sight
    values: dict[str, Any] = {
        "groups": [group.pk for group in groups], "readers": list(readers(user)), "now": now, "soon": now + SOON,
        "limit": CAP + 1, "whole": EVERYWHERE in sight, "sight": sorted(sight),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_IN_UNITS, values)
        return tuple(Load(key, name, "", *counts) for key, name, *counts in cursor.fetchall())


def _seen(user: User, unit: BusinessUnit | None) -> QuerySet[HumanTask]:
    """The open tasks of cases that this person sees, of a unit and below it alone, where one is given."""
    found = HumanTask.objects.filter(listed_for(user, "instance__case"), state=HumanTask.State.OPEN)
    return found if unit is None else found.filter(instance__case__units__contains=[unit.pk])


def tasks_of(
    user: User, now: datetime, *, person: str = "", group: int | None = None, unit: BusinessUnit | None = None
) -> tuple[BoardTask, ...]:
    """What somebody has, or what of a group nobody has taken; the first due first, at most TASKS."""
    whose = Q(assignee__username=person) if person else Q(assignee=None, candidates__group=group)
    found = _seen(user, unit).filter(whose).order_by("due", "pk")
    rows = list(found.values_list("pk", "instance__case", "due", "priority")[:TASKS])
    named = titles(user, [pk for pk, *_ in rows])
    return tuple(
        BoardTask(pk, *named[pk], case, due if due.year < 9999 else None, due < now, priority > 50)
        for pk, case, due, priority in rows if pk in named
    )  # fmt: skip
