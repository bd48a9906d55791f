"""Which rules can match, without asking each? (DMN 1.5, 8.2.8 to 8.2.10: rules and how they are matched)

A set of rules is an int, bit i for the rule at index i. For every column, the constants in its cells cut the axis of
its values into points and open stretches; each of them has one set of rules. So looking a value up (by hash for a
constant, by bisection between two) and taking the common part of all columns finds the matching rules at a cost that
hardly grows with their number. Cells that are more than comparisons with constants stay in every set: they are asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.engine.dmn.intervals import (
    BELOW,
    EVERYTHING,
    STEPS,
    IntervalSet,
    Kind,
    Place,
    after,
    before,
    kinds_of,
    on_axis,
)
from orchestration.engine.dmn.literals import CompiledTest
from orchestration.engine.feel.numbers import exact

RuleSet = int
Lookup = Callable[[Any], RuleSet | None]

SAFE = 2.0**53
"""Below this size every int is a float."""


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """The rules of one column by the value of its input.

    `between[i]` is for values below `bounds[i]` (and above the one before), `points` for the bounds themselves. `asked`
    are the rules whose cell has to be evaluated.
    """

    kind: Kind
    bounds: tuple[Any, ...]
    points: dict[Any, RuleSet]
    between: tuple[RuleSet, ...]
    asked: RuleSet

    def rules(self, value: Any) -> RuleSet | None:
        """The rules whose cell takes this FEEL value or has to be asked; None for a value of another kind."""
        if type(value) is not self.kind and (self.kind is not Decimal or (value := _decimal(value)) is None):
            return None
        if self.kind in STEPS:
            value = on_axis(self.kind, value)
        found = self.points.get(value)
        return self.between[bisect_left(self.bounds, value)] if found is None else found


def _decimal(value: Any) -> Decimal | None:
    return exact(value) if type(value) in (int, float) else None


def cell_sets(cells: Sequence[CompiledTest]) -> tuple[Kind, list[IntervalSet | None]]:
    """The kind of constants that most cells of a column have, and the sets of that kind."""
    candidates = [(kind, [cell.takes(kind) for cell in cells]) for kind in kinds_of(cell.ast for cell in cells)]
    if not candidates:
        return Decimal, [EVERYTHING if cell.always else None for cell in cells]
    return max(candidates, key=lambda each: (sum(one is not None for one in each[1]), each[0].__name__))


def column_index(kind: Kind, sets: Sequence[IntervalSet | None]) -> ColumnIndex:
    """The index of a column, one set a rule; None for a cell that has to be asked."""
    asked = sum(1 << number for number, each in enumerate(sets) if each is None)
    changes: dict[Place, RuleSet] = {}
    for number, each in enumerate(sets):
        for edge in each.edges if each is not None else ():
            changes[edge] = changes.get(edge, 0) ^ (1 << number)
    current = changes.pop(BELOW, 0) | asked
    bounds = sorted({edge[1] for edge in changes})
    points, between = {}, [current]
    for bound in bounds:
        current ^= changes.get(before(bound), 0)
        points[bound] = current
        current ^= changes.get(after(bound), 0)
        between.append(current)
    return ColumnIndex(kind, tuple(bounds), points, tuple(between), asked)


# ---------------------------------------------------------------- values as JSON gives them


def plain_lookup(index: ColumnIndex) -> Lookup:
    """The same look-up for values as they come from JSON, faster; None for a value that has to go the long way."""
    if index.kind is Decimal:
        return _number_lookup(index)
    kind, points, other = index.kind, index.points, index.between[0]
    if kind in STEPS or any(each != other for each in index.between):
        return index.rules
    return lambda value: points.get(value, other) if type(value) is kind else None


def _number_lookup(index: ColumnIndex) -> Lookup:
    """Look-up of ints and floats without making decimals of them.

    A float stands for the decimal that its `repr` shows. Rounding a decimal to a float keeps order, so a float that
    differs from the float of a bound lies on that side of it on which its decimal lies; and one that equals it is the
    bound, if the bound is what `repr` shows. Where a bound is not, the decimals are compared.
    """
    exactly = index.rules
    bounds = tuple(float(each) for each in index.bounds)
    if any(Decimal(repr(rounded)) != each for rounded, each in zip(bounds, index.bounds, strict=True)):
        return lambda value: exactly(value) if type(value) is Decimal and value.is_finite() else None
    points = dict(zip(bounds, (index.points[each] for each in index.bounds), strict=True))
    between = index.between

    def lookup(value: Any) -> RuleSet | None:
        kind = type(value)
        if (kind is float or kind is int) and -SAFE < value < SAFE:
            found = points.get(value)
            return between[bisect_left(bounds, value)] if found is None else found
        return exactly(value) if kind is Decimal and value.is_finite() else None

    return lookup
