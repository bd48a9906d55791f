"""How is it asked of PostgreSQL whether a case fits the filters of a list?

Each field is one probe of `ListedValue` by its key. A value above the reader's clearance is to them as if it were not
there, in a filter as in an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from casework.lists.asked import Asked, Filter, Within, by_field
from casework.lists.columns import Column
from casework.lists.grouping import key_of, key_values
from orchestration.privacy.classification import rank
from orchestration.privacy.masking import Principal

FEW: Final = 2000
"""Of so many cases that fit one filter all are looked at; of more, the list is walked in its order."""

_TESTS: Final[dict[str, LiteralString]] = {
    "from": "{held} >= {bound}", "to": "{held} <= {bound}",
    "is": "{held} = any({bound})", "begins": "{held} like {bound}",
}  # fmt: skip
_SEEN: Final = "v.field = {field} and v.level <= %(clearance)s"
# A subquery that gives a value is never turned into a join: it is asked of one row after the other, until enough fit.
_PROBE: Final = " and (select {tests} from casework_listedvalue v where v.instance_id = {instance} and {seen})"
_NO_VALUE: Final = (
    " and (select v.{held} is not null from casework_listedvalue v where v.instance_id = {instance} and {seen}) "
    "is not true"
)
_WITHIN: Final = " and {key} = {value}"
_COUNT: Final = "(select count(*) from (select from casework_listedvalue v where {seen} and {tests} limit %(few)s) n)"
_SOURCE: Final = "(select v.instance_id from casework_listedvalue v where {seen} and {tests})"


@dataclass(frozen=True, slots=True)
class Fitting:
    """The filters of a list for one reader, as parts of statements, and the parameters of these."""

    fields: tuple[tuple[Composable, Composable], ...]
    values: dict[str, Any]
    within: Within | None = None
    name: str = ""

    def probe(self, instance: LiteralString) -> Composed:
        """A condition that a case fits all filters; `instance`: its instance's number, in the statement's words."""
        parts = [
            SQL(_PROBE).format(tests=tests, seen=seen, instance=SQL(instance)) for seen, tests in self.fields
        ]  # fmt: skip
        if self.within is not None:
            key = key_of(self.within.grouping, instance, self.name)
            parts.append(SQL(_WITHIN).format(key=key, value=Placeholder(f"{self.name}within")))
        return SQL("").join(parts)


def sources(fittings: Sequence[Fitting]) -> list[Composed | None]:
    """For each of them the instances of all cases that fit the filter which fewest fit; None where many fit each.

    One statement for all, none where nothing is filtered.
    """
    counts = [SQL(_COUNT).format(seen=seen, tests=tests) for one in fittings for seen, tests in one.fields]
    found = iter(_counted(counts, {name: value for one in fittings for name, value in one.values.items()}))
    return [_rarest([(next(found), *field) for field in one.fields]) for one in fittings]


def _counted(counts: Sequence[Composed], values: Mapping[str, Any]) -> Sequence[int]:
    if not counts:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(SQL("select {}").format(SQL(", ").join(counts)), {**values, "few": FEW + 1})
        return [int(each) for each in cursor.fetchone() or ()]


def _rarest(fields: Sequence[tuple[int, Composable, Composable]]) -> Composed | None:
    if not fields:
        return None
    count, seen, tests = min(fields, key=itemgetter(0))
    return SQL(_SOURCE).format(seen=seen, tests=tests) if count <= FEW else None


def fitting(asked: Asked, person: Principal, name: str = "") -> Fitting:
    """The filters of this list as this person may use them; `name`: what the names of its parameters begin with."""
    values: dict[str, Any] = {"clearance": rank(person.clearance)}
    fields = tuple(
        _field(f"{name}{number}", column, filters, values)
        for number, (column, filters) in enumerate(by_field(asked.filters))
    )
    if asked.within is not None:
        values |= key_values(asked.within.grouping, name) | {f"{name}within": asked.within.value}
    return Fitting(fields, values, asked.within, name)


def seen(column: Column, values: dict[str, Any]) -> Composed:
    """A condition on `v`, a row of `ListedValue`: that it is of this field, and clear to the reader."""
    values["sorted"] = column.path
    return SQL(_SEEN).format(field=Placeholder("sorted"))


def without_value(column: Column, instance: LiteralString, values: dict[str, Any]) -> Composed:
    """A condition that a case shows the reader nothing in this field."""
    return SQL(_NO_VALUE).format(held=Identifier(column.held), instance=SQL(instance), seen=seen(column, values))


def _field(
    number: str, column: Column, filters: Sequence[Filter], values: dict[str, Any]
) -> tuple[Composable, Composable]:
    values[f"field{number}"] = column.path
    tests = SQL(" and ").join(_tests(f"bound{number}", column, filters, values))
    return SQL(_SEEN).format(field=Placeholder(f"field{number}")), tests


def _tests(name: str, column: Column, filters: Sequence[Filter], values: dict[str, Any]) -> Iterator[Composed]:
    held = SQL("v.") + Identifier(column.held)
    if alike := [one.bound for one in filters if one.verb == "is"]:
        values[name] = alike
        yield SQL(_TESTS["is"]).format(held=held, bound=Placeholder(name))
    for place, one in enumerate(one for one in filters if one.verb != "is"):
        values[f"{name}_{place}"] = _pattern(str(one.bound)) if one.verb == "begins" else one.bound
        test = "{held} < {bound}" if column.held == "moment" and one.verb == "to" else _TESTS[one.verb]
        yield SQL(test).format(held=held, bound=Placeholder(f"{name}_{place}"))


def _pattern(text: str) -> str:
    """A LIKE pattern for what begins with this text."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
