"""When is a timer due?

Dates, durations and repeating intervals of ISO 8601, as CMMN 5.4.2 and BPMN 10.4.5 use them: `2026-11-21T09:00:00Z`,
`PT4H`, `P1M`, `R3/PT1H`, `R/2026-11-21T09:00:00@Europe/Paris/P1D`. Cycles may be cron expressions too (`cron`), and may
have an end: `R/PT1H until 2027-01-01`, which ISO 8601 writes `R/PT1H/2027-01-01`; or their interval has a start and an
end: `R3/2027-01-01/2027-01-02`. `P2D by office` counts by a calendar (`office_time`). Times without an offset or a zone
are UTC (`moments`).

Two limits keep a cycle from filling the history: it fires at most once in `Limits.least_period`, and where more of its
moments were missed than `Limits.most_made_up` it goes on from now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from orchestration.engine.cron import BadCron, cron, looks_like_cron
from orchestration.engine.limits import DEFAULT, Limits
from orchestration.engine.moments import BadTimer, in_utc, moment, short, written
from orchestration.engine.office_time import counted
from orchestration.engine.recurrence import Duration, duration, is_duration, turn_after

Json = Any

__all__ = ["BadTimer", "Schedule", "due", "kept", "later", "period", "schedule"]

_FROM: Final = " from "
_UNTIL: Final = " until "
_CYCLE: Final = re.compile(r"R(?P<count>-?\d{0,18})/(?P<rest>.+)", re.ASCII)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a timer is next due, how often it fires again after that (None: for ever), and how much later each time.

    `every` is a duration or a cron expression, perhaps with the moment that it counts from, where its length depends on
    the calendar, and its end: `P1D from 2026-01-02T10:00:00+01:00[Europe/Paris] until 2027-01-01T00:00:00+00:00`.
    `made_up`: how many missed moments in a row were made up before this one. `passed_over`: moments between the last
    one and this one were missed and are not made up.
    """

    due: datetime
    repeats: int | None = 0
    every: str = ""
    made_up: int = 0
    passed_over: bool = False

    def next(self, now: datetime, limits: Limits = DEFAULT) -> Schedule | None:
        """The schedule after it fired, or None when it was the last time.

        Missed moments are made up one by one, `most_made_up` of them; then it goes on with the next one from now.
        """
        if not self.every or self.repeats == 0:
            return None
        rest, _, end = self.every.partition(_UNTIL)
        try:
            found = self._following(rest, now, limits)
        except BadTimer:
            return None
        return None if found is None or (end and found.due > due(end, now)) else found

    def _following(self, text: str, now: datetime, limits: Limits) -> Schedule | None:
        one, ahead = self._turns(text, now, limits)
        if one > now:
            return replace(self, due=one, repeats=_less(self.repeats, 1), made_up=0, passed_over=False)
        if self.made_up < limits.most_made_up:
            return replace(self, due=one, repeats=_less(self.repeats, 1), made_up=self.made_up + 1, passed_over=False)
        later, missed = ahead()
        left = _less(self.repeats, 1 + missed)
        if left is not None and left < 0:
            return None
        return replace(self, due=later, repeats=left, made_up=0, passed_over=True)

    def _turns(self, text: str, now: datetime, limits: Limits) -> tuple[datetime, Callable[[], tuple[datetime, int]]]:
        """The moment after this one, and how to find the first after now with the number of those between them."""
        if looks_like_cron(text):
            pause = max(limits.least_period - _SECOND, timedelta())
            return _next(self.due + pause, text), lambda: (_next(now, text), 0)
        length, _, start = text.partition(_FROM)
        every = _slowed(duration(length), self.due, limits)
        begun = moment(start) if start and every.is_nominal else self.due
        turn = turn_after(begun, every, self.due)

        def ahead() -> tuple[datetime, int]:
            later = turn_after(begun, every, now)
            return every.times(later).after(begun), later - turn

        return every.times(turn).after(begun), ahead


def _less(repeats: int | None, many: int) -> int | None:
    return None if repeats is None else repeats - many


