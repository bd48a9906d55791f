"""When is a timer due?

Dates, durations and repeating intervals of ISO 8601, as CMMN 5.4.10 and BPMN 10.4.5 use them: `2026-11-21T09:00:00Z`,
`PT4H`, `P1M`, `R3/PT1H`, `R/2026-11-21T09:00:00Z/P1D`. Times without an offset are UTC.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_DURATION: Final = re.compile(
    r"(?P<sign>[-+]?)P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE: Final = re.compile(r"R(?P<count>-?\d*)/(?P<rest>.+)")


class BadTimer(ValueError):
    """The text is no date, duration or repeating interval; the message says so."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a timer is next due, how often it fires again after that (None: for ever), and how much later each time."""

    due: datetime
    repeats: int | None = 0
    every: str = ""

    def next(self, now: datetime) -> Schedule | None:
        """The schedule after it fired, or None when it was the last time. Missed times are caught up one by one."""
        if not self.every or self.repeats == 0:
            return None
        left = None if self.repeats is None else self.repeats - 1
        return Schedule(later(self.due, self.every), left, self.every)


def schedule(text: str, now: datetime) -> Schedule:
    """Raises BadTimer."""
    text = text.strip()
    cycle = _CYCLE.fullmatch(text)
    if cycle is None:
        return Schedule(due(text, now))
    first, _, every = cycle["rest"].partition("/")
    if not every:
        first, every = "", first
    if not _DURATION.fullmatch(every):
        raise BadTimer(f"{text!r} is no repeating interval of ISO 8601.")
    count = int(cycle["count"]) if cycle["count"] not in ("", "-1") else None
    if count == 0:
        raise BadTimer(f"{text!r} never repeats.")
    start = due(first, now) if first else later(now, every)
    return Schedule(start, None if count is None else count - 1, every)


def due(text: str, now: datetime) -> datetime:
    """The moment that a date or a duration from now names, in UTC. Raises BadTimer."""
    if _DURATION.fullmatch(text):
        return later(now, text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadTimer(f"{text!r} is no date, duration or repeating interval of ISO 8601.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def later(moment: datetime, duration: str) -> datetime:
    """The moment a duration later. Raises BadTimer when it is none, or lies outside the calendar."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise BadTimer(f"{duration!r} is no duration of ISO 8601.")
    parts = {name: float(value) for name, value in match.groupdict().items() if value and name != "sign"}
    sign = -1 if match["sign"] == "-" else 1
    months = sign * int(parts.get("years", 0) * 12 + parts.get("months", 0))
    span = {name: sign * value for name, value in parts.items() if name not in ("years", "months")}
    try:
        return _months_later(moment, months) + timedelta(**span)
    except (OverflowError, ValueError):
        raise BadTimer(f"{duration!r} leads outside the calendar.") from None


def _months_later(moment: datetime, months: int) -> datetime:
    if months == 0:
        return moment
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(years, month + 1)[1])
    return moment.replace(year=years, month=month + 1, day=day)
