"""What can be done with numbers? (DMN 1.5, 10.3.4.5, Table 77: numeric functions.)"""

from __future__ import annotations

import decimal
from decimal import Decimal

from ..durations import DaysTimeDuration, YearsMonthsDuration
from ..evaluation import Evaluation
from ..numbers import CONTEXT
from ..problems import FeelError
from .registry import built_in

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """The number with at most `scale` decimals; a scale is cut off to a whole number."""
    if not _MIN_SCALE <= scale <= _MAX_SCALE:
        raise FeelError(f"the scale must be from {_MIN_SCALE} to {_MAX_SCALE}")
    places = int(scale)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    return number.quantize(Decimal(1).scaleb(-places, CONTEXT), rounding, CONTEXT)


@built_in("decimal(n: number, scale: number)")
def with_decimals(run: Evaluation, number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_HALF_EVEN)


@built_in("floor(n: number)", "floor(n: number, scale: number)")
def floor(run: Evaluation, number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_FLOOR)


@built_in("ceiling(n: number)", "ceiling(n: number, scale: number)")
def ceiling(run: Evaluation, number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_CEILING)


@built_in("round up(n: number, scale: number)")
def round_up(run: Evaluation, number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_UP)


@built_in("round down(n: number, scale: number)")
def round_down(run: Evaluation, number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_DOWN)


@built_in("round half up(n: number, scale: number)")
def round_half_up(run: Evaluation, number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_HALF_UP)


@built_in("round half down(n: number, scale: number)")
def round_half_down(run: Evaluation, number: Decimal, scale: Decimal) -> Decimal:
    return _rounded(number, scale, decimal.ROUND_HALF_DOWN)


@built_in("abs(n: number)")
def absolute(run: Evaluation, number: Decimal) -> Decimal:
    return number.copy_abs()


@built_in("abs(n: years and months duration)")
def absolute_months(run: Evaluation, duration: YearsMonthsDuration) -> YearsMonthsDuration:
    return YearsMonthsDuration(abs(duration.total_months))


@built_in("abs(n: days and time duration)")
def absolute_time(run: Evaluation, duration: DaysTimeDuration) -> DaysTimeDuration:
    return DaysTimeDuration(abs(duration.total_nanoseconds))


@built_in("modulo(dividend: number, divisor: number)")
def modulo(run: Evaluation, dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): the sign is that of the divisor."""
    if not divisor:
        raise FeelError("division by zero")
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@built_in("sqrt(number: number)")
def square_root(run: Evaluation, number: Decimal) -> Decimal:
    if number < 0:
        raise FeelError("a negative number has no square root")
    return CONTEXT.sqrt(number)


@built_in("log(number: number)")
def logarithm(run: Evaluation, number: Decimal) -> Decimal:
    if number <= 0:
        raise FeelError("only a positive number has a logarithm")
    return CONTEXT.ln(number)


@built_in("exp(number: number)")
def exponential(run: Evaluation, number: Decimal) -> Decimal:
    return CONTEXT.exp(number)


@built_in("odd(number: number)")
def odd(run: Evaluation, number: Decimal) -> bool:
    return CONTEXT.remainder(number, Decimal(2)).copy_abs() == 1


@built_in("even(number: number)")
def even(run: Evaluation, number: Decimal) -> bool:
    return CONTEXT.remainder(number, Decimal(2)) == 0
