"""What is a date, a time of day, a date and time? (DMN 1.5, 10.3.2.3.3 to 10.3.2.3.6.)

A zone is None (local time), a number of seconds east of UTC, or the name of a region such as Europe/Paris.
A date stands for its midnight in UTC where a date and time is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from . import calendar
from .durations import DAY, NANOS, fraction_text, parse_fraction
from .problems import FeelError, quote

Zone = int | str | None

_DATE = r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)"
_TIME = r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
_ZONE = r"([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_][A-Za-z0-9_]*(?:[/+-][A-Za-z0-9_]+)*)?"
_DATE_ONLY = re.compile(rf"{_DATE}\Z", re.ASCII)
_TIME_ONLY = re.compile(rf"{_TIME}{_ZONE}\Z", re.ASCII)
_DATE_AND_TIME = re.compile(rf"{_DATE}T{_TIME}{_ZONE}\Z", re.ASCII)
MAX_OFFSET = 14 * 3600


@dataclass(frozen=True, slots=True)
class Date:
    """A day. Raises `FeelError` for a day that does not exist."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not calendar.is_date(self.year, self.month, self.day):
            raise FeelError(f"there is no day {self.year}-{self.month}-{self.day}")

    @classmethod
    def from_days(cls, days: int) -> Date:
        return cls(*calendar.date_from(days))

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return calendar.days_from(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        return calendar.weekday(self.days)

    def plus_months(self, months: int) -> Date:
        """The same day of another month, or its last day if that is earlier."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date(year, month + 1, min(self.day, calendar.month_length(year, month + 1)))

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04}-{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day. Raises `FeelError` for one that does not exist."""

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    zone: Zone = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise FeelError(f"there is no time {self.hour}:{self.minute}:{self.second}")
        if isinstance(self.zone, int) and abs(self.zone) > MAX_OFFSET:
            raise FeelError("a time offset is at most 14 hours")

    @classmethod
    def from_nanoseconds(cls, nanoseconds: int, zone: Zone = None) -> Time:
        """The time that long after midnight, the day left aside."""
        seconds, nanosecond = divmod(nanoseconds % DAY, NANOS)
        return cls(seconds // 3600, seconds // 60 % 60, seconds % 60, nanosecond, zone)

    @property
    def second_of_day(self) -> int:
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def nanoseconds(self) -> int:
        """Since midnight."""
        return self.second_of_day * NANOS + self.nanosecond

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC; out of summer time for a region."""
        return calendar.standard_offset(self.zone) if isinstance(self.zone, str) else self.zone

    @property
    def moment(self) -> int:
        """Nanoseconds since midnight UTC, or since local midnight without a zone: what is compared."""
        return self.nanoseconds - (self.offset or 0) * NANOS

    def __str__(self) -> str:
        clock = f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction_text(self.nanosecond)}"
        return clock + zone_text(self.zone)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of that day."""

    date: Date
    time: Time

    @classmethod
    def from_nanoseconds(cls, nanoseconds: int, zone: Zone = None) -> DateTime:
        """The local date and time that long after 1970-01-01T00:00."""
        days, rest = divmod(nanoseconds, DAY)
        return cls(Date.from_days(days), Time.from_nanoseconds(rest, zone))

    @property
    def zone(self) -> Zone:
        return self.time.zone

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC, on that day."""
        if isinstance(self.zone, str):
            return calendar.region_offset(self.zone, self.date.days, self.time.second_of_day)
        return self.zone

    @property
    def local_nanoseconds(self) -> int:
        return self.date.days * DAY + self.time.nanoseconds

    @property
    def moment(self) -> int:
        """Nanoseconds since 1970-01-01 UTC, or of local time without a zone: what is compared."""
        return self.local_nanoseconds - (self.offset or 0) * NANOS

    def plus_nanoseconds(self, nanoseconds: int) -> DateTime:
        """That much later; in a region, the clock may have been moved in between."""
        moment = self.moment + nanoseconds
        offset = self.offset or 0
        if isinstance(self.zone, str):
            offset = calendar.offset_at(self.zone, moment // NANOS)
        return DateTime.from_nanoseconds(moment + offset * NANOS, self.zone)

    def plus_months(self, months: int) -> DateTime:
        return replace(self, date=self.date.plus_months(months))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


Temporal = Date | Time | DateTime


def at_midnight(date: Date) -> DateTime:
    """A date as a date and time (10.3.2.9.4: implicit conversion)."""
    return DateTime(date, Time(0, 0, 0, 0, 0))


def parse_date(text: str) -> Date:
    """YYYY-MM-DD, the year with up to nine digits and perhaps a sign. Raises `FeelError`."""
    if match := _DATE_ONLY.match(text):
        return _date(match)
    raise FeelError(f"{quote(text)} is not a date")


def parse_time(text: str) -> Time:
    """hh:mm:ss, perhaps with decimals and with Z, an offset or @Region/City. Raises `FeelError`."""
    if match := _TIME_ONLY.match(text):
        return Time.from_nanoseconds(_nanoseconds(match, 1), _zone(match[5]))
    raise FeelError(f"{quote(text)} is not a time")


def parse_date_time(text: str) -> DateTime:
    """A date, T, a time; 24:00:00 is midnight of the next day. Raises `FeelError`."""
    if match := _DATE_AND_TIME.match(text):
        nanoseconds = _date(match).days * DAY + _nanoseconds(match, 4)
        return DateTime.from_nanoseconds(nanoseconds, _zone(match[8]))
    raise FeelError(f"{quote(text)} is not a date and time")


def _date(match: re.Match[str]) -> Date:
    return Date(int(match[1]), int(match[2]), int(match[3]))


def _nanoseconds(match: re.Match[str], first: int) -> int:
    """Since midnight; a whole day for 24:00:00."""
    hour, minute, second = (int(match[first + index]) for index in range(3))
    fraction = parse_fraction(match[first + 3])
    if (hour, minute, second, fraction) == (24, 0, 0, 0):
        return DAY
    return Time(hour, minute, second, fraction).nanoseconds


def _zone(text: str | None) -> Zone:
    if text is None:
        return None
    if text in "Zz":
        return 0
    if text.startswith("@"):
        return region_named(text[1:])
    hours, minutes, seconds = (int(part) for part in (text[1:] + ":00").split(":")[:3])
    if minutes > 59 or seconds > 59:
        raise FeelError(f"{quote(text)} is not a time offset")
    return (hours * 3600 + minutes * 60 + seconds) * (-1 if text[0] == "-" else 1)


def region_named(name: str) -> str:
    """The name of a region that exists. Raises `FeelError`."""
    if calendar.region(name) is None:
        raise FeelError(f"there is no time zone {quote(name)}")
    return name


def zone_text(zone: Zone) -> str:
    if zone is None:
        return ""
    if isinstance(zone, str):
        return f"@{zone}"
    if zone == 0:
        return "Z"
    minutes, seconds = divmod(abs(zone), 60)
    tail = f":{seconds:02}" if seconds else ""
    return f"{'-' if zone < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}{tail}"
