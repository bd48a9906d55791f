"""How is a long inbox looked through for what fits a filter that many cases fit, and perhaps none of its own?

The list is walked in its order, STEP tasks at a time, and after STEPS of these a page ends, with fewer rows than asked
for: it says where it looked to, and the next page goes on there. So no filter costs more than so many probes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed

from casework.tasks.inbox_statements import Ordered, task_of, walk

STEP: Final = 1000
STEPS: Final = 3
LOOKED: Final = STEP * STEPS
"""Tasks that a page looks at."""
COUNTED: Final = 500
"""Of so many tasks of a list those are counted that fit; where it has more, there are at least so many."""

_FITTING: Final[LiteralString] = """
select c.due, c.id from ({walk}) c {task} where true {fits}"""
_STEP: Final[LiteralString] = """
with walk as materialized ({walk})
select (select count(*) from walk), (select due from walk order by due {back}, id {back} limit 1),
       (select id from walk order by due {back}, id {back} limit 1), f.due, f.id
from (select) here left join lateral (
    select c.due, c.id from walk c {task} where true {fits}
    order by c.due {order}, c.id {order} limit %(limit)s) f on true"""


@dataclass(frozen=True, slots=True)
class Walked:
    """The numbers of the tasks that fit, in their order. `looked_to`: due time and number of the last that was looked
    at, where the list goes on behind it; else None."""

    tasks: tuple[int, ...]
    looked_to: tuple[datetime, int] | None = None


Read = Callable[[Composed, Mapping[str, Any]], list[Any]]


def is_walked(tab: str, fits: Composed, source: Composable | None) -> bool:
    """Whether a list is long and filtered by what many cases fit. What is snoozed is always short."""
    return source is None and tab != "snoozed" and bool(fits.as_string(None))


def walked(tab: str, going: Ordered, fits: Composed, values: Mapping[str, Any], read: Read) -> Walked:
    """The next tasks of a tab that fit, beyond `due` and `task` of the values, at most `limit` of them."""
    statement, found, values = _step(tab, going, fits), list[int](), dict(values)
    wanted = values["limit"]
    for _ in range(STEPS):
        rows = read(statement, {**values, "looked": STEP})
        size, due, task = rows[0][:3]
        found += [row[4] for row in rows if row[4] is not None]
        if len(found) >= wanted or size < STEP:
            return Walked(tuple(found[:wanted]))
        values |= {"due": due, "task": task}
    return Walked(tuple(found), (due, task))


def fitting_pool(tab: str, fits: Composed) -> Composed:
    """Of the first tasks of a tab (`cap`) those that fit, to be ordered anew."""
    return SQL(_FITTING).format(walk=walk(tab, Ordered(False), SQL("%(cap)s")), fits=fits, task=task_of(fits, "id"))


def _step(tab: str, going: Ordered, fits: Composed) -> Composed:
    back = Ordered(not going.descending).order
    return SQL(_STEP).format(
        walk=walk(tab, going, SQL("%(looked)s")), fits=fits, task=task_of(fits, "id"), order=going.order, back=back
    )
