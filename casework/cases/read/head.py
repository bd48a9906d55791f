"""What must a reader know of a case in five seconds: what it is, who has it, how urgent it is, what comes next?

The head stands over every place of a case (work, data, decisions, people, history) and costs the open tasks alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.urls import reverse

from casework.access import permissions
from casework.cases.dependent import not_by_itself
from casework.cases.read.case_view import Look
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.open_tasks import OpenTask
from casework.cases.read.progress import Goal, Stage, goal
from casework.cases.read.review import is_review
from casework.cases.read.waiting import Awaited, Coming
from casework.cases.read.waits import waits_for
from casework.deadlines.read import Shown, deadlines_of
from orchestration.view import available_actions

RISKY: Final = timedelta(hours=4)
"""A task that is due sooner than this is at risk."""


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing that this reader does next: a link, or a form that is sent (`posts`)."""

    what: str
    button: str
    address: str
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """`owner`: who has the open work, else for whom it is. `due`: of the task that is due first.

    `risk`: "late", "at risk", "needs a person", or empty.
    """

    id: int
    title: str
    reference: str
    source: str
    kind: str
    version: str
    progress: Goal
    state: str
    closed: bool
    urgent: bool
    suspended: bool
    created: datetime
    owner: str
    due: datetime | None
    risk: str
    waits: tuple[str, ...]
    next: Next | None
    key_facts: tuple[Fact, ...]
    changes: tuple[str, ...]
    may: frozenset[str]
    deadlines: tuple[Shown, ...] = ()
    is_review: bool = False

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.progress.stages


def head(
    seen: Look, user: User, tasks: tuple[OpenTask, ...], comes_in: tuple[Awaited, ...], coming: tuple[Coming, ...],
    now: datetime,
) -> Head:  # fmt: skip
    """The head for this reader. `tasks`: the open ones, as `open_tasks` has read them; `comes_in`, `coming`: what is
    waited for from outside."""
    case, case_type, view, may = seen.case, seen.case_type, seen.view, permissions.rights(user, seen.case)
    due = min((task.due for task in tasks if task.due is not None), default=None)
    changeable = "work" in may and not_by_itself(case_type.key) is None
    changes = available_actions.changes(case_type, seen.state, now) if changeable else ()
    return Head(
        id=case.pk, title=view.text(case.title), reference=view.text(case.reference), source=view.text(case.source),
        kind=case_type.name, version=case_type.label, progress=goal(seen), state=case.state, closed=case.closed,
        urgent=case_type.is_urgent(seen.state.root.variables), suspended=seen.state.root.state == "suspended",
        created=case.created, owner=", ".join(dict.fromkeys(_owners(tasks))), due=due, risk=_risk(seen, due, now),
        waits=waits_for(seen, tasks, comes_in, coming), next=_next(seen, tasks, comes_in, changes, may),
        key_facts=key_facts(seen), changes=changes, may=may, deadlines=deadlines_of(case, case_type, now),
        is_review=is_review(case_type, view.data),
    )  # fmt: skip


def _owners(tasks: tuple[OpenTask, ...]) -> Iterator[str]:
    for task in tasks:
        if task.mine:
            yield "you"
        elif task.assignee:
            yield task.assignee
        else:
            yield from task.groups


def _risk(seen: Look, due: datetime | None, now: datetime) -> str:
    if seen.waits("incident"):
        return "needs a person"
    if due is None or seen.case.closed or seen.state.root.state == "suspended":
        return ""
    return "late" if due < now else "at risk" if due - now < RISKY else ""


def _next(
    seen: Look, tasks: tuple[OpenTask, ...], comes_in: tuple[Awaited, ...], changes: tuple[str, ...],
    may: frozenset[str],
) -> Next | None:  # fmt: skip
    """What this reader's own work comes first, then what they may take, then what they alone can move on."""
    return next(_wishes(seen, tasks, comes_in, changes), None) if "work" in may else None


def _wishes(
    seen: Look, tasks: tuple[OpenTask, ...], comes_in: tuple[Awaited, ...], changes: tuple[str, ...]
) -> Iterator[Next]:
    number = seen.case.pk
    if "resume" in changes:
        yield Next("Let the case go on", "Resume", f"{reverse('case-change', args=[number])}?transition=resume")
    if seen.waits("incident"):
        incident = min(wait.id for wait in seen.state.waits.values() if wait.kind == "incident")
        yield Next("Decide what failed", "Look at it", reverse("case-trouble", args=[number, incident]))
    for task in tasks:
        if "complete" in task.may:
            yield Next(task.name, "Work on it", reverse("task", args=[task.id]))
    for task in tasks:
        if "claim" in task.may:
            yield Next(task.name, "Take it", reverse("task-claim", args=[task.id]), posts=True)
    for one in comes_in:
        yield Next(one.label, "It has come in", f"{reverse('case-receive', args=[number, one.item])}?at={one.at}")
