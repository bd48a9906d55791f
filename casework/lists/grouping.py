"""By what is a list put into groups, and which group of it is shown alone?

The grammar: `group=KEY`, where KEY is one of the list's own (owner, type, state, priority) or the dotted place of a
choice field that the reader may choose; `in=VALUE` beside it shows one group as a list. The same expression of SQL puts
a row into its group and finds the rows of one, so that a heading counts what its list has. A value that is masked for
the reader is to them as if it were not there. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Generic, LiteralString, TypeVar

from psycopg.sql import SQL, Composed, Literal, Placeholder

from casework.lists.asked import Given, Grouping, Within
from casework.lists.columns import UNIT, Column
from casework.lists.projection import key

Row = TypeVar("Row")

YOU: Final = "You"
NONE: Final = "(none)"
"""The value of those that have none, or show the reader none."""
EACH: Final = 10
"""Rows of one group that a page shows, where there are few groups."""
ROWS: Final = 100
"""Rows of all groups that a page shows; where there are more groups, one of each, up to twice as many."""

_VALUE: Final[LiteralString] = """coalesce((
    select v.words::text from casework_listedvalue v
    where v.instance_id = {instance} and v.field = {field} and v.level <= %(clearance)s), {none})"""
_RANKED: Final[LiteralString] = """
select key, place, size, {kept} from (
    select keyed.*, row_number() over (partition by key order by {order}) as place,
           count(*) over (partition by key) as size,
           dense_rank() over (order by key) + dense_rank() over (order by key desc) - 1 as groups
    from ({keyed}) keyed) ranked
where place <= greatest(1, least({each}, {rows} / groups))"""


@dataclass(frozen=True, slots=True)
class Sized(Generic[Row]):
    """Rows of one group, and how many there are of it among those that were looked at."""

    value: str
    size: int
    rows: tuple[Row, ...]


def regrouped(groups: Sequence[Sized[Row]], rows: Sequence[Row]) -> tuple[Sized[Row], ...]:
    """The same groups of these rows, which stand in the same order as theirs."""
    left = iter(rows)
    return tuple(replace(each, rows=tuple(islice(left, len(each.rows)))) for each in groups)


def groupings(own: Sequence[Grouping], columns: Iterable[Column]) -> tuple[Grouping, ...]:
    """What a reader who may choose these columns can group by: the list's own, then each choice field."""
    return (*own, *(_by_field(column) for column in columns if column.kind == "choice" and column.path != UNIT))


def _by_field(column: Column) -> Grouping:
    values = tuple((key(value), words) for value, words in column.options)
    return Grouping(column.path, column.label, column=column, values=values)


def chosen(offered: Iterable[Grouping], name: str) -> Grouping | None:
    """The one that an address asks for; None where this reader has none of the name."""
    return next((one for one in offered if one.key == name), None)


def within(grouping: Grouping | None, value: str) -> Within | None:
    return Within(grouping, value) if grouping is not None and value else None


def key_values(grouping: Grouping, name: str = "") -> dict[str, Any]:
    """The parameters of a row's value, beside the reader's clearance."""
    return {} if grouping.column is None else {f"{name}grouped": grouping.column.path}


def key_of(grouping: Grouping, instance: LiteralString, name: str = "") -> Composed:
    """The expression of a row's value; `instance`: its instance's number, in the statement's words. `name`: what the
    names of its parameters begin with."""
    if grouping.column is None:
        return SQL(grouping.sql).format(none=Literal(NONE))
    return SQL(_VALUE).format(instance=SQL(instance), field=Placeholder(f"{name}grouped"), none=Literal(NONE))


def ranked(keyed: Composed, order: Composed, kept: LiteralString) -> Composed:
    """Of rows that each have a `key` the first of each group: key, place, size, and the columns that are `kept`."""
    return SQL(_RANKED).format(keyed=keyed, order=order, kept=SQL(kept), each=Literal(EACH), rows=Literal(ROWS))


def sized(rows: Iterable[tuple[str, int, Row]]) -> tuple[Sized[Row], ...]:
    """Rows behind their value and the size of their group, put together; the rows in their order."""
    found: dict[str, tuple[int, list[Row]]] = {}
    for value, size, row in rows:
        found.setdefault(value, (size, []))[1].append(row)
    return tuple(Sized(value, size, tuple(each)) for value, (size, each) in found.items())


def in_order(grouping: Grouping, groups: Iterable[Sized[Row]], words: Mapping[str, str]) -> list[Sized[Row]]:
    """Groups as a page has them: the reader's own first, then known values in their order, others by their words, and
    those without a value last."""
    known = {value: place for place, (value, _) in enumerate(grouping.values)}

    def place(group: Sized[Row]) -> tuple[bool, bool, int, str]:
        said = words.get(group.value, group.value)
        return group.value == NONE, said != YOU, known.get(group.value, len(known)), said.lower()

    return sorted(groups, key=place)


def words_of(grouping: Grouping, value: str, names: Mapping[str, str]) -> str:
    """What a value is called; `names`: of values that are not known beforehand."""
    if value == NONE:
        own = {"owner": "Nobody", "unit": "The whole organisation"}
        return own.get(grouping.key) or f"No {grouping.label[:1].lower()}{grouping.label[1:]} to show"
    return names.get(value) or dict(grouping.values).get(value, value)


def as_filter(grouping: Grouping, value: str) -> Given | None:
    """The filter on a field that shows a group alone, which an index serves; None where no filter does."""
    return (f"is.{grouping.column.path}", value) if grouping.column is not None and value != NONE else None
