"""Which values does a column tell apart, and which value stands for each kind? (DMN 1.5, 8.2.8: input entries)

The constants in the cells of a column cut the values of its input into regions; two values of one region are the same
to every cell. So one value of each region stands for all: whatever has to be known of a table for all inputs can be
asked of finitely many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from orchestration.engine.dmn.decision_table import InputColumn
from orchestration.engine.dmn.index import RuleSet
from orchestration.engine.dmn.intervals import (
    ABOVE,
    BELOW,
    EVERYTHING,
    STEPS,
    IntervalSet,
    Kind,
    Place,
    after,
    before,
    intersection,
    off_axis,
    on_axis,
)
from orchestration.engine.dmn.shortcut import kind_of_type, type_set
from orchestration.engine.feel import FeelError
from orchestration.engine.feel.types import Type
from orchestration.engine.feel.values import Value

READABLE = ("other", "something else", "x", "")
MOST_DECIMALS = 40


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of values that no cell tells apart: the places where it begins and ends, and one value in it.

    `certain` are the rules whose cell takes it, `possible` also those whose cell depends on more than this input.
    """

    start: Place
    end: Place
    example: Value
    certain: RuleSet
    possible: RuleSet


def column_regions(column: InputColumn, given: Type) -> list[Region]:
    """The regions of a column among the values that its types allow; `given` is the type of what it reads.

    Where the allowed values are no set of intervals, they count as all.
    """
    kind = next((kind for each in (given, column.type) if (kind := kind_of_type(each)) is not None), column.index.kind)
    sets = [cell.takes(kind) for cell in column.cells]
    limits = [type_set(each, kind) for each in (given, column.type)]
    limits.append(column.allowed.takes(kind) if column.allowed is not None else EVERYTHING)
    allowed = intersection(each for each in limits if each is not None)
    unknown = sum(1 << number for number, each in enumerate(sets) if each is None)
    return list(_regions(kind, sets, allowed, unknown))


def _regions(
    kind: Kind, sets: Sequence[IntervalSet | None], allowed: IntervalSet, unknown: RuleSet
) -> Iterable[Region]:
    certain: RuleSet = 0
    changes: dict[Place, RuleSet] = {}
    for number, each in enumerate(sets):
        for edge in each.edges if each is not None else ():
            changes[edge] = changes.get(edge, 0) ^ (1 << number)
    constants = {edge[1] for edge in (*changes, *allowed.edges) if len(edge) == 3}
    constants |= {False, True} if kind is bool else set()
    places = sorted({BELOW, ABOVE, *map(before, constants), *map(after, constants)})
    for start, end in pairwise(places):
        certain ^= changes.get(start, 0)
        example = next((each for each in examples(kind, start, end) if each in allowed), None)
        value = _value(kind, example)
        if value is not None:
            yield Region(start, end, value, certain, certain | unknown)


def _value(kind: Kind, example: object) -> Value:
    """The FEEL value of what stands on the axis; None beyond the last that there is."""
    try:
        return None if example is None else off_axis(kind, example)
    except FeelError:
        return None


# ---------------------------------------------------------------- values that stand for others


def examples(kind: Kind, start: Place, end: Place) -> list[Value]:
    """Values between two neighbouring places, the plainest first; none where there is no value."""
    if len(start) == 3 and len(end) == 3 and start[1] == end[1]:
        return [start[1]]
    if kind is bool:
        return []
    if kind in STEPS:
        return _step(start, end)
    return [_number(start, end)] if kind is Decimal else _texts(start, end)


def _step(start: Place, end: Place) -> list[int]:
    """A whole step, the first one if there is a first."""
    if start == BELOW:
        return [0 if end == ABOVE else end[1] - 1]
    step = start[1] + 1
    return [step] if start <= before(step) and after(step) <= end else []


def _number(start: Place, end: Place) -> Decimal:
    if start == BELOW:
        return Decimal(0) if end == ABOVE or end[1] > 0 else _whole(end[1]) - 1
    if end == ABOVE:
        return _whole(start[1]) + 1
    return number_between(start[1], end[1])


def _whole(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding="ROUND_FLOOR")


def number_between(low: Decimal, high: Decimal) -> Decimal:
    """A number above `low` and below `high` with as few decimals as can be."""
    for decimals in range(MOST_DECIMALS):
        step = Decimal(1).scaleb(-decimals)
        candidate = ((low / step).to_integral_value(rounding="ROUND_FLOOR") + 1) * step
        if low < candidate < high:
            return candidate
    return (low + high) / 2


def _texts(start: Place, end: Place) -> list[Value]:
    low = start[1] if start != BELOW else ""
    candidates = [*READABLE, f"{low} or other", f"{low}a", f"{low}\x00"]
    return [each for each in candidates if start <= before(each) and after(each) <= end]


def nearest(kind: Kind, region: Region, value: Value) -> Value:
    """The value of a region that is nearest to this one; for strings and booleans the region's example.

    In a region without a last value, it is as near to the bound as the decimals of value and bound go.
    """
    if type(value) is not kind or not (kind is Decimal or kind in STEPS):
        return region.example
    place = on_axis(kind, value)
    below = region.start != BELOW and place <= region.start[1]
    above = region.end != ABOVE and place >= region.end[1]
    if not below and not above:
        return value
    bound = region.start[1] if below else region.end[1]
    if region.start[1:2] == region.end[1:2]:
        return off_axis(kind, bound)
    step = 1 if kind in STEPS else Decimal(1).scaleb(min(_exponent(bound), _exponent(place), 0))
    close = bound + step if below else bound - step
    inside = region.start <= before(close) and after(close) <= region.end
    return off_axis(kind, close) if inside else region.example


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
