"""With which statement is a page of the list of cases read?

In the statements `f` is a case, `l` its row in a reader's list, `v` a value of a field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from casework.lists.asked import Order
from casework.lists.fitting import values_of

# Where the rows of a page stand: one place for each reader, or for each kind (or state) too that a reader has cases of,
# which a loose scan of the index finds.
_READERS: Final[LiteralString] = "unnest({readers}::bigint[]) as p(reader)"
_LOOSE: Final[LiteralString] = """(
    with recursive seen(reader, value) as (
        select r.id, (select min(l.{sought}) from casework_listedcase l where l.reader = r.id {fixed})
        from unnest({readers}::bigint[]) as r(id)
        union all
        select s.reader, (select min(l.{sought}) from casework_listedcase l
                          where l.reader = s.reader {fixed} and l.{sought} > s.value)
        from seen s where s.value is not null)
    select reader, value from seen where value is not null) p"""
_TOP: Final[LiteralString] = """
select distinct l.created, l.case_id from {places}, unnest({closed}::bool[]) as c(closed), lateral (
    select l.created, l.case_id from casework_listedcase l {face}
    where l.reader = p.reader {here} and l.closed = c.closed and (l.created, l.case_id) < ({created}, {case}) {fits}
    order by l.created desc, l.case_id desc limit {most}) l
order by l.created desc, l.case_id desc limit {most}"""
_AMONG: Final[LiteralString] = """
with top as ({top})
select t.created, t.case_id, f.reference_key like %(reference)s from top t join casework_case f on f.id = t.case_id
order by t.created desc, t.case_id desc"""
_FEW: Final[LiteralString] = """
select distinct l.created, l.case_id from ({source}) s join casework_case f on f.instance_id = s.instance_id
join casework_listedcase l on l.case_id = f.id
where {theirs} {fits} and (l.created, l.case_id) < ({created}, {case})
order by l.created desc, l.case_id desc limit {most}"""
_POOLED: Final[LiteralString] = """
select v.{held}, v.instance_id, pool.case_id from ({pool}) pool(created, case_id)
join casework_case f on f.id = pool.case_id join {values} v on v.instance_id = f.instance_id
where {seen} and v.{held} is not null {beyond}
order by v.{held} {order}, v.instance_id {order} limit %(limit)s"""
_WALKED: Final[LiteralString] = """
select v.{held}, v.instance_id, f.id from {values} v join casework_case f on f.instance_id = v.instance_id
where {seen} and v.{held} is not null {beyond} {fits}
      and exists (select from casework_listedcase l where l.case_id = f.id and {theirs})
order by v.{held} {order}, v.instance_id {order} limit %(limit)s"""
_BEYOND: Final[LiteralString] = " and (v.{held}, v.instance_id) {past} (%(value)s, %(instance)s)"
_COUNT: Final[LiteralString] = "(select count(*) from ({found}) n)"
_FACE: Final = SQL("join casework_case f on f.id = l.case_id")
_WITH_REFERENCE: Final = SQL(" and f.reference_key like %(reference)s")
_LIMIT: Final = SQL("%(limit)s")
NUMBERED: Final = SQL("select f.instance_id from casework_case f where f.id = any(%(numbers)s::bigint[])")
"""Of the cases with the numbers that were found by a reference."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for, empty where all is. `reference`: how its key begins (`references.key_of`)."""

    reference: str = ""
    kind: str = ""
    state: str = ""
    which: str = "all"


@dataclass(frozen=True, slots=True)
class Fits:
    """What the fields of a case have to say: a condition on `f`; `source`: of which instances, where those are few."""

    probe: Composed = field(default_factory=lambda: Composed([]))
    source: Composable | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


