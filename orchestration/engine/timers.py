"""When is a timer due?

Dates, durations and repeating intervals of ISO 8601, as CMMN 5.4.2 and BPMN 10.4.5 use them: `2026-11-21T09:00:00Z`,
`PT4H`, `P1M`, `R3/PT1H`, `R/2026-11-21T09:00:00Z/P1D`. Cycles may be cron expressions too (`cron`), and may have an
end: `R/PT1H until 2027-01-01`, which ISO 8601 writes `R/PT1H/2027-01-01`; or their interval has a start and an end:
`R3/2027-01-01/2027-01-02`. Times without an offset are UTC.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from orchestration.engine.cron import BadCron, cron, looks_like_cron

_UNTIL: Final = " until "
_DURATION: Final = re.compile(
    r"(?P<sign>[-+]?)P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE: Final = re.compile(r"R(?P<count>-?\d*)/(?P<rest>.+)")


class BadTimer(ValueError):
    """The text is no date, duration or repeating interval; the message says so."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a timer is next due, how often it fires again after that (None: for ever), and how much later each time.

    `every` is a duration or a cron expression, perhaps with its end (`PT1H until 2027-01-01T00:00:00+00:00`).
    """

    due: datetime
    repeats: int | None = 0
    every: str = ""

    def next(self, now: datetime) -> Schedule | None:
        """The schedule after it fired, or None when it was the last time. Missed times are caught up one by one."""
        if not self.every or self.repeats == 0:
            return None
        every, _, end = self.every.partition(_UNTIL)
        try:
            again = later(self.due, every)
        except BadTimer:
            return None
        if end and again > due(end, now):
            return None
        return Schedule(again, None if self.repeats is None else self.repeats - 1, self.every)


def schedule(text: str, now: datetime) -> Schedule:
    """Raises BadTimer."""
    text, _, end = text.strip().partition(_UNTIL)
    cycle = _CYCLE.fullmatch(text)
    if cycle is None and looks_like_cron(text):
        return _ending(Schedule(later(now, text), None, text), end, now)
    if cycle is None:
        return Schedule(due(text, now))
    first, _, every = cycle["rest"].rpartition("/")
    if _DURATION.fullmatch(first):
        first, every, end = "", first, every
    elif first and not _DURATION.fullmatch(every):
        every = _between(due(first, now), due(every, now))
    if not _DURATION.fullmatch(every):
        raise BadTimer(f"{text!r} is no repeating interval of ISO 8601.")
    count = int(cycle["count"]) if cycle["count"] not in ("", "-1") else None
    if count == 0:
        raise BadTimer(f"{text!r} never repeats.")
    start = due(first, now) if first else later(now, every)
    if later(start, every) <= start:
        raise BadTimer(f"{text!r} never moves on.")
    return _ending(Schedule(start, None if count is None else count - 1, every), end, now)


def _between(start: datetime, end: datetime) -> str:
    """The duration of an interval that is given by its start and its end."""
    return f"PT{max(end - start, timedelta()).total_seconds():f}S"


def _ending(plan: Schedule, end: str, now: datetime) -> Schedule:
    """The plan with its end, if it has one. Raises BadTimer where that is before the first time."""
    if not end:
        return plan
    last = due(end.strip(), now)
    if last < plan.due:
        raise BadTimer(f"The cycle would end at {end.strip()}, before it begins.")
    return replace(plan, every=f"{plan.every}{_UNTIL}{last.isoformat()}")


def due(text: str, now: datetime) -> datetime:
    """The moment that a date or a duration from now names, in UTC. Raises BadTimer."""
    if _DURATION.fullmatch(text):
        return later(now, text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadTimer(
            f"{text!r} is no date, duration or repeating interval of ISO 8601, and no cron expression."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def later(moment: datetime, duration: str) -> datetime:
    """The moment a duration later, or the next one of a cron expression.

    Raises BadTimer when it is neither, or lies outside the calendar.
    """
    duration = duration.partition(_UNTIL)[0]
    if looks_like_cron(duration):
        return _next(moment, duration)
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


def _next(moment: datetime, text: str) -> datetime:
    try:
        found = cron(text).next(moment)
    except BadCron as error:
        raise BadTimer(str(error)) from None
    if found is None:
        raise BadTimer(f"{text!r} never comes true again.")
    return found


def _months_later(moment: datetime, months: int) -> datetime:
    if months == 0:
        return moment
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(years, month + 1)[1])
    return moment.replace(year=years, month=month + 1, day=day)
