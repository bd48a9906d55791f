"""Which cases stand on a page of the list, for this reader, with these filters, in this order?

Keyset pagination over `ListedCase`. A page costs the same among a thousand cases and a million, whatever is filtered
and however old the cases are that the reader may see: for each of the reader's groups (and each state, where one or a
kind is asked for) the top rows are read by an index, and merged. Filters on fields of the cases are probes of each row,
or name the cases to look at, where those are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg.sql import SQL, Composable, Composed

from casework.cases.read import listed_statements as statements
from casework.cases.read.listed_statements import NOTHING, Filters, Fits, Place, place
from casework.lists.asked import Order
from casework.lists.fitting import seen, without_value
from casework.lists.places import ValuePlace
from casework.lists.reading import rows as read_rows
from casework.models import Case

__all__ = ["Filters", "Fits", "Found", "Place", "counted", "listed", "place"]

NARROW: Final = 1000
"""Of so many cases whose references begin alike all are sought; of more, those among the next `WALKED` of the list."""
WALKED: Final = 1000
CAP: Final = 1000
"""A list of so many cases is ordered by a field as a whole; a longer one is walked by the values of the field."""

Cases = list[tuple[int, str]]
"""Numbers of cases, each with `after` of what follows it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The next cases that fit, in order. `looked_to`: `after` of where looking ended before the end of the list."""

    cases: Cases
    looked_to: str = ""


def listed(
    readers: Sequence[int], asked: Filters, after: str, limit: int, fits: Fits = NOTHING, order: Order | None = None
) -> Found:
    """The next cases after this place that fit: at most `limit`, or all where a reference is sought among few.

    `order`: by a field; those that show the reader nothing in it come last, the newest first.
    """
    values = {**fits.values, **statements.values(readers, asked)}
    fits = replace(fits, source=source_of(asked, fits, values))
    if order is None:
        return _newest(asked, fits, values, after, limit)
    without = without_value(order.column, "f.instance_id", values)
    rest = replace(fits, probe=fits.probe + without)
    if after and not ValuePlace.is_one(after):
        return _newest(asked, rest, values, after, limit)
    found = _by_value(asked, fits, values, order, ValuePlace.read(after, order.column), limit)
    if found.looked_to or len(found.cases) >= limit:
        return found
    tail = _newest(asked, rest, values, "", limit - len(found.cases))
    return Found([*found.cases, *tail.cases], tail.looked_to)


def counted(readers: Sequence[int], wanted: Sequence[tuple[Filters, Fits]]) -> list[int]:
    """How many cases each of these lists has, up to CAP + 1; one statement."""
    values: dict[str, Any] = {"limit": CAP + 1}
    counts = list[Composed]()
    for number, (asked, fits) in enumerate(wanted):
        name = f"count{number}_"
        values |= {**fits.values, **statements.values(readers, asked, name), **beyond("", name)}
        counts.append(statements.count(asked, fits, name))
    return (
        [int(each) for each in read_rows(SQL("select {}").format(SQL(", ").join(counts)), values)[0]] if counts else []
    )


def source_of(asked: Filters, fits: Fits, values: dict[str, Any]) -> Composable | None:
    """Where few cases can fit, a statement that names their instances."""
    if fits.source is not None or not asked.reference:
        return fits.source
    numbers = _numbers(values["reference"])
    values["numbers"] = numbers
    return statements.NUMBERED if len(numbers) <= NARROW else None


def _newest(asked: Filters, fits: Fits, values: dict[str, Any], after: str, limit: int) -> Found:
    given = {**values, **beyond(after)}
    if fits.source is not None:
        most = None if asked.reference else limit
        return Found(_cases(read_rows(statements.few(asked, fits), {**given, "limit": most})))
    if not asked.reference:
        return Found(_cases(read_rows(statements.top(asked, fits), {**given, "limit": limit})))
    rows = read_rows(statements.among(asked, fits), {**given, "limit": WALKED})
    fitting = _cases([row[:2] for row in rows if row[2]])
    return Found(fitting, str(Place(*rows[-1][:2])) if len(rows) == WALKED else "")


def _by_value(
    asked: Filters, fits: Fits, values: dict[str, Any], order: Order, at: ValuePlace | None, limit: int
) -> Found:
    """The next cases that show the reader a value in the field of the order."""
    given = {**values, **beyond(""), **(at.values if at else {})}
    here = seen(order.column, given)
    most = limit if fits.source is not None or not asked.reference else WALKED
    if fits.source is not None or len(read_rows(statements.top(asked, fits), {**given, "limit": CAP + 1})) <= CAP:
        statement = statements.pooled(asked, fits, order, here, at is not None)
    else:
        statement = statements.walked(asked, fits, order, here, at is not None)
    rows = read_rows(statement, {**given, "limit": most, "cap": CAP})
    found = [(row[2], str(ValuePlace(*row))) for row in rows]
    return Found(found, found[-1][1] if asked.reference and len(found) == most else "")


def _numbers(pattern: str) -> list[int]:
    """The cases whose reference begins so; of more than NARROW, NARROW and one."""
    found = Case.objects.extra(where=["reference_key like %s"], params=[pattern]).values_list("pk", flat=True)
    return list(found[: NARROW + 1])


def beyond(after: str, name: str = "") -> dict[str, Any]:
    found = place(after)
    return {f"{name}created": found.created, f"{name}case": found.case}


def _cases(rows: Sequence[Sequence[Any]]) -> Cases:
    return [(row[1], str(Place(row[0], row[1]))) for row in rows]