def schedule(text: str, now: datetime, limits: Limits = DEFAULT) -> Schedule:
    """The plan of a date, a duration or a cycle that is set at `now`. Raises BadTimer."""
    if (moment_of_office := counted(text, now, limits)) is not None:
        return Schedule(moment_of_office)
    text, _, end = text.strip().partition(_UNTIL)
    cycle = _CYCLE.fullmatch(text)
    if cycle is None and looks_like_cron(text):
        return _ending(Schedule(_next(now, text), None, text), end, now)
    if cycle is None:
        return Schedule(due(text, now))
    count = int(cycle["count"]) if cycle["count"] not in ("", "-", "-1") else None
    if count is not None and count < 1:
        raise BadTimer(f"{short(text)} never repeats.")
    first, every, last = _interval(cycle["rest"], text)
    return _ending(_cycle(text, count, first, every, now, limits), end or last, now)


def _cycle(text: str, count: int | None, first: str, every: str, now: datetime, limits: Limits) -> Schedule:
    """A cycle that begins at `first`, or a turn from now."""
    begun, length = (moment(first) if first else now), duration(every)
    if length.after(begun) <= in_utc(begun):
        raise BadTimer(f"{short(text)} never moves on.")
    start = in_utc(begun) if first else _slowed(length, begun, limits).after(begun)
    said = f"{every}{_FROM}{written(begun)}" if length.is_nominal else every
    return Schedule(start, None if count is None else count - 1, said)


def kept(plan: Schedule) -> dict[str, Json]:
    """What is noted beside a plan whose moments were missed; nothing where none was."""
    noted = {"made_up": plan.made_up, "passed_over": plan.passed_over}
    return {name: value for name, value in noted.items() if value}


def period(text: str, now: datetime) -> timedelta | None:
    """How much time lies between the first two moments of a cycle; None for what is none. Raises BadTimer."""
    plan = schedule(text, now, Limits(timedelta()))
    again = plan.next(plan.due, Limits(timedelta()))
    return None if again is None else again.due - plan.due


def _interval(rest: str, text: str) -> tuple[str, str, str]:
    """The start ("": now), the duration and the end ("": none) of an interval. Names of zones may have slashes."""
    if is_duration(rest):
        return "", rest, ""
    for left, right in _halves(rest):
        if is_duration(left) and _is_moment(right):
            return "", left, right
        if _is_moment(left) and is_duration(right):
            return left, right, ""
        if _is_moment(left) and _is_moment(right):
            return left, _between(moment(left), moment(right)), ""
    raise BadTimer(f"{short(text)} is no repeating interval of ISO 8601.")


def _halves(text: str) -> Iterator[tuple[str, str]]:
    return ((text[:place], text[place + 1 :]) for place, sign in enumerate(text) if sign == "/")


def _between(start: datetime, end: datetime) -> str:
    """The duration of an interval that is given by its start and its end."""
    return f"PT{max(in_utc(end) - in_utc(start), timedelta()).total_seconds():f}S"


def _ending(plan: Schedule, end: str, now: datetime) -> Schedule:
    """The plan with its end, if it has one. Raises BadTimer where that is before the first time."""
    if not end:
        return plan
    last = due(end.strip(), now)
    if last < plan.due:
        raise BadTimer(f"The cycle would end at {short(end.strip())}, before it begins.")
    return replace(plan, every=f"{plan.every}{_UNTIL}{last.isoformat()}")


def due(text: str, now: datetime) -> datetime:
    """The moment that a date or a duration from now names, in UTC. Raises BadTimer."""
    if is_duration(text):
        return duration(text).after(now)
    return in_utc(moment(text))


def later(moment: datetime, text: str) -> datetime:
    """The moment a duration later, or the next one of a cron expression, in UTC. Raises BadTimer."""
    return _next(moment, text) if looks_like_cron(text) else duration(text).after(moment)


def _slowed(every: Duration, start: datetime, limits: Limits) -> Duration:
    """No shorter than a cycle may be."""
    return Duration(0, 0, limits.least_period) if every.after(start) - start < limits.least_period else every


def _next(after: datetime, text: str) -> datetime:
    try:
        found = cron(text).next(after)
    except BadCron as error:
        raise BadTimer(str(error)) from None
    if found is None:
        raise BadTimer(f"{short(text)} never comes true again.")
    return found


def _is_moment(text: str) -> bool:
    try:
        moment(text)
    except BadTimer:
        return False
    return True
