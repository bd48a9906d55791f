"""Are two values equal, and which comes first? (DMN 1.5, 10.3.2.15, Tables 52 to 54: equality and order.)

Values of different kinds are not comparable: the answer is null, given here as None or as a `FeelError`. A local time
and a time with a zone are never equal; to order them, the local one is taken to be in the zone of the other.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from .durations import DaysTimeDuration, YearsMonthsDuration
from .evaluation import Evaluation
from .numbers import exact, is_number
from .problems import FeelError
from .temporal import Date, DateTime, Time
from .values import Function, Range, Value, described, kind_of


def equal(run: Evaluation, left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None if they are of different kinds and neither is null."""
    kind = type(left)
    if kind is type(right) and (kind is str or kind is Decimal or kind is int or kind is bool):
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if is_number(left) and is_number(right):
        return exact(left) == exact(right)
    if kind_of(left) != kind_of(right):
        return None
    if isinstance(left, list):
        return _equal_lists(run, left, right)
    if isinstance(left, dict):
        return _equal_contexts(run, left, right)
    if isinstance(left, Range):
        return _equal_ranges(run, left, right)
    return _equal_scalars(left, right)


def _equal_scalars(left: Value, right: Value) -> bool:
    if isinstance(left, Time | DateTime):
        return _both_zoned_or_local(left, right) and left.moment == right.moment
    if isinstance(left, Function):
        return left is right
    return bool(left == right)


def _equal_lists(run: Evaluation, left: list[Value], right: list[Value]) -> bool:
    run.spend(1 + min(len(left), len(right)))
    if len(left) != len(right):
        return False
    return all(equal(run, mine, other) for mine, other in zip(left, right, strict=True))


def _equal_contexts(run: Evaluation, left: dict[str, Value], right: dict[str, Value]) -> bool:
    run.spend(1 + min(len(left), len(right)))
    if left.keys() != right.keys():
        return False
    return all(equal(run, value, right[key]) for key, value in left.items())


def _equal_ranges(run: Evaluation, left: Range, right: Range) -> bool:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    return all(equal(run, *ends) for ends in ((left.start, right.start), (left.end, right.end)))


def _both_zoned_or_local(left: Time | DateTime, right: Time | DateTime) -> bool:
    return (left.zone is None) == (right.zone is None)


def same(run: Evaluation, left: Value, right: Value) -> bool:
    """Whether two values are equal, of one kind, or both null: membership in lists."""
    return equal(run, left, right) is True


def order(left: Value, right: Value) -> int:
    """Negative, zero or positive as left comes before, with or after right. Raises `FeelError`."""
    if type(left) is not type(right) and not (is_number(left) and is_number(right)):
        raise FeelError(f"cannot compare {kind_of(left)} with {kind_of(right)}")
    if isinstance(left, Time | DateTime) and not _both_zoned_or_local(left, right):
        left, right = _in_zone_of(left, right), _in_zone_of(right, left)
    mine, other = sort_key(left), sort_key(right)
    return int(mine > other) - int(mine < other)


def _in_zone_of(value: Time | DateTime, other: Time | DateTime) -> Time | DateTime:
    """A local time as if it were one in the zone of the other (Table 54)."""
    if value.zone is not None:
        return value
    if isinstance(value, Time):
        return replace(value, zone=other.zone)
    return replace(value, time=replace(value.time, zone=other.zone))


def sort_key(value: Value) -> Value:
    """What Python can compare in the place of this value. Raises `FeelError` if FEEL does not order its kind."""
    kind = type(value)
    if kind is str or kind is Decimal or kind is int:
        return value
    if kind is float and (number := exact(value)) is not None:
        return number
    if kind is Date:
        return value.days
    if kind is Time or kind is DateTime:
        return value.moment
    if kind is YearsMonthsDuration or kind is DaysTimeDuration:
        return value
    raise FeelError(f"{described(value)} cannot be compared")


def in_range(range_: Range, value: Value) -> bool:
    """Whether a value lies within a range. Raises `FeelError`."""
    if range_.start is not None:
        position = order(value, range_.start)
        if position < 0 or (position == 0 and not range_.start_included):
            return False
    if range_.end is not None:
        position = order(value, range_.end)
        if position > 0 or (position == 0 and not range_.end_included):
            return False
    return True
