"""How is a long inbox searched by a filter that many cases fit, but perhaps none in this inbox?

The list is walked in its order, about STEP tasks at a time, and after LOOKED tasks, or STEPS times, a page ends, with
fewer rows than asked for: it says where it looked to, and the next page goes on there. So no filter costs more than so
many probes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed

from casework.tasks.inbox_statements import APART, Ordered, shared_walk, task_of, walk

STEP: Final = 1000
STEPS: Final = 6
LOOKED: Final = 3000
"""Tasks that a page looks at; fewer where the tasks of one of many groups are all due before those of the others."""
LEAST: Final = 50
"""Of each of many groups at least so many are read at a time."""
COUNTED: Final = 500
"""Of so many tasks of a list those are counted that fit; where it has more, there are at least so many."""

_FITTING: Final[LiteralString] = """
select c.due, c.id from ({walk}) c {task} where true {fits}"""
_STEP: Final[LiteralString] = """
with {walk}
select (select count(*) from walk), cut.due, cut.id, f.id
from (select) here left join cut on true left join lateral (
    select c.due, c.id from walk c {task} where true {fits}
    order by c.due {order}, c.id {order} limit %(limit)s) f on true"""


@dataclass(frozen=True, slots=True)
class Walked:
    """The numbers of the tasks that fit, in their order. `looked`: how many were looked at. `looked_to`: due time and
    number of the last of them, where the list goes on behind it; else None."""

    tasks: tuple[int, ...]
    looked: int
    looked_to: tuple[datetime, int] | None = None


Read = Callable[[Composed, Mapping[str, Any]], list[Any]]


def is_walked(tab: str, fits: Composed, source: Composable | None) -> bool:
    """Whether a list is long and filtered by what many cases fit. What is snoozed, and what was done
    of late, is read as a whole."""
    return source is None and tab not in APART and bool(fits.as_string(None))


def walked(tab: str, going: Ordered, fits: Composed, values: Mapping[str, Any], read: Read) -> Walked:
    """The next tasks of a tab that fit, beyond `due` and `task` of the values, at most `limit` of them."""
    statement, found, size = _step(tab, going, fits), list[int](), 0
    values = {**values, "looked": _share(len(values["groups"]) + len(values["groups_in"]))}
    for _ in range(STEPS):
        rows = read(statement, values)
        looked, due, task = rows[0][:3]
        found, size = [*found, *(row[3] for row in rows if row[3] is not None)], size + looked
        if len(found) >= values["limit"] or task is None:
            return Walked(tuple(found[: values["limit"]]), size)
        values |= {"due": due, "task": task}
        if size >= LOOKED:
            break
    return Walked(tuple(found), size, (due, task))


def _share(groups: int) -> int:
    """How many tasks of each group are read at a time: as many as make a step where all have as many that are due."""
    return STEP if groups < 2 else max(LEAST, STEP * 5 // (groups * 4))


def fitting_pool(tab: str, fits: Composed) -> Composed:
    """Of the first tasks of a tab (`cap`) those that fit, to be ordered anew."""
    return SQL(_FITTING).format(walk=walk(tab, Ordered(False), SQL("%(cap)s")), fits=fits, task=task_of(fits, "id"))


def _step(tab: str, going: Ordered, fits: Composed) -> Composed:
    walk = shared_walk(tab, going, SQL("%(looked)s"))
    return SQL(_STEP).format(walk=walk, fits=fits, task=task_of(fits, "id"), order=going.order)
