"""What do + - * / ** and unary minus give? (DMN 1.5, 10.3.2.13.3, Tables 57 to 63: arithmetic on all types.)

Each operation raises `FeelError` where the result is null.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from .durations import DAY, DaysTimeDuration, YearsMonthsDuration
from .evaluation import Evaluation
from .numbers import CONTEXT, exact
from .problems import FeelError
from .temporal import Date, DateTime, Time, at_midnight
from .values import Value, described, kind_of

Operation = Callable[[Evaluation, Value, Value], Value]
_DURATION = YearsMonthsDuration | DaysTimeDuration


def add(run: Evaluation, left: Value, right: Value) -> Value:
    if isinstance(left, str) and isinstance(right, str):
        run.reserve(len(left) + len(right))
        return left + right
    if isinstance(left, _DURATION):
        left, right = right, left
    if isinstance(right, YearsMonthsDuration):
        return _plus_months(left, right.total_months)
    if isinstance(right, DaysTimeDuration):
        return _plus_nanoseconds(left, right.total_nanoseconds)
    raise _no("add", left, right)


def subtract(run: Evaluation, left: Value, right: Value) -> Value:
    if isinstance(right, YearsMonthsDuration):
        return _plus_months(left, -right.total_months)
    if isinstance(right, DaysTimeDuration):
        return _plus_nanoseconds(left, -right.total_nanoseconds)
    if isinstance(left, Time) and isinstance(right, Time):
        return _between(left, right)
    if isinstance(left, Date | DateTime) and isinstance(right, Date | DateTime):
        return _between(_moment(left), _moment(right))
    raise _no("subtract", left, right)


def _moment(value: Date | DateTime) -> DateTime:
    return at_midnight(value) if isinstance(value, Date) else value


def _between(left: Time | DateTime, right: Time | DateTime) -> DaysTimeDuration:
    if (left.zone is None) != (right.zone is None):
        raise FeelError("cannot subtract a local time and a time that has a zone")
    return DaysTimeDuration(left.moment - right.moment)


def _plus_months(value: Value, months: int) -> Value:
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(value.total_months + months)
    if isinstance(value, Date | DateTime):
        return value.plus_months(months)
    raise FeelError(f"cannot add a years and months duration to {described(value)}")


def _plus_nanoseconds(value: Value, nanoseconds: int) -> Value:
    if isinstance(value, DaysTimeDuration):
        return DaysTimeDuration(value.total_nanoseconds + nanoseconds)
    if isinstance(value, Date):
        return Date.from_days((value.days * DAY + nanoseconds) // DAY)
    if isinstance(value, DateTime):
        return value.plus_nanoseconds(nanoseconds)
    if isinstance(value, Time):
        return Time.from_nanoseconds(value.nanoseconds + nanoseconds, value.zone)
    raise FeelError(f"cannot add a days and time duration to {described(value)}")


def multiply(run: Evaluation, left: Value, right: Value) -> Value:
    if isinstance(right, _DURATION):
        left, right = right, left
    factor = exact(right)
    if isinstance(left, _DURATION) and factor is not None:
        return _scaled(left, lambda size: CONTEXT.multiply(size, factor))
    raise _no("multiply", left, right)


def divide(run: Evaluation, left: Value, right: Value) -> Value:
    divisor = exact(right)
    if isinstance(left, _DURATION) and divisor is not None:
        return _scaled(left, lambda size: CONTEXT.divide(size, divisor))
    if isinstance(left, _DURATION) and type(left) is type(right):
        return CONTEXT.divide(Decimal(_size(left)), Decimal(_size(right)))
    raise _no("divide", left, right)


def power(run: Evaluation, left: Value, right: Value) -> Value:
    raise _no("raise to a power", left, right)


def _powered(base: Decimal, exponent: Decimal) -> Decimal:
    """As IEEE 754 `pow`: anything to the power of 0 is 1."""
    if not exponent:
        return Decimal(1)
    if not base and exponent < 0:
        raise FeelError("division by zero")
    return CONTEXT.power(base, exponent)


def _size(duration: YearsMonthsDuration | DaysTimeDuration) -> int:
    return duration.total_months if isinstance(duration, YearsMonthsDuration) else duration.total_nanoseconds


def _scaled(duration: YearsMonthsDuration | DaysTimeDuration, scale: Callable[[Decimal], Decimal]) -> Value:
    """A duration scaled, cut off to whole months or nanoseconds."""
    size = scale(Decimal(_size(duration)))
    if size.adjusted() > 40:
        raise FeelError("this duration is too long")
    return type(duration)(int(size))


def negate(run: Evaluation, value: Value) -> Value:
    """Unary minus."""
    number = exact(value)
    if number is not None:
        return CONTEXT.minus(number)
    if isinstance(value, _DURATION):
        return type(value)(-_size(value))
    raise FeelError(f"{described(value)} has no negative")


def _no(verb: str, left: Value, right: Value) -> FeelError:
    return FeelError(f"cannot {verb} {kind_of(left)} and {kind_of(right)}")


def _numeric(on_numbers: Callable[[Decimal, Decimal], Decimal], on_others: Operation) -> Operation:
    """An operation that tries numbers first; a decimal signal is an error with words."""

    def operation(run: Evaluation, left: Value, right: Value) -> Value:
        mine = left if type(left) is Decimal else exact(left)
        other = right if type(right) is Decimal else exact(right)
        try:
            if mine is not None and other is not None:
                return on_numbers(mine, other)
            return on_others(run, left, right)
        except decimal.DivisionByZero as error:
            raise FeelError("division by zero") from error
        except decimal.Overflow as error:
            raise FeelError("the result is larger than a number can be") from error
        except decimal.InvalidOperation as error:
            raise FeelError("this operation has no result") from error

    return operation


OPERATIONS: dict[str, Operation] = {
    "+": _numeric(CONTEXT.add, add),
    "-": _numeric(CONTEXT.subtract, subtract),
    "*": _numeric(CONTEXT.multiply, multiply),
    "/": _numeric(CONTEXT.divide, divide),
    "**": _numeric(_powered, power),
}
