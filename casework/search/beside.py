"""What do these words lead to beside cases: comments, open tasks, tags, colleagues, pages?

Tasks of the cases that were found, and one's own by their names; people whom one works with or gives work to; places
that one may go to. Each as far as the reader may see it: a name is held against the words as it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case as When
from django.db.models import F, QuerySet, Value
from django.db.models import When as Is
from django.urls import reverse
from django.utils.http import urlencode

from casework.access import permissions
from casework.cases.search_words import words_of
from casework.lists.tag_words import tag_of
from casework.lists.tags import tags_seen
from casework.search.comments import FoundComment, comments_found
from casework.search.find import Found
from casework.search.marks import Marked, fitting, marked
from casework.search.places import places
from casework.search.query import Term, terms
from casework.tasks.assigning import groups_ordered
from casework.tasks.many import titles
from casework.tasks.under_lock import name_of
from orchestration.models import HumanTask

SHOWN: Final = 8
"""Of each kind, at most."""
OWN: Final = 200
"""Tasks of one's own whose names are read, the first due first."""
PEOPLE: Final = 2000
"""Colleagues whose names are read, by name."""


@dataclass(frozen=True, slots=True)
class FoundTask:
    """An open task. `title`: what its case is called; `who` has it, "" where nobody; `due`: None where never."""

    id: int
    name: Marked
    title: Marked
    who: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """`address`: where the reader sees their work, "" where they may not; `away`: until when they are out of office."""

    username: str
    name: Marked
    groups: Marked
    away: datetime | None
    address: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    name: Marked
    address: str


@dataclass(frozen=True, slots=True)
class FoundTag:
    """`cases`: with this tag that the reader sees, of the newest that have it."""

    name: Marked
    address: str
    cases: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the cases that were found."""

    tasks: tuple[FoundTask, ...] = ()
    people: tuple[Colleague, ...] = ()
    pages: tuple[FoundPage, ...] = ()
    tags: tuple[FoundTag, ...] = ()
    comments: tuple[FoundComment, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.tasks or self.people or self.pages or self.tags or self.comments)


def beside(*, user: User, now: datetime, asked: str, found: Found) -> Beside:
    """What these words lead to beside the cases on their first page; nothing where nothing is asked for."""
    sought = terms(asked)
    if not sought:
        return Beside()
    ordered = groups_ordered(user)
    return Beside(
        _tasks(user, found, sought), _people(user, now, sought, ordered), _pages(user, sought, bool(ordered)),
        _tags(user, asked, sought), comments_found(user, now, sought),
    )  # fmt: skip


def _tasks(user: User, found: Found, sought: Sequence[Term]) -> tuple[FoundTask, ...]:
    """One's own first, then the first due first."""
    hits = [hit.id for hit in found.hits]
    named = [task for task in _open().filter(assignee=user).order_by("due", "pk")[:OWN] if _fits(task.name, sought)]
    of_cases = list(_open().filter(instance__case__in=hits).order_by(_mine(user), "due", "pk")[:SHOWN]) if hits else []
    tasks = {task.pk: task for task in (*named[:SHOWN], *of_cases)}
    shown = titles(user, tasks) if tasks else {}
    by_case = {task.pk for task in of_cases}
    told = (_task(tasks[pk], *shown[pk], sought) for pk in tasks if pk in shown)
    return tuple(task for task in told if task.id in by_case or _fits(task.name.text, sought))[:SHOWN]


def _open() -> QuerySet[HumanTask]:
    return HumanTask.objects.filter(state=HumanTask.State.OPEN).select_related("assignee")


def _mine(user: User) -> When:
    return When(Is(assignee=user, then=Value(0)), default=Value(1))


def _task(task: HumanTask, name: str, title: str, sought: Sequence[Term]) -> FoundTask:
    due = task.due if task.due.year < 9999 else None
    return FoundTask(task.pk, marked(name, sought), marked(title, sought), name_of(task.assignee), due)


def _people(user: User, now: datetime, sought: Sequence[Term], ordered: frozenset[str]) -> tuple[Colleague, ...]:
    groups = _known_groups(user, ordered)
    rows = (
        User.objects.filter(is_active=True, groups__name__in=groups)
        .annotate(named=ArrayAgg("groups__name", distinct=True, order_by="groups__name"), away=F("absence__until"))
        .order_by("last_name", "first_name", "pk")[:PEOPLE]
    )
    fitting_ones = [each for each in rows if _fits(f"{name_of(each)} {each.username} {' '.join(each.named)}", sought)]
    return tuple(_colleague(each, now, sought, ordered) for each in fitting_ones[:SHOWN])


def _known_groups(user: User, ordered: frozenset[str]) -> Iterable[str]:
    """Of whom this person hears: those they are in and those whose work they give out; who governs, of all."""
    if permissions.may_audit(user) or permissions.may_publish(user):
        return list(Group.objects.values_list("name", flat=True))
    return ordered | set(permissions.groups_of(user).values())


def _colleague(one: Any, now: datetime, sought: Sequence[Term], ordered: frozenset[str]) -> Colleague:
    """`one`: a person with `named` (groups) and `away`."""
    work = f"{reverse('board')}?{urlencode({'person': one.username})}" if ordered & set(one.named) else ""
    away = one.away if one.away and one.away > now else None
    name, groups = marked(name_of(one), sought), marked(", ".join(one.named), sought)
    return Colleague(one.username, name, groups, away, work)


def _pages(user: User, sought: Sequence[Term], orders: bool) -> tuple[FoundPage, ...]:
    fitting_ones = [place for place in places(user, orders) if _fits(f"{place.name} {place.also}", sought)]
    return tuple(FoundPage(marked(place.name, sought), place.address) for place in fitting_ones[:SHOWN])


def _tags(user: User, asked: str, sought: Sequence[Term]) -> tuple[FoundTag, ...]:
    """Tags that are what was asked for, as a whole or one of its words."""
    words = (tag_of(asked), *(tag_of(each) for each in asked.split()[:SHOWN]))
    return tuple(
        FoundTag(marked(word, sought), f"{reverse('cases')}?{urlencode({'which': 'all', 'tag': word})}", cases)
        for word, cases in tags_seen(words, user).items()
    )


def _fits(text: str, sought: Sequence[Term]) -> bool:
    return len(fitting(words_of(text), sought)) == len(sought)
