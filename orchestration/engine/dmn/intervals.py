"""Which values of one kind does a cell take? (DMN 1.5, 10.3.1.2, rules 7 to 17: unary tests and ranges)

A cell that compares its input with constants takes a set of intervals of an ordered axis: numbers, strings, booleans,
dates (as days) and durations (as months or nanoseconds). Times are not here: zones leave them without one order. Such
sets can be joined, cut and turned inside out exactly, which is what an index, a search for gaps and a search for the
nearest other outcome need. A cell that does anything else has no such set and is asked by evaluating it.

Null is on no axis: whoever uses these sets asks a cell about null by evaluating it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.engine.feel import Date, DaysTimeDuration, FeelError, YearsMonthsDuration, ast
from orchestration.engine.feel.durations import parse_duration
from orchestration.engine.feel.temporal import parse_date
from orchestration.engine.feel.text import parse_at_literal

# A place on the axis: (-1,) below all values, (0, v, 0) just before v, (0, v, 1) just after v, (1,) above all values.
Place = tuple[Any, ...]
BELOW: Place = (-1,)
ABOVE: Place = (1,)

Kind = type[Decimal] | type[str] | type[bool] | type[Date] | type[YearsMonthsDuration] | type[DaysTimeDuration]
KINDS: tuple[Kind, ...] = (Decimal, str, bool, Date, YearsMonthsDuration, DaysTimeDuration)

STEPS: dict[Kind, tuple[Callable[[Any], int], Callable[[int], Any]]] = {
    Date: (lambda date: date.days, Date.from_days),
    YearsMonthsDuration: (lambda duration: duration.total_months, YearsMonthsDuration),
    DaysTimeDuration: (lambda duration: duration.total_nanoseconds, DaysTimeDuration),
}
"""Kinds whose values are whole steps on their axis: how a value becomes its step, and the other way round."""


def on_axis(kind: Kind, value: Any) -> Any:
    """A FEEL value of a kind as what stands for it on the axis."""
    return STEPS[kind][0](value) if kind in STEPS else value


def off_axis(kind: Kind, value: Any) -> Any:
    """The FEEL value for what stands on the axis. Raises FeelError beyond what the kind can hold."""
    return STEPS[kind][1](value) if kind in STEPS else value


def before(value: Any) -> Place:
    return (0, value, 0)


def after(value: Any) -> Place:
    return (0, value, 1)


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """A set of values: going up the axis, membership changes at each of the `edges` (out below the first)."""

    edges: tuple[Place, ...] = ()

    def __contains__(self, value: Any) -> bool:
        return bisect_right(self.edges, before(value)) % 2 == 1

    def __bool__(self) -> bool:
        return bool(self.edges)

    def __invert__(self) -> IntervalSet:
        return IntervalSet(self.edges[1:] if self.edges[:1] == (BELOW,) else (BELOW, *self.edges))

    def __or__(self, other: IntervalSet) -> IntervalSet:
        return union((self, other))

    def __and__(self, other: IntervalSet) -> IntervalSet:
        return ~union((~self, ~other))

    def __sub__(self, other: IntervalSet) -> IntervalSet:
        return self & ~other

    @property
    def intervals(self) -> tuple[tuple[Place, Place], ...]:
        """The stretches of the set, each from a place to a place."""
        ends = self.edges[1::2] if len(self.edges) % 2 == 0 else (*self.edges[1::2], ABOVE)
        return tuple(zip(self.edges[::2], ends, strict=True))


NOTHING = IntervalSet()
EVERYTHING = IntervalSet((BELOW,))


def union(sets: Iterable[IntervalSet]) -> IntervalSet:
    """What is in any of the sets; in time of the edges, sorted once."""
    changes: dict[Place, int] = {}
    for each in sets:
        for number, edge in enumerate(each.edges):
            changes[edge] = changes.get(edge, 0) + (-1 if number % 2 else 1)
    edges, depth = [], 0
    for edge in sorted(changes):
        was, depth = depth, depth + changes[edge]
        if (was > 0) != (depth > 0):
            edges.append(edge)
    return IntervalSet(tuple(edges))


def intersection(sets: Iterable[IntervalSet]) -> IntervalSet:
    """What is in all of the sets."""
    return ~union(~each for each in sets)


def between(low: Any, high: Any, low_included: bool = True, high_included: bool = True) -> IntervalSet:
    start = before(low) if low_included else after(low)
    end = after(high) if high_included else before(high)
    return IntervalSet((start, end)) if start < end else NOTHING


def point(value: Any) -> IntervalSet:
    return IntervalSet((before(value), after(value)))


def compared(operator: str, value: Any) -> IntervalSet:
    """The values v for which `v operator value` holds."""
    match operator:
        case "=":
            return point(value)
        case "!=":
            return ~point(value)
        case "<":
            return IntervalSet((BELOW, before(value)))
        case "<=":
            return IntervalSet((BELOW, after(value)))
        case ">":
            return IntervalSet((after(value),))
        case _:
            return IntervalSet((before(value),))


# ---------------------------------------------------------------- from FEEL


def constant(node: ast.Node) -> Any:
    """The FEEL value of a constant that can stand on an axis; None where the node is none."""
    match node:
        case ast.Literal(value=value):
            return value
        case ast.Negation(operand=ast.Literal(value=Decimal() as value)):
            return -value
        case ast.AtLiteral(text=text):
            return _parsed(parse_at_literal, text)
        case ast.Invocation(
            function=ast.Name(name="date" | "duration" as name),
            arguments=(ast.Argument(name=None, value=ast.Literal(value=str() as text)),),
        ):
            return _parsed(parse_date if name == "date" else parse_duration, text)
        case _:
            return None


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except FeelError:
        return None


def cell_set(cell: ast.UnaryTests, kind: Kind) -> IntervalSet | None:
    """The values of this kind that a cell takes, or None where it is more than comparisons with constants."""
    if not cell.tests:
        return EVERYTHING
    sets = _known([_test_set(test, kind) for test in cell.tests])
    if sets is None:
        return None
    return ~union(sets) if cell.negated else union(sets)


def _test_set(test: ast.Node, kind: Kind) -> IntervalSet | None:
    match test:
        case ast.OperatorTest(operator=operator, operand=operand):
            return _comparison(operator, constant(operand), kind)
        case ast.RangeLiteral(start=start, end=end):
            return _range(constant(start), constant(end), test.start_included, test.end_included, kind)
        case _ if constant(test) is not None:
            return _comparison("=", constant(test), kind)
        case _:
            return _condition_set(test, kind)


def _condition_set(condition: ast.Node, kind: Kind) -> IntervalSet | None:
    """The values of `?` for which an expression such as `? > 5 and ? < 9` is true."""
    match condition:
        case ast.Comparison(operator=operator, left=ast.Name(name="?"), right=right):
            return _comparison(operator, constant(right), kind)
        case ast.Between(value=ast.Name(name="?"), low=low, high=high):
            return _range(constant(low), constant(high), True, True, kind)
        case ast.Conjunction(operands=operands):
            sets = _known([_condition_set(each, kind) for each in operands])
            return None if sets is None else intersection(sets)
        case ast.Disjunction(operands=operands):
            sets = _known([_condition_set(each, kind) for each in operands])
            return None if sets is None else union(sets)
        case _:
            return None


def _known(sets: list[IntervalSet | None]) -> list[IntervalSet] | None:
    known = [each for each in sets if each is not None]
    return known if len(known) == len(sets) else None


def _range(low: Any, high: Any, low_included: bool, high_included: bool, kind: Kind) -> IntervalSet | None:
    if type(low) is not kind or type(high) is not kind or kind is bool:
        return None
    return between(on_axis(kind, low), on_axis(kind, high), low_included, high_included)


def _comparison(operator: str, value: Any, kind: Kind) -> IntervalSet | None:
    if type(value) is not kind or (kind is bool and operator not in ("=", "!=")):
        return None
    return compared(operator, on_axis(kind, value))


def kinds_of(nodes: Iterable[ast.Node]) -> set[Kind]:
    """The kinds of the constants that stand in these cells."""
    constants = (constant(each) for node in nodes for each in ast.walk(node))
    return {kind for value in constants for kind in KINDS if type(value) is kind}
