"""When is a deadline due, found by walking through time a quarter of an hour, or a day, at a time?

Written apart from `orchestration.deadlines.reckoning`, which it judges: it knows no spans and no intervals, it asks
at each tick what the clock on the wall shows, whether a pause is on, and whose office it is. All times are quarters.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from orchestration.deadlines.rule import EXTENDED, HANDED_OVER, PAUSED, RESUMED, STARTED, UNITS, Event, Rule
from orchestration.deadlines.work_calendar import WorkCalendar

TICK: Final = timedelta(minutes=15)
ZONES: Final = (
    "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana",
    "Pacific/Auckland", "UTC",
)  # fmt: skip
REGIONS: Final = ("", "DE", "DE-BY", "US-CA", "FR", "NZ", "JP")
WEEK: Final = ((540, 1020),)
OFFICES: Final = {
    f"office{n}": WorkCalendar(
        f"office{n}", ZONES[n % len(ZONES)],
        tuple(
            [
                (WEEK,) * 5 + ((), ()), ((((480, 720), (780, 1080)),) * 6) + ((),),
                ((((0, 1440),)) * 1,) * 7, ((), WEEK, WEEK, WEEK, WEEK, ((120, 180), (195, 210), (600, 900)), ()),
            ][n % 4]
        ),
        REGIONS[n % len(REGIONS)],
        frozenset({date(2026, 3, 4 + n % 20), date(2026, 10, 1 + n % 20)}),
        frozenset({date(2026, 4, 4), date(2026, 12, 25)}),
    )
    for n in range(24)
}  # fmt: skip


def random_case(seed: int) -> tuple[Rule, list[Event], str]:
    """A rule, what happened, and the first office: overlapping pauses, changes of the clock, hand-overs, extensions."""
    dice = random.Random(seed)
    unit = dice.choice(UNITS)
    amount = {"months": dice.randint(1, 5), "years": 1, "weeks": dice.randint(1, 8)}.get(unit, dice.randint(1, 40))
    rule = Rule(amount, unit, rolls=dice.random() < 0.7, closing=dice.random() < 0.3)
    start = dice.choice([datetime(2026, 3, 20), datetime(2026, 10, 15), datetime(2026, 12, 10), datetime(2026, 6, 1)])
    start = start.replace(tzinfo=UTC) + TICK * dice.randint(0, 96 * 14)
    events, length = [Event(STARTED, start)], {"hours": 1, "working hours": 9}.get(unit, 30) * amount
    for cause in range(dice.choice([0, 0, 1, 1, 2, 4])):
        since = start + TICK * dice.randint(0, 4 * max(length, 24))
        events.append(Event(PAUSED, since, cause=str(cause)))
        if dice.random() < 0.9:
            events.append(Event(RESUMED, since + TICK * dice.choice([0, 1, 7, 96, 300, 900]), cause=str(cause)))
    if dice.random() < 0.3:
        events.append(Event(EXTENDED, start + TICK * dice.randint(0, 99), amount=dice.randint(1, 6)))
    if dice.random() < 0.4:
        moment = start + TICK * dice.randint(0, 96 * 12)
        events.append(Event(HANDED_OVER, moment, calendar=dice.choice(list(OFFICES))))
    first = dice.choice(list(OFFICES))
    return rule, sorted(events, key=lambda event: (event.kind != STARTED, event.at)), first


def due(rule: Rule, events: list[Event], first: str) -> datetime | None:
    """None where a pause without an end keeps it from ever being due."""
    start, amount = events[0].at, rule.amount + sum(event.amount for event in events)
    if "hours" in rule.unit:
        return _by_ticks(rule, events, first, start, amount * 4)
    return _by_days(rule, events, first, start, amount)


def _paused(events: list[Event], tick: datetime) -> bool:
    """Whether some cause holds it in the quarter that begins now."""
    holds: dict[str, bool] = {}
    for event in events:
        if event.at <= tick and event.kind in (PAUSED, RESUMED):
            holds[event.cause] = event.kind == PAUSED
    return any(holds.values())


def _for_ever(events: list[Event]) -> datetime | None:
    """From when on it is held without end."""
    last = max((event.at for event in events), default=None)
    return last if last is not None and _paused(events, last) else None


def _office(events: list[Event], first: str, tick: datetime) -> WorkCalendar:
    found = first
    for event in events:
        if event.kind == HANDED_OVER and event.at <= tick:
            found = event.calendar
    return OFFICES[found]


def _by_ticks(rule: Rule, events: list[Event], first: str, start: datetime, left: int) -> datetime | None:
    tick, never = start, _for_ever(events)
    while True:
        if never is not None and tick >= never:
            return None
        if not _paused(events, tick) and (rule.unit == "hours" or _is_open(_office(events, first, tick), tick)):
            left -= 1
        tick += TICK
        if left == 0:
            return tick


@cache
def _opening(office: str, day: date) -> frozenset[datetime]:
    """The quarters of a day in which an office is open: from the first time that the clock shows the beginning of its
    hours (or is past it) to the first time that it shows their end."""
    calendar = OFFICES[office]
    if not _works(calendar, day):
        return frozenset()
    hours = calendar.hours[day.weekday()] or [spans for spans in calendar.hours if spans][0]
    ticks = _ticks(calendar.zone, day)
    found: set[datetime] = set()
    for opens, closes in hours:
        reached, over = False, False
        for tick in ticks:
            local = tick.astimezone(ZoneInfo(calendar.zone))
            shown = local.hour * 60 + local.minute
            reached, over = reached or shown >= opens, over or shown >= closes
            if reached and not over:
                found.add(tick)
    return frozenset(found)


@cache
def _ticks(zone: str, day: date) -> tuple[datetime, ...]:
    """The quarters of a local day, from the first one of it on to the first one of the next day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = [noon + TICK * step for step in range(-4 * 40, 4 * 40)]
    dates = [tick.astimezone(ZoneInfo(zone)).date() for tick in around]
    begins = next(place for place, local in enumerate(dates) if local >= day)
    ends = next(place for place, local in enumerate(dates) if local > day)
    return tuple(around[begins:ends])


