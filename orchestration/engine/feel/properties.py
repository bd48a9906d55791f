"""What can follow a dot behind a value that is no context? (DMN 1.5, 10.3.2.14, Table 65: properties.)"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .durations import NANOS, DaysTimeDuration, YearsMonthsDuration
from .numbers import CONTEXT
from .temporal import Date, DateTime, Time
from .values import Range, Value

Property = Callable[[Value], Value]


def _seconds(nanoseconds: int) -> Decimal:
    return CONTEXT.divide(Decimal(nanoseconds), Decimal(NANOS))


def _offset(value: Time | DateTime) -> DaysTimeDuration | None:
    return None if value.offset is None else DaysTimeDuration(value.offset * NANOS)


def _region(value: Time | DateTime) -> str | None:
    return value.zone if isinstance(value.zone, str) else None


_DATE: dict[str, Property] = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(date.weekday),
}
_TIME: dict[str, Property] = {
    "hour": lambda time: Decimal(time.hour),
    "minute": lambda time: Decimal(time.minute),
    "second": lambda time: _seconds(time.second * NANOS + time.nanosecond),
}
_ZONED: dict[str, Property] = {
    "time offset": _offset,
    "timezone": _region,
}


def _of_date(read: Property) -> Property:
    return lambda value: read(value.date)


def _of_time(read: Property) -> Property:
    return lambda value: read(value.time)


PROPERTIES: dict[type, dict[str, Property]] = {
    Date: _DATE,
    Time: {**_TIME, **_ZONED},
    DateTime: {
        **{name: _of_date(read) for name, read in _DATE.items()},
        **{name: _of_time(read) for name, read in _TIME.items()},
        **_ZONED,
    },
    YearsMonthsDuration: {
        "years": lambda duration: Decimal(duration.years),
        "months": lambda duration: Decimal(duration.months),
    },
    DaysTimeDuration: {
        "days": lambda duration: Decimal(duration.days),
        "hours": lambda duration: Decimal(duration.hours),
        "minutes": lambda duration: Decimal(duration.minutes),
        "seconds": lambda duration: duration.seconds,
    },
    Range: {
        "start": lambda range_: range_.start,
        "end": lambda range_: range_.end,
        "start included": lambda range_: range_.start_included,
        "end included": lambda range_: range_.end_included,
    },
}
