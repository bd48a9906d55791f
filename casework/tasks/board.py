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
from django.db.models import Count, Q, QuerySet

from casework.access.permissions import listed_for, readers
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
    where c.group_id = g.id and not c.assigned and not c.suspended
      and exists (select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
    order by c.due, c.task_id limit %(limit)s) c on true
group by g.id"""


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
    people: tuple[Load, ...]
    groups: tuple[Load, ...]

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


def board(user: User, now: datetime) -> Board:
    """The most loaded first; four statements whatever there is to do."""
    named = groups_ordered(user)
    groups = list(Group.objects.filter(name__in=named).order_by("name"))
    people = (
        User.objects.filter(is_active=True, groups__in=groups)
        .distinct()
        .select_related("absence")
        .prefetch_related("groups")
    )
    return Board(_people(user, people, named, now), _groups(user, groups, now))


def _people(user: User, people: Iterable[User], named: frozenset[str], now: datetime) -> tuple[Load, ...]:
    rows = _seen(user).exclude(assignee=None).values_list("assignee").annotate(
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


def _groups(user: User, groups: Sequence[Group], now: datetime) -> tuple[Load, ...]:
    values: dict[str, Any] = {
        "groups": [group.pk for group in groups], "readers": list(readers(user)), "now": now, "soon": now + SOON,
        "limit": CAP + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        counted = {group: counts for group, *counts in cursor.fetchall()}
    return tuple(Load(str(group.pk), group.name, "", *_counts(counted.get(group.pk))) for group in groups)


def _seen(user: User) -> QuerySet[HumanTask]:
    """The open tasks of cases that this person sees."""
    return HumanTask.objects.filter(listed_for(user, "instance__case"), state=HumanTask.State.OPEN)


def tasks_of(user: User, now: datetime, *, person: str = "", group: int | None = None) -> tuple[BoardTask, ...]:
    """What somebody has, or what of a group nobody has taken; the first due first, at most TASKS."""
    whose = Q(assignee__username=person) if person else Q(assignee=None, candidates__group=group)
    found = _seen(user).filter(whose).order_by("due", "pk")
    rows = list(found.values_list("pk", "instance__case", "due", "priority")[:TASKS])
    named = titles(user, [pk for pk, *_ in rows])
    return tuple(
        BoardTask(pk, *named[pk], case, due if due.year < 9999 else None, due < now, priority > 50)
        for pk, case, due, priority in rows if pk in named
    )  # fmt: skip
