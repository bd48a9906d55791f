"""How do two ranges or points lie to each other? (DMN 1.5, 10.3.4.7, Tables 78 and 79: range functions.)

A point is the range of itself alone. A bound is a value and a nudge: an open start lies just above its value, an open
end just below it. With that, each relation is a comparison or two of bounds, whatever is open, closed or unbounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering

from ..comparison import order
from ..evaluation import Evaluation
from ..values import Range, Value
from .registry import built_in


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """`infinite` is -1 or 1 for the missing bound of a half-unbounded range."""

    value: Value
    nudge: int
    infinite: int = 0

    def _compared(self, other: _Bound) -> int:
        if self.infinite or other.infinite:
            return self.infinite - other.infinite
        return order(self.value, other.value) or self.nudge - other.nudge

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and self._compared(other) == 0

    def __lt__(self, other: _Bound) -> bool:
        return self._compared(other) < 0

    __hash__ = None  # type: ignore[assignment]


def _start(value: Value) -> _Bound:
    if not isinstance(value, Range):
        return _Bound(value, 0)
    return _Bound(value.start, 0 if value.start_included else 1, -1 if value.start is None else 0)


def _end(value: Value) -> _Bound:
    if not isinstance(value, Range):
        return _Bound(value, 0)
    return _Bound(value.end, 0 if value.end_included else -1, 1 if value.end is None else 0)


@built_in(
    "before(point1: point, point2: point)",
    "before(point: point, range: range)",
    "before(range: range, point: point)",
    "before(range1: range, range2: range)",
)
def before(run: Evaluation, first: Value, second: Value) -> bool:
    return _end(first) < _start(second)


@built_in(
    "after(point1: point, point2: point)",
    "after(point: point, range: range)",
    "after(range: range, point: point)",
    "after(range1: range, range2: range)",
)
def after(run: Evaluation, first: Value, second: Value) -> bool:
    return _start(first) > _end(second)


@built_in("meets(range1: range, range2: range)")
def meets(run: Evaluation, first: Range, second: Range) -> bool:
    return _end(first) == _start(second)


@built_in("met by(range1: range, range2: range)")
def met_by(run: Evaluation, first: Range, second: Range) -> bool:
    return meets(run, second, first)


@built_in("overlaps(range1: range, range2: range)")
def overlaps(run: Evaluation, first: Range, second: Range) -> bool:
    return _end(first) >= _start(second) and _start(first) <= _end(second)


@built_in("overlaps before(range1: range, range2: range)")
def overlaps_before(run: Evaluation, first: Range, second: Range) -> bool:
    return _start(first) < _start(second) <= _end(first) <= _end(second)


@built_in("overlaps after(range1: range, range2: range)")
def overlaps_after(run: Evaluation, first: Range, second: Range) -> bool:
    return overlaps_before(run, second, first)


@built_in("finishes(point: point, range: range)", "finishes(range1: range, range2: range)")
def finishes(run: Evaluation, first: Value, second: Range) -> bool:
    return _end(first) == _end(second) and _start(first) >= _start(second)


@built_in("finished by(range: range, point: point)", "finished by(range1: range, range2: range)")
def finished_by(run: Evaluation, first: Range, second: Value) -> bool:
    return finishes(run, second, first)


@built_in("includes(range: range, point: point)", "includes(range1: range, range2: range)")
def includes(run: Evaluation, first: Range, second: Value) -> bool:
    return _start(first) <= _start(second) and _end(second) <= _end(first)


@built_in("during(point: point, range: range)", "during(range1: range, range2: range)")
def during(run: Evaluation, first: Value, second: Range) -> bool:
    return includes(run, second, first)


@built_in("starts(point: point, range: range)", "starts(range1: range, range2: range)")
def starts(run: Evaluation, first: Value, second: Range) -> bool:
    return _start(first) == _start(second) and _end(first) <= _end(second)


@built_in("started by(range: range, point: point)", "started by(range1: range, range2: range)")
def started_by(run: Evaluation, first: Range, second: Value) -> bool:
    return starts(run, second, first)


@built_in("coincides(point1: point, point2: point)", "coincides(range1: range, range2: range)")
def coincides(run: Evaluation, first: Value, second: Value) -> bool:
    return _start(first) == _start(second) and _end(first) == _end(second)
