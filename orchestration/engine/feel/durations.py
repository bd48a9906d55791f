"""What is a duration? (DMN 1.5, 10.3.2.3.7 and 10.3.2.3.8: years and months, and days and time.)

Two kinds that do not mix: months have no fixed length in days. Days and time are exact to the nanosecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from .numbers import CONTEXT
from .problems import FeelError

NANOS = 1_000_000_000
DAY = 86_400 * NANOS
_MAX_MONTHS = 12 * 10**12
_MAX_NANOSECONDS = DAY * 10**12

_YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?\Z", re.ASCII)
_DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A number of months, either sign."""

    total_months: int

    def __post_init__(self) -> None:
        if abs(self.total_months) > _MAX_MONTHS:
            raise FeelError("this years and months duration is too long")

    @property
    def years(self) -> int:
        return _toward_zero(self.total_months, 12)

    @property
    def months(self) -> int:
        return self.total_months - 12 * self.years

    def __str__(self) -> str:
        years, months = divmod(abs(self.total_months), 12)
        sign = "-" if self.total_months < 0 else ""
        return f"{sign}P{_part(years, 'Y')}{_part(months, 'M') or ('' if years else '0M')}"


@dataclass(frozen=True, slots=True, order=True)
class DaysTimeDuration:
    """A number of nanoseconds, either sign."""

    total_nanoseconds: int

    def __post_init__(self) -> None:
        if abs(self.total_nanoseconds) > _MAX_NANOSECONDS:
            raise FeelError("this days and time duration is too long")

    @property
    def days(self) -> int:
        return _toward_zero(self.total_nanoseconds, DAY)

    @property
    def hours(self) -> int:
        return _toward_zero(self._rest(DAY), 3600 * NANOS)

    @property
    def minutes(self) -> int:
        return _toward_zero(self._rest(3600 * NANOS), 60 * NANOS)

    @property
    def seconds(self) -> Decimal:
        return CONTEXT.divide(Decimal(self._rest(60 * NANOS)), Decimal(NANOS))

    def _rest(self, unit: int) -> int:
        return self.total_nanoseconds - unit * _toward_zero(self.total_nanoseconds, unit)

    def __str__(self) -> str:
        size = DaysTimeDuration(abs(self.total_nanoseconds))
        time = _part(size.hours, "H") + _part(size.minutes, "M")
        seconds, fraction = divmod(size._rest(60 * NANOS), NANOS)
        if seconds or fraction:
            time += f"{seconds}{fraction_text(fraction)}S"
        days = _part(size.days, "D")
        sign = "-" if self.total_nanoseconds < 0 else ""
        return f"{sign}P{days}T{time}" if time else f"{sign}P{days or 'T0S'}"


Duration = YearsMonthsDuration | DaysTimeDuration


def parse_duration(text: str) -> Duration:
    """A duration in its ISO 8601 form. Raises `FeelError`."""
    if len(text) <= 100 and text[-1:] not in ("P", "T"):
        if match := _YEARS_MONTHS.match(text):
            months = int(match[2] or 0) * 12 + int(match[3] or 0)
            return YearsMonthsDuration(-months if match[1] else months)
        if match := _DAYS_TIME.match(text):
            nanoseconds = _nanoseconds(match)
            return DaysTimeDuration(-nanoseconds if match[1] else nanoseconds)
    raise FeelError(f"{text[:60]!r} is not a duration")


def _nanoseconds(match: re.Match[str]) -> int:
    days, hours, minutes, seconds = (int(match[group] or 0) for group in (2, 4, 5, 6))
    return ((days * 24 + hours) * 60 + minutes) * 60 * NANOS + seconds * NANOS + parse_fraction(match[7])


def parse_fraction(digits: str | None) -> int:
    """Nanoseconds of the digits behind the point; digits beyond the ninth must be zero. Raises `FeelError`."""
    digits = (digits or "").rstrip("0")
    if len(digits) > 9:
        raise FeelError("seconds have at most nine decimals")
    return int(digits.ljust(9, "0"))


def fraction_text(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


def _part(amount: int, unit: str) -> str:
    return f"{amount}{unit}" if amount else ""


def _toward_zero(amount: int, unit: int) -> int:
    return amount // unit if amount >= 0 else -(-amount // unit)
