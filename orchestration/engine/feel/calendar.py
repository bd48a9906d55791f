"""Which day is it, for any year? (DMN 1.5, 10.3.2.3.4: dates of the proleptic Gregorian calendar, as in ISO 8601.)

Days are counted from 1970-01-01. Years run from -999,999,999 to 999,999,999, which Python's `datetime` cannot hold.
"""

from __future__ import annotations

import datetime
import zoneinfo
from functools import lru_cache

MAX_YEAR = 999_999_999
SECONDS_PER_DAY = 86_400
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_PER_ERA = 146_097  # 400 years


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _MONTH_LENGTHS[month - 1]


def is_date(year: int, month: int, day: int) -> bool:
    return abs(year) <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)


def days_from(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01. Counts in 400-year eras that begin on 1 March, so that leap days come last."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_PER_ERA + day_of_era - 719_468


def date_from(days: int) -> tuple[int, int, int]:
    """Year, month and day of a count of days: the inverse of `days_from`."""
    era, day_of_era = divmod(days + 719_468, _DAYS_PER_ERA)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = (shifted_month + 2) % 12 + 1
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted_month + 2) // 5 + 1


def weekday(days: int) -> int:
    """1 (Monday) to 7 (Sunday)."""
    return (days + 3) % 7 + 1


def week_of_year(days: int) -> int:
    """The ISO 8601 week: week 1 is the one with the year's first Thursday."""
    thursday = days - weekday(days) + 4
    year = date_from(thursday)[0]
    return (thursday - days_from(year, 1, 1)) // 7 + 1


@lru_cache(maxsize=1024)
def region(name: str) -> zoneinfo.ZoneInfo | None:
    """The time zone with that name of the IANA database; None if there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def region_offset(name: str, days: int, second_of_day: int) -> int:
    """Seconds east of UTC in that region, at that local time. Far years follow the rules of a year like them."""
    local = datetime.datetime(*_near(days), tzinfo=region(name)) + datetime.timedelta(seconds=second_of_day)
    return _seconds(local.utcoffset())


def standard_offset(name: str) -> int:
    """Seconds east of UTC in that region, out of summer time: the offset of a time of day that has no date."""
    local = datetime.datetime(2024, 1, 15, 12, tzinfo=region(name))
    return _seconds(local.utcoffset()) - _seconds(local.dst())


def offset_at(name: str, utc_seconds: int) -> int:
    """Seconds east of UTC in that region, at that moment (seconds since 1970-01-01T00:00Z)."""
    days, second = divmod(utc_seconds, SECONDS_PER_DAY)
    moment = datetime.datetime(*_near(days), tzinfo=datetime.UTC) + datetime.timedelta(seconds=second)
    return _seconds(moment.astimezone(region(name)).utcoffset())


def _near(days: int) -> tuple[int, int, int]:
    """Year, month and day; the year moved by whole eras to where `datetime` can go."""
    year, month, day = date_from(days)
    if year < 2:
        year = 400 + year % 400
    elif year > 9998:
        year = 9200 + year % 400
    return year, month, day


def _seconds(offset: datetime.timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())
