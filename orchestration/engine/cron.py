"""When does a cron expression next come true?

The cycles of Flowable and Camunda 7 (Quartz: seconds first, six or seven fields, `?`, `L`, `W`, `#`) and of Zeebe
(Spring: six fields, or a macro such as `@daily`). Five fields are those of Unix, without seconds. Times are UTC. Own
code, because it is short: libraries read Unix's five fields first, and Quartz counts the days of the week from Sunday
as 1 where Spring and Unix count from 0. Which is meant shows in the text (`reads_quartz`), or in whose file it is
(`as_quartz`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

MACROS: Final = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS: Final = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
_LAST_YEAR: Final = 2099
_PART: Final = re.compile(r"(\*|\?|[A-Z]+|\d+)(?:-([A-Z]+|\d+))?(?:/(\d+))?")
_DAY_OF: Final = re.compile(r"([A-Z]{3}|\d)(?:L|#([1-5]))")


class BadCron(ValueError):
    """The text is no cron expression; the message says so."""


Day = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Cron:
    """Seconds, minutes and hours that fit, in order; whether a day fits; the years that fit (empty: any)."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    day: Day
    years: frozenset[int]

    def matches(self, moment: datetime) -> bool:
        clock = moment.second in self.seconds and moment.minute in self.minutes and moment.hour in self.hours
        return clock and moment.microsecond == 0 and self._fits(moment)

    def next(self, after: datetime) -> datetime | None:
        """The first moment, in UTC, that is later and fits; None where there is none before 2100."""
        start = after.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day = start.replace(hour=0, minute=0, second=0)
        while day.year <= _LAST_YEAR:
            if day.month not in self.months:
                day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
            elif self._fits(day) and (found := self._in_day(day, start)) is not None:
                return found
            else:
                day += timedelta(days=1)
        return None

    def _fits(self, day: datetime) -> bool:
        return day.month in self.months and (not self.years or day.year in self.years) and self.day(day)

    def _in_day(self, day: datetime, start: datetime) -> datetime | None:
        for hour in self.hours:
            if day + timedelta(hours=hour + 1) <= start:
                continue
            for minute in self.minutes:
                if day + timedelta(hours=hour, minutes=minute + 1) <= start:
                    continue
                for second in self.seconds:
                    moment = day + timedelta(hours=hour, minutes=minute, seconds=second)
                    if moment >= start:
                        return moment
        return None


@lru_cache(maxsize=256)
def cron(text: str) -> Cron:
    """Raises BadCron."""
    fields = MACROS.get(text.strip().lower(), text).upper().split()
    quartz, either = reads_quartz(fields), len(fields) == 5
    if either:
        fields = ["0", *fields]
    if len(fields) not in (6, 7):
        raise BadCron(f"{text!r} is no cron expression: it has {len(fields)} fields, not 5, 6 or 7.")
    try:
        return Cron(
            _numbers(fields[0], 0, 59),
            _numbers(fields[1], 0, 59),
            _numbers(fields[2], 0, 23),
            frozenset(_numbers(fields[4], 1, 12, _MONTHS)),
            _day(fields[3], fields[5], quartz, either),
            frozenset(_numbers(fields[6], 1970, _LAST_YEAR)) if fields[6:] not in ([], ["*"]) else frozenset(),
        )
    except ValueError as error:
        raise BadCron(f"{text!r} is no cron expression: {error}.") from None


def looks_like_cron(text: str) -> bool:
    return text.strip().lower() in MACROS or len(text.split()) in (5, 6, 7)


def reads_quartz(fields: list[str]) -> bool:
    """Whether the days of the week are Quartz's (1 is Sunday): Quartz asks for a `?`, or has a field for the year."""
    return len(fields) == 7 or "?" in fields[3:6]


def as_quartz(text: str) -> str:
    """Six fields out of a file whose engine reads them as Quartz does, so that they show it."""
    fields = text.split()
    if len(fields) == 6 and "?" not in fields[3:] and "*" in (fields[3], fields[5]):
        fields[3 if fields[3] == "*" else 5] = "?"
        return " ".join(fields)
    return text


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    """The values of a field: `*`, `5`, `1-5`, `MON-FRI`, `0/15`, `*/10`, and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is not understood")
        first, last, every = match.groups()
        start = low if first in "*?" else _number(first, names)
        stop = _number(last, names) if last else high if first in "*?" or every else start
        if not (low <= start <= high and low <= stop <= high) or every == "0":
            raise ValueError(f"{part!r} is not between {low} and {high}")
        values = range(start, stop + 1) if start <= stop else [*range(start, high + 1), *range(low, stop + 1)]
        found.update(values[:: int(every or 1)])
    return tuple(sorted(found))


def _number(text: str, names: dict[str, int] | None) -> int:
    if text.isdigit():
        return int(text)
    if names is None or text not in names:
        raise ValueError(f"{text!r} is not understood")
    return names[text]


# -- days: of the month, of the week, or both


def _day(month_field: str, week_field: str, quartz: bool, either: bool) -> Day:
    """Where both fields say something, a day has to fit both; with `either` (Unix) one of them."""
    of_month = None if month_field in "*?" else _day_of_month(month_field)
    of_week = None if week_field in "*?" else _day_of_week(week_field, quartz)
    if of_month is None or of_week is None:
        return of_month or of_week or (lambda day: True)
    if either:
        return lambda day: of_month(day) or of_week(day)
    return lambda day: of_month(day) and of_week(day)


def _day_of_month(field: str) -> Day:
    if field == "L":
        return lambda day: day.day == _length(day)
    if field == "LW":
        return lambda day: day.day == _nearest_weekday(day, _length(day))
    if field.startswith("L-") and field[2:].isdigit():
        return lambda day: day.day == _length(day) - int(field[2:])
    if field.endswith("W") and field[:-1].isdigit() and 1 <= int(field[:-1]) <= 31:
        wanted = int(field[:-1])
        return lambda day: wanted <= _length(day) and day.day == _nearest_weekday(day, wanted)
    numbers = _numbers(field, 1, 31)
    return lambda day: day.day in numbers


def _day_of_week(field: str, quartz: bool) -> Day:
    """Days of the week; `6L`: the last one of the month, `6#3`: the third one."""
    special = _DAY_OF.fullmatch(field)
    if special is not None:
        wanted = _week_day(special[1], quartz)
        if special[2] is None:
            return lambda day: _of_week(day) == wanted and day.day > _length(day) - 7
        place = int(special[2])
        return lambda day: _of_week(day) == wanted and (day.day - 1) // 7 + 1 == place
    shift = 1 if quartz else 0
    names = {name: number + shift for name, number in _DAYS.items()}
    numbers = {(number - shift) % 7 for number in _numbers(field, shift, 7, names)}
    return lambda day: _of_week(day) in numbers


def _week_day(text: str, quartz: bool) -> int:
    if text in _DAYS:
        return _DAYS[text]
    number = _number(text, None) - (1 if quartz else 0)
    if not 0 <= number <= 7:
        raise ValueError(f"{text!r} is no day of the week")
    return number % 7


def _of_week(day: datetime) -> int:
    return day.isoweekday() % 7


def _length(day: datetime) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: datetime, wanted: int) -> int:
    """The working day of the same month that is nearest to a day of it."""
    week_day = day.replace(day=wanted).isoweekday()
    if week_day == 6:
        return wanted - 1 if wanted > 1 else wanted + 2
    if week_day == 7:
        return wanted + 1 if wanted < _length(day) else wanted - 2
    return wanted