NOTHING: Final = Fits()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the list of the newest."""

    created: datetime
    case: int

    def __str__(self) -> str:
        return f"{self.created.isoformat()}~{self.case}"


TOP: Final = Place(datetime(9999, 12, 31, tzinfo=UTC), 0)


def place(written: str) -> Place:
    """Where the page begins: at the top where this says nothing that can be read."""
    created, _, number = written.partition("~")
    try:
        found = Place(datetime.fromisoformat(created).astimezone(UTC), int(number))
    except (ValueError, OverflowError):
        return TOP
    return found if 0 <= found.case < 2**63 else TOP


def values(readers: Sequence[int], asked: Filters, name: str = "") -> dict[str, Any]:
    """The parameters of a list; `name`: what their names begin with."""
    return {
        f"{name}readers": list(readers), f"{name}kind": asked.kind, f"{name}state": asked.state,
        f"{name}closed": {"open": [False], "closed": [True]}.get(asked.which, [False, True]),
        f"{name}reference": asked.reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
    }  # fmt: skip


def top(asked: Filters, fits: Fits, name: str = "", most: Composable = _LIMIT) -> Composed:
    """The first rows beyond a place, by where they stand."""
    told = _names(name)
    places, here = {
        (False, False): (SQL(_READERS).format(**told), SQL("")),
        (False, True): (_loose("case_type", "", told), SQL("and l.case_type = p.value and l.state = {state}")),
        (True, False): (
            _loose("state", "and l.case_type = {kind}", told), SQL("and l.case_type = {kind} and l.state = p.value"),
        ),
        (True, True): (SQL(_READERS).format(**told), SQL("and l.case_type = {kind} and l.state = {state}")),
    }[bool(asked.kind), bool(asked.state)]  # fmt: skip
    face = _FACE if fits.probe.as_string(None) else SQL("")
    return SQL(_TOP).format(places=places, here=here.format(**told), face=face, fits=fits.probe, most=most, **told)


def among(asked: Filters, fits: Fits) -> Composed:
    """The same, each with whether its reference begins as is sought."""
    return SQL(_AMONG).format(top=top(asked, fits))


def few(asked: Filters, fits: Fits, name: str = "", most: Composable = _LIMIT) -> Composed:
    """Those of the few cases that the filters or the reference leave, the newest first."""
    return SQL(_FEW).format(
        source=fits.source or NUMBERED, theirs=_theirs(asked, name), fits=_fits(asked, fits), most=most, **_names(name)
    )


def count(asked: Filters, fits: Fits, name: str) -> Composed:
    """How many there are, up to a limit; whatever the reference."""
    unnamed = Filters("", asked.kind, asked.state, asked.which)
    found = top(unnamed, fits, name) if fits.source is None else few(unnamed, fits, name)
    return SQL(_COUNT).format(found=found)


def pooled(asked: Filters, fits: Fits, order: Order, seen: Composed, further: bool) -> Composed:
    """Cases in the order of a field, where few are to be ordered. `further`: from a place on."""
    pool = top(asked, fits, most=SQL("%(cap)s")) if fits.source is None else few(asked, fits, most=SQL("all"))
    return SQL(_POOLED).format(pool=pool, seen=seen, **_ordered(order, further))


def walked(asked: Filters, fits: Fits, order: Order, seen: Composed, further: bool) -> Composed:
    """Cases in the order of a field, by the index of its values."""
    return SQL(_WALKED).format(
        seen=seen, fits=_fits(asked, fits), theirs=_theirs(asked, ""), **_ordered(order, further)
    )  # fmt: skip


def _ordered(order: Order, further: bool) -> dict[str, Composable]:
    held, past = Identifier(order.column.held), SQL("<" if order.descending else ">")
    beyond = SQL(_BEYOND).format(held=held, past=past) if further else SQL("")
    going = SQL("desc" if order.descending else "asc")
    return {"held": held, "beyond": beyond, "values": values_of(order.column), "order": going}


def _fits(asked: Filters, fits: Fits) -> Composed:
    return fits.probe + _WITH_REFERENCE if asked.reference else fits.probe


def _theirs(asked: Filters, name: str) -> Composed:
    told = _names(name)
    parts = [SQL("l.reader = any({readers}::bigint[]) and l.closed = any({closed}::bool[])").format(**told)]
    if asked.kind:
        parts.append(SQL("l.case_type = {kind}").format(**told))
    if asked.state:
        parts.append(SQL("l.state = {state}").format(**told))
    return SQL(" and ").join(parts)


def _loose(sought: LiteralString, fixed: LiteralString, told: Mapping[str, Composable]) -> Composed:
    return SQL(_LOOSE).format(sought=SQL(sought), fixed=SQL(fixed).format(**told), **told)


def _names(name: str) -> dict[str, Composable]:
    names = ("readers", "kind", "state", "closed", "created", "case")
    return {each: Placeholder(f"{name}{each}") for each in names}
