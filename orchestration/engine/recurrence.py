"""When does a duration end, and when does a cycle come round?

Durations of ISO 8601: years, months, weeks and days are counted on the calendar and clock of a zone, hours, minutes and
seconds as time that passes; so a daily cycle at ten in Paris stays at ten when summer begins. A cycle counts from its
start: what begins on the 31st comes on the last day of shorter months, and on the 31st again.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from orchestration.engine.moments import BadTimer, short

_DURATION: Final = re.compile(
    r"(?P<sign>[-+]?)P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """`months` and `days` of the calendar, and the time beside them."""

    months: int
    days: int
    time: timedelta

    @property
    def is_nominal(self) -> bool:
        """Whether its length depends on the calendar."""
        return bool(self.months or self.days)

    def times(self, many: int) -> Duration:
        return Duration(self.months * many, self.days * many, self.time * many)

    def after(self, start: datetime) -> datetime:
        """The moment that much later than `start` (aware, its zone counts), in UTC. Raises BadTimer."""
        try:
            return _on_the_calendar(start, self).astimezone(UTC) + self.time
        except (OverflowError, ValueError):
            raise BadTimer("The time leads outside the calendar.") from None


def is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text) is not None


def duration(text: str) -> Duration:
    """Raises BadTimer."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadTimer(f"{short(text)} is no duration of ISO 8601.")
    given = {name: text.replace(",", ".") for name, text in match.groupdict().items() if text and name != "sign"}
    try:
        read = _read(given)
    except (OverflowError, ValueError):
        raise BadTimer(f"{short(text)} leads outside the calendar.") from None
    return read.times(-1 if match["sign"] == "-" else 1)


def _read(given: Mapping[str, str]) -> Duration:
    whole = {name: int(text) for name, text in given.items() if name != "seconds"}.get
    time = timedelta(hours=whole("hours", 0), minutes=whole("minutes", 0), seconds=float(given.get("seconds", 0)))
    return Duration(whole("years", 0) * 12 + whole("months", 0), whole("weeks", 0) * 7 + whole("days", 0), time)


def turn_after(start: datetime, every: Duration, moment: datetime) -> int:
    """The number of the first turn of a cycle that comes later than `moment`; turn 0 is `start`. Raises BadTimer.

    `every` must lead forward.
    """
    late = 1
    while every.times(late).after(start) <= moment:
        late *= 2
    early = late // 2
    while early < late:
        middle = (early + late) // 2
        if every.times(middle).after(start) <= moment:
            early = middle + 1
        else:
            late = middle
    return late


def _on_the_calendar(start: datetime, much: Duration) -> datetime:
    if not much.is_nominal:
        return start
    years, month = divmod(start.year * 12 + start.month - 1 + much.months, 12)
    day = min(start.day, calendar.monthrange(years, month + 1)[1])
    return start.replace(year=years, month=month + 1, day=day, fold=0) + timedelta(days=much.days)
