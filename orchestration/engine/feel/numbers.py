"""What is a FEEL number? (DMN 1.5, 10.3.2.3.1: IEEE 754-2008 decimal128: 34 digits, half even.)

Numbers that come from JSON stay what they are (int, float) until they are used; a float is the decimal that its
`repr` shows, never its binary expansion.
"""

from __future__ import annotations

import decimal
from decimal import Decimal

from .problems import FeelError

CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


def is_number(value: object) -> bool:
    kind = type(value)
    return kind is Decimal or kind is int or kind is float


def exact(value: object) -> Decimal | None:
    """A number as a decimal; None if the value is not a finite number, or one beyond 1E6144."""
    kind = type(value)
    if kind is Decimal:
        number: Decimal = value  # type: ignore[assignment]
    elif kind is int:
        try:
            number = CONTEXT.create_decimal(value)  # type: ignore[arg-type]
        except decimal.Overflow:
            return None
    elif kind is float:
        number = Decimal(repr(value))
    else:
        return None
    return number if number.is_finite() else None


def parse_number(text: str) -> Decimal:
    """A numeric literal, rounded to 34 digits. Raises `FeelError` beyond 1E6144."""
    try:
        return CONTEXT.create_decimal(text)
    except decimal.DecimalException as error:
        raise FeelError(f"{text[:40]!r} is not a number that fits 34 digits and an exponent of 6144") from error


def number_text(number: Decimal) -> str:
    """The shortest plain form without an exponent, where that is not absurdly long."""
    if not number:
        return "0"
    number = number.normalize(CONTEXT)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -400 <= exponent <= 400:
        return format(number, "f")
    return str(number)


def whole(number: Decimal) -> int | None:
    """The integer that this number is; None if it has a fraction or is beyond any size or position."""
    if number.adjusted() > 30 or number != number.to_integral_value():
        return None
    return int(number)
