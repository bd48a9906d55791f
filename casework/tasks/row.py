"""What is one line of the inbox?

A task with what tells its case from others. Made of one row of the inbox's statement, with no further statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from django.contrib.auth.models import User

from audit.sealed_values import NOTHING_READ, is_sealed, opened_or_not
from casework.access.permissions import of_case
from casework.cases.glance import Glance, Words, headline, in_one_line, reason, suggestion
from casework.cases.past_rows import Former
from casework.cases.read.case_view import in_lists, row_mask, title_in
from casework.cases.read.values import InWords, values_in_words
from casework.deadlines.read import Shown
from casework.lists.columns import Cell, Column, cells
from casework.tasks.snooze import Asleep
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.privacy.principal import Principal

AT_RISK: Final = 4
"""A task is at risk in the last of so many parts of the time that it was given."""


class Found(NamedTuple):
    """A row of the statement, in its order. `unit`: the name of its business unit. `instance`: the root."""

    id: int
    name: str
    due: datetime
    priority: int
    assignee: int | None
    username: str | None
    first_name: str | None
    last_name: str | None
    case: int
    title: str
    reference: str
    state: str
    definition: int
    data: bytes
    created: datetime
    form: str
    item: str
    task_state: str
    groups: Sequence[str]
    tags: Sequence[str]
    unit: str | None
    ended: datetime | None
    troubled: bool
    instance: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """`assignee` is the name of whoever has it, empty where nobody has; `groups`: whom it is offered to.

    `headline`: what tells its case from others, `why` it is here, `suggested`: what a machine thinks that it is about,
    `sure`: from 0 to 1. `at_risk`: little is left of its time, or nothing; what is
    `suspended` loses none. `cells`: one for each column asked for.
    `asleep`: until when it is snoozed. `deadline`: the next one of its case. `ended`: when `assignee` did it; None: not
    yet. `troubled`: something in its case failed, and nobody has decided about it.
    """

    id: int
    name: str
    due: datetime | None
    overdue: bool
    at_risk: bool
    urgent: bool
    assignee: str
    mine: bool
    groups: tuple[str, ...]
    case: int
    title: str
    reference: str
    state: str
    headline: tuple[Words, ...] = ()
    why: str = ""
    suggested: str = ""
    sure: float | None = None
    cells: tuple[Cell, ...] = ()
    asleep: Asleep | None = None
    suspended: bool = False
    troubled: bool = False
    tags: tuple[str, ...] = ()
    deadline: Shown | None = None
    ended: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What each column shows, by its dotted place."""
        return {cell.path: cell.shown for cell in self.cells}

    @property
    def about(self) -> str:
        """The headline as one text; the title of the case where there is none."""
        return in_one_line(self.headline) or self.title

    @property
    def new_suggestion(self) -> str:
        """What the machine thinks, where the headline does not say it already."""
        return "" if self.suggested in {one.text for one in self.headline} else self.suggested


def task_row(
    found: Found, past: Former, user: User, person: Principal, now: datetime, columns: Sequence[Column]
) -> TaskRow:
    """The line for this reader. `past`: what stood in the case before (`past_rows.former_of`)."""
    data = opened_or_not(bytes(found.data))
    person = of_case(person, found.case)
    masked = row_mask(found.definition, data, person, past)
    data = NOTHING_READ if is_sealed(data) else in_lists(found.definition, found.instance, data)
    shown = title_in(masked, found.title)
    seen = _glance(found, data, person, masked)
    suggested, sure = suggestion(seen, found.form) if seen else ("", None)
    name = f"{found.first_name or ''} {found.last_name or ''}".strip() or found.username or ""
    stands, runs = found.task_state == "suspended", found.task_state == "open"
    is_titled = shown == found.title and found.reference in found.title
    return TaskRow(
        id=found.id, name=found.name if found.name in _static_names(found.definition) else masked(found.name),
        due=found.due if found.due.year < 9999 else None, overdue=runs and found.due < now,
        at_risk=runs and at_risk(found.created, found.due, now), urgent=found.priority > 50, assignee=name,
        mine=found.assignee == user.pk, groups=tuple(found.groups), case=found.case, title=shown,
        reference=found.reference if is_titled else masked(found.reference),
        state=found.state, headline=headline(seen) if seen else (), why=reason(seen, found.item) if seen else "",
        suggested=suggested, sure=sure, tags=tuple(found.tags), suspended=stands,
        troubled=found.troubled and found.ended is None, ended=found.ended,
        cells=cells(columns, found.definition, data, person, masked, found.unit),
    )  # fmt: skip


def at_risk(created: datetime, due: datetime, now: datetime) -> bool:
    """Whether less than a quarter of the time that a task was given is left."""
    return due - now < (due - created) / AT_RISK


def _glance(found: Found, data: bytes, person: Principal, masked: Callable[[str], str]) -> Glance | None:
    """What may be seen of the case's data; None where its version cannot be read any more."""
    try:
        case_type, said = by_definition(found.definition), _words(found.definition)
    except Faulty:
        return None
    return Glance(case_type, orjson.loads(data), person, masked, said)


@lru_cache(maxsize=64)
def _words(definition: int) -> InWords:
    return values_in_words(by_definition(definition))


@lru_cache(maxsize=64)
def _static_names(definition: int) -> frozenset[str]:
    """The names of tasks as the model has them: no data of any case is in these."""
    try:
        library = by_definition(definition).library
    except Faulty:
        return frozenset()
    models = (*library.cases.values(), *library.processes.values())
    return frozenset(node.name for model in models for node in model.nodes.values())