def _is_open(calendar: WorkCalendar, tick: datetime) -> bool:
    day = tick.astimezone(ZoneInfo(calendar.zone)).date()
    return any(tick in _opening(calendar.key, near) for near in (day, day - timedelta(days=1), day + timedelta(days=1)))


@cache
def _known(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=[year])) if region else frozenset()


def _works(calendar: WorkCalendar, day: date) -> bool:
    if day in calendar.opened:
        return True
    usual = len(calendar.hours[day.weekday()]) > 0
    return usual and day not in calendar.closed and day not in _known(calendar.region, day.year)


def _by_days(rule: Rule, events: list[Event], first: str, start: datetime, amount: int) -> datetime | None:
    day = start.astimezone(ZoneInfo(OFFICES[first].zone)).date()
    never = _for_ever(events)
    last = _named(day, amount, rule.unit)
    owed = amount if last is None else 0
    while True:
        day = date.fromordinal(day.toordinal() + 1)
        calendar = _office_on(events, first, day)
        held = any(_paused(events, tick) for tick in _near(events, calendar, day))
        if never is not None and held and _ticks(calendar.zone, day)[-1] >= never:
            return None
        if last is not None and day <= last:
            owed += held
            if day < last or owed:
                continue
        elif not held and (rule.unit != "working days" or _works(calendar, day)):
            owed -= 1
        if owed > 0:
            continue
        if rule.rolls and (held or not _works(calendar, day)):
            owed = 0
            continue
        open_then = sorted(_opening(calendar.key, day)) if rule.closing else []
        return open_then[-1] + TICK if open_then else _ticks(calendar.zone, day)[-1] + TICK - timedelta(seconds=1)


def _near(events: list[Event], calendar: WorkCalendar, day: date) -> tuple[datetime, ...]:
    """The quarters of a day at which a pause may begin or be on: all, unless nothing changes in it."""
    ticks = _ticks(calendar.zone, day)
    changes = any(ticks[0] <= event.at <= ticks[-1] for event in events)
    return ticks if changes else ticks[:1]


def _office_on(events: list[Event], first: str, day: date) -> WorkCalendar:
    found = OFFICES[first]
    for event in events:
        if event.kind == HANDED_OVER:
            other = OFFICES[event.calendar]
            if event.at.astimezone(ZoneInfo(other.zone)).date() <= day:
                found = other
    return found


def _named(day: date, amount: int, unit: str) -> date | None:
    """The day that corresponds, found by walking; None for what is counted day by day."""
    if unit not in ("weeks", "months", "years"):
        return None
    if unit == "weeks":
        return date.fromordinal(day.toordinal() + 7 * amount)
    left, walk = amount * (12 if unit == "years" else 1), day
    while left:
        walk = date.fromordinal(walk.toordinal() + 1)
        left -= walk.day == 1
    while walk.day != day.day and (walk + timedelta(days=1)).day != 1:
        walk += timedelta(days=1)
    return walk
