"""How is it asked of PostgreSQL whether a case fits the filters of a list?

Each field is one probe of `ListedValue` by its key. A value above the reader's clearance is to them as if it were not
there, in a filter as in an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from casework.lists.asked import DEADLINE, Asked, Filter, Within, by_field
from casework.lists.columns import UNIT, Column
from casework.lists.grouping import NONE, key_of, key_values
from casework.lists.reading import rows
from orchestration.privacy.classification import rank
from orchestration.privacy.principal import Principal

FEW: Final = 1000
"""Of so many cases that fit the filters all are looked at; of more, the list is walked in its order."""
SOME: Final = 3000
"""Where no more cases fit a filter, each that is come upon is held against their numbers; else it is asked itself."""

_TESTS: Final[dict[str, LiteralString]] = {
    "from": "{held} >= {bound}", "to": "{held} <= {bound}",
    "is": "{held} = any({bound})", "begins": "{held} >= {bound}::text and {held} < {bound}::text || chr(1114111)",
}  # fmt: skip
# What begins so is a range, in the order of the "C" collation: of a LIKE that is planned once, no index is used.
_SEEN: Final = "v.field = {field} and v.level <= %(clearance)s"
# A subquery that gives a value is never turned into a join: it is asked of one row after the other, until enough fit.
_PROBE: Final = " and (select {tests} from {values} v where v.instance_id = {instance} and {seen})"
_NO_VALUE: Final = (
    " and (select v.{held} is not null from {values} v where v.instance_id = {instance} and {seen}) is not true"
)
_VALUES: Final = SQL("casework_listedvalue")
_CASES: Final = SQL("casework_case")
_IN_UNIT: Final[LiteralString] = """(v.unit_id = any(array(
    select b.id from casework_businessunit b join casework_businessunit a on a.id = any(b.path)
    where a.key = any({bound}))) {or_none})"""
_OR_NONE: Final = SQL("or v.unit_id is null")
_DEADLINES: Final = SQL("""(
    select d.instance_id, d.due as moment from casework_deadline d
    where d.state in ('running', 'paused') and d.due is not null and not exists (
        select from casework_deadline e where e.instance_id = d.instance_id and e.state in ('running', 'paused')
                                              and (e.due, e.id) < (d.due, d.id)))""")
"""Of each case the open deadline that is due first."""
_WITHIN: Final = " and {key} = {value}"
_ONLY: Final = " and (select k.case_type = any({types}) from casework_case k where k.instance_id = {instance})"
_FIRST: Final = """(
    select case when count(*) < %(few)s then coalesce(array_agg(v.instance_id), '{{}}') end
    from (select v.instance_id from {values} v where {seen} and {tests} limit %(few)s) v)"""
_SOURCE: Final = "(select unnest({few}::bigint[]) as instance_id)"
_SOME: Final = " and ({instance} in (select unnest({some}::bigint[]))) is true"
# What is a truth is never turned into a join either: the numbers are hashed once.


@dataclass(frozen=True, slots=True)
class Fitting:
    """The filters of a list for one reader, as parts of statements, and the parameters of these.

    `held`: the places of those of which all cases that fit are known (`sources`): they are not asked again.
    """

    fields: tuple[tuple[SQL, Composable, Composable], ...]
    values: dict[str, Any]
    within: Within | None = None
    name: str = ""
    only: tuple[str, ...] = ()
    held: set[int] = field(default_factory=set)

    def probe(self, instance: LiteralString) -> Composed:
        """A condition that a case fits all filters beside those that are held.

        `instance`: its instance's number, in the statement's words.
        """
        parts = [
            SQL(_PROBE).format(values=there, tests=tests, seen=seen, instance=SQL(instance))
            for place, (there, seen, tests) in enumerate(self.fields) if place not in self.held
        ]  # fmt: skip
        if self._some in self.values:
            parts.append(SQL(_SOME).format(instance=SQL(instance), some=Placeholder(self._some)))
        if self.within is not None:
            key = key_of(self.within.grouping, instance, self.name)
            parts.append(SQL(_WITHIN).format(key=key, value=Placeholder(f"{self.name}within")))
        if self.only:
            parts.append(SQL(_ONLY).format(types=Placeholder(f"{self.name}only"), instance=SQL(instance)))
        return SQL("").join(parts)

    @property
    def _some(self) -> str:
        return f"{self.name}some"

    def known(self, cases: set[int]) -> Composed | None:
        """Where to look, now that these alone fit what is held: among them, where they are few."""
        if len(cases) > FEW:
            self.values[self._some] = sorted(cases)
            return None
        self.values[f"{self.name}few"] = sorted(cases)
        return SQL(_SOURCE).format(few=Placeholder(f"{self.name}few"))


def sources(fittings: Sequence[Fitting]) -> list[Composed | None]:
    """For each of them the instances of all cases that fit, as far as filters have them that few fit; None where many
    fit each, or these together.

    One statement for all, none where nothing is filtered. Which they are becomes a value of the fitting.
    """
    first = [
        SQL(_FIRST).format(values=there, seen=seen, tests=tests)
        for one in fittings for there, seen, tests in one.fields
    ]  # fmt: skip
    values = {name: value for one in fittings for name, value in one.values.items()} | {"few": SOME + 1}
    found = iter(rows(SQL("select {}").format(SQL(", ").join(first)), values)[0] if first else ())
    return [_source(one, [next(found) for _ in one.fields]) for one in fittings]


def _source(one: Fitting, all_that_fit: Sequence[Sequence[int] | None]) -> Composed | None:
    """`all_that_fit`: of each field, None where they are more than SOME."""
    known = {place: set(instances) for place, instances in enumerate(all_that_fit) if instances is not None}
    one.held.update(known)
    return one.known(set.intersection(*known.values())) if known else None


def fitting(asked: Asked, person: Principal, name: str = "") -> Fitting:
    """The filters of this list as this person may use them; `name`: what the names of its parameters begin with."""
    values: dict[str, Any] = {"clearance": rank(person.clearance)}
    fields = tuple(
        _field(f"{name}{number}", column, filters, values)
        for number, (column, filters) in enumerate(by_field(asked.filters))
    )
    if asked.within is not None:
        values |= key_values(asked.within.grouping, name) | {f"{name}within": asked.within.value}
    if asked.only:
        values[f"{name}only"] = list(asked.only)
    return Fitting(fields, values, asked.within, name, asked.only)


def values_of(column: Column) -> SQL:
    """Where the values of a column stand that a list is ordered by: rows with `instance_id` and what it is held as."""
    return _DEADLINES if column == DEADLINE else _VALUES


def seen(column: Column, values: dict[str, Any]) -> Composed:
    """A condition on `v`, a row of `values_of` the column: that it is of this field, and clear to the reader."""
    if column == DEADLINE:
        return Composed([SQL("true")])
    values["sorted"] = column.path
    return SQL(_SEEN).format(field=Placeholder("sorted"))


def without_value(column: Column, instance: LiteralString, values: dict[str, Any]) -> Composed:
    """A condition that a case shows the reader nothing in this field."""
    held, here = Identifier(column.held), SQL(instance)
    return SQL(_NO_VALUE).format(held=held, values=values_of(column), instance=here, seen=seen(column, values))


def _field(
    number: str, column: Column, filters: Sequence[Filter], values: dict[str, Any]
) -> tuple[SQL, Composable, Composable]:
    if column.path == UNIT:
        return _CASES, SQL("true"), _in_unit(f"bound{number}", {str(one.bound) for one in filters}, values)
    values[f"field{number}"] = column.path
    tests = SQL(" and ").join(_tests(f"bound{number}", column, filters, values))
    return _VALUES, SQL(_SEEN).format(field=Placeholder(f"field{number}")), tests


def _in_unit(name: str, keys: set[str], values: dict[str, Any]) -> Composed:
    values[name] = sorted(keys - {NONE})
    return SQL(_IN_UNIT).format(bound=Placeholder(name), or_none=_OR_NONE if NONE in keys else SQL(""))


def _tests(name: str, column: Column, filters: Sequence[Filter], values: dict[str, Any]) -> Iterator[Composed]:
    held = SQL("v.") + Identifier(column.held)
    if alike := [one.bound for one in filters if one.verb == "is"]:
        values[name] = alike
        yield SQL(_TESTS["is"]).format(held=held, bound=Placeholder(name))
    for place, one in enumerate(one for one in filters if one.verb != "is"):
        values[f"{name}_{place}"] = one.bound
        test = "{held} < {bound}" if column.held == "moment" and one.verb == "to" else _TESTS[one.verb]
        yield SQL(test).format(held=held, bound=Placeholder(f"{name}_{place}"))
