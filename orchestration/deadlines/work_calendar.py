"""When does an office work?

A calendar is a time zone, office hours by weekday, the public holidays of a region (package `holidays`), and days on
which this office is closed or open otherwise. Pure. A time of day that the clock skips is the moment at which it jumps;
of one that comes twice the first is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MINUTES: Final = 24 * 60
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)

Span = tuple[int, int]
"""Office hours as minutes of the day, the end not included; 1440 is midnight."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`hours`: of the seven weekdays, from Monday. `region`: "DE", "DE-BY", or "" for no holidays.

    `closed`, `opened`: single days, which go before the rest; one that is opened has the hours of its weekday, or of
    the first weekday that has any.
    """

    key: str
    zone: str
    hours: tuple[tuple[Span, ...], ...]
    region: str = ""
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def is_working(self, day: date) -> bool:
        return not self.why_free(day)

    def why_free(self, day: date) -> str:
        """Why nobody works that day, in words; "" where they do."""
        if day in self.opened:
            return ""
        if day in self.closed:
            return "the office is closed"
        if not self.hours[day.weekday()]:
            return f"a {day:%A}"
        return holiday(self.region, day)

    def begins(self, day: date) -> datetime:
        """The first moment of a day, in UTC."""
        return at(self.zone, day, 0)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """From when to when the office is open that day, in UTC, in order."""
        last = self.begins(day)
        for start, end in self._hours(day):
            opens, closes = max(at(self.zone, day, start), last), at(self.zone, day, end)
            if opens < closes:
                yield opens, closes
                last = closes

    def _hours(self, day: date) -> tuple[Span, ...]:
        if not self.is_working(day):
            return ()
        return self.hours[day.weekday()] or next((spans for spans in self.hours if spans), ())


@lru_cache(maxsize=1 << 14)
def at(zone: str, day: date, minute: int) -> datetime:
    """The first moment of that day at which the clock shows at least this minute, in UTC."""
    if minute == MINUTES:
        return at(zone, day + DAY, 0)
    place, wall = ZoneInfo(zone), datetime.combine(day, time(minute // 60, minute % 60))
    found = wall.replace(tzinfo=place).astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == wall:
        return found
    return _jump(place, wall)


def _jump(place: ZoneInfo, wall: datetime) -> datetime:
    """When the clock jumps over a time: to the minute, between what it reads as before the jump and after it."""
    before, after = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (1, 0))
    while after - before > MINUTE:
        middle = before + ((after - before) // MINUTE // 2) * MINUTE
        if middle.astimezone(place).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def holiday(region: str, day: date) -> str:
    """The name of the public holiday of a region, in English where that is known; "" where it is none."""
    return _holidays(region, day.year).get(day, "") if region else ""


@lru_cache(maxsize=512)
def _holidays(region: str, year: int) -> Mapping[date, str]:
    import holidays  # late: 2 MB that no process needs before a calendar names a region

    country, _, part = region.partition("-")
    asked = holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
    return dict(asked.items())


@lru_cache(maxsize=1)
def regions() -> frozenset[str]:
    """The regions whose holidays are known."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return frozenset(known) | {f"{country}-{part}" for country, parts in known.items() for part in parts}
