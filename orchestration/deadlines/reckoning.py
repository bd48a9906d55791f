"""When is a deadline due?

Pure. Hours run by the clock, working hours while the office is open; both stand still in a pause. Of days, the day of
the event is not counted, nor a day that a pause touches; a term of weeks, months or years ends on the day that
corresponds to the first by name or number (the last of a month that has none), later by each day that a pause touched.
From a hand-over on the other office's calendar counts: to the moment for hours, from that day on for days.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from orchestration.deadlines.rule import EXTENDED, HANDED_OVER, PAUSED, RESUMED, STARTED, Event, Rule
from orchestration.deadlines.work_calendar import DAY, WorkCalendar

FARTHEST: Final = 40 * 366
"""Days after which a calendar that leaves nothing to count is given up."""
SECOND: Final = timedelta(seconds=1)

Interval = tuple[datetime, datetime | None]


class NeverDue(ValueError):
    """The calendar has no time in which the deadline could run, or it would end after all time that can be reckoned
    with; the message says so."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, folded. `pauses` do not overlap; `offices`: from when on which calendar counts, the first at the
    start."""

    start: datetime
    amount: int
    pauses: tuple[Interval, ...]
    offices: tuple[tuple[datetime, WorkCalendar], ...]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`due`: the last moment, in UTC; None while it stands still. `day`: the last day, of what is counted in days.

    `skipped`: the days on the way that did not count, with why. `rolled`: the day on which it would have ended.
    `never`: why it has no end at all, where that is so.
    """

    due: datetime | None
    day: date | None = None
    skipped: tuple[tuple[date, str], ...] = ()
    rolled: date | None = None
    never: str = ""


def timeline(rule: Rule, events: Sequence[Event], calendars: Mapping[str, WorkCalendar], first: str) -> Timeline | None:
    """None where it has not begun. `first`: the key of the calendar by which it begins."""
    start = next((event.at for event in events if event.kind == STARTED), None)
    if start is None:
        return None
    told = sorted((event for event in events if event.kind != STARTED), key=lambda event: event.at)
    offices = [(start, calendars[first])]
    offices += [(max(one.at, start), calendars[one.calendar]) for one in told if one.kind == HANDED_OVER]
    amount = rule.amount + sum(event.amount for event in told if event.kind == EXTENDED)
    return Timeline(start, amount, tuple(_pauses(told)), tuple(offices))


def _pauses(told: Sequence[Event]) -> Iterator[Interval]:
    causes: set[str] = set()
    since: datetime | None = None
    for event in told:
        if event.kind == PAUSED:
            since = event.at if not causes else since
            causes.add(event.cause)
        elif event.kind == RESUMED and event.cause in causes:
            causes.discard(event.cause)
            if not causes and since is not None and since < event.at:
                yield since, event.at
    if causes and since is not None:
        yield since, None


def reckon(rule: Rule, line: Timeline) -> Reckoned:
    """When it is due. Raises NeverDue."""
    try:
        return _reckoned(rule, line)
    except NeverDue:
        raise
    except (OverflowError, ValueError):  # as dates and times of Python say it, which end with the year 9999
        raise NeverDue("It would lie outside of the years that can be reckoned with.") from None


def _reckoned(rule: Rule, line: Timeline) -> Reckoned:
    match rule.unit:
        case "hours":
            return Reckoned(_after(line.amount, running(line)))
        case "working hours":
            return Reckoned(_after(line.amount, _in_office_hours(line)))
        case "days" | "working days":
            return _counted(rule, line)
    return _termed(rule, line)


def running(line: Timeline) -> Iterator[Interval]:
    """From when to when it does not stand still; the last has no end, unless it stands still at the last."""
    at = line.start
    for since, until in line.pauses:
        if since > at:
            yield at, since
        if until is None:
            return
        at = max(at, until)
    yield at, None


def share_used_at(line: Timeline, due: datetime, share: float) -> datetime:
    """When this share of the time from its start to its end is used; time in a pause does not count."""
    spans = [(since, min(until or due, due)) for since, until in running(line) if since < due]
    left = sum((until - since for since, until in spans), timedelta()) * share
    for since, until in spans:
        if left <= until - since:
            return since + left
        left -= until - since
    return due


def _after(hours: int, spans: Iterator[Interval]) -> datetime | None:
    left = timedelta(hours=hours)
    for since, until in spans:
        if until is None or until - since >= left:
            return (since + left).astimezone(UTC)
        left -= until - since
    return None


def _in_office_hours(line: Timeline) -> Iterator[Interval]:
    ends = [since for since, _ in line.offices[1:]]
    for since, until in running(line):
        for (begins, calendar), handed in zip(line.offices, [*ends, None], strict=True):
            yield from _open(calendar, max(since, begins), _earlier(until, handed))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None


def _open(calendar: WorkCalendar, since: datetime, until: datetime | None) -> Iterator[Interval]:
    if until is not None and until <= since:
        return
    day, idle = calendar.local_day(since), 0
    while until is None or calendar.begins(day) < until:
        for opens, closes in calendar.spans(day):
            begins, ends = max(opens, since), closes if until is None else min(closes, until)
            if begins < ends:
                idle = 0
                yield begins, ends
        day, idle = day + DAY, idle + 1
        if idle > FARTHEST:
            raise NeverDue(f"The calendar {calendar.key} has no office hours.")


class _Days:
    """The days of a timeline, each by the calendar that counts on it."""

    def __init__(self, line: Timeline) -> None:
        self.line = line
        self.first = line.offices[0][1].local_day(line.start)
        self.starts = [calendar.local_day(since) for since, calendar in line.offices]

    def calendar(self, day: date) -> WorkCalendar:
        return self.line.offices[max(bisect_right(self.starts, day) - 1, 0)][1]

    def why_paused(self, day: date) -> str:
        calendar = self.calendar(day)
        begins, ends = calendar.begins(day), calendar.begins(day + DAY)
        touched = any(since < ends and (until is None or until > begins) for since, until in self.line.pauses)
        return "it stood still" if touched else ""

    def is_still(self, day: date) -> bool:
        """Whether it stands still from this day on, for all that is known."""
        last = self.line.pauses[-1] if self.line.pauses else None
        return last is not None and last[1] is None and self.calendar(day).begins(day + DAY) > last[0]

    def counted(self, after: date, many: int, only_working: bool, skipped: list[tuple[date, str]]) -> date | None:
        """The last of so many days that count; None where it stands still before."""
        day = after
        while many:
            day += DAY
            if self.is_still(day):
                return None
            why = self.why_paused(day) or (self.calendar(day).why_free(day) if only_working else "")
            many -= not why
            if why:
                skipped.append((day, why))
            if (day - after).days > FARTHEST + many:
                raise NeverDue(f"The calendar {self.calendar(day).key} has too few working days.")
        return day


def _counted(rule: Rule, line: Timeline) -> Reckoned:
    days, skipped = _Days(line), list[tuple[date, str]]()
    day = days.counted(days.first, line.amount, rule.unit == "working days", skipped)
    return _ended(rule, days, day, skipped)


def _termed(rule: Rule, line: Timeline) -> Reckoned:
    days, skipped = _Days(line), list[tuple[date, str]]()
    end = _corresponding(days.first, line.amount, rule.unit)
    between = (days.first + DAY * ahead for ahead in range(1, (end - days.first).days + 1))
    skipped += [(day, why) for day in between if (why := days.why_paused(day))]
    still = any(until is None for _, until in line.pauses) and days.is_still(end)
    return _ended(rule, days, None if still else days.counted(end, len(skipped), False, skipped), skipped)


def _corresponding(day: date, amount: int, unit: str) -> date:
    """The day that corresponds by name (weeks) or number (months, years)."""
    if unit == "weeks":
        return day + timedelta(weeks=amount)
    months = day.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _ended(rule: Rule, days: _Days, day: date | None, skipped: list[tuple[date, str]]) -> Reckoned:
    if day is None:
        return Reckoned(None, skipped=tuple(skipped))
    first = day
    while rule.rolls and (why := days.calendar(day).why_free(day) or days.why_paused(day)):
        if days.is_still(day):
            return Reckoned(None, skipped=tuple(skipped))
        skipped.append((day, why))
        day += DAY
        if (day - first).days > FARTHEST:
            raise NeverDue(f"The calendar {days.calendar(day).key} has no working days.")
    calendar = days.calendar(day)
    spans = list(calendar.spans(day)) if rule.closing else []
    due = spans[-1][1] if spans else calendar.begins(day + DAY) - SECOND
    return Reckoned(due, day, tuple(skipped), first if first != day else None)
