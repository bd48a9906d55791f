"""Why is a deadline due then? Each term of it as a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from orchestration.deadlines.reckoning import Reckoned
from orchestration.deadlines.rule import (
    ENDED,
    EXTENDED,
    HANDED_OVER,
    MET,
    PAUSED,
    RESUMED,
    STARTED,
    Event,
    Rule,
    in_units,
)
from orchestration.deadlines.work_calendar import WorkCalendar
from orchestration.ground.counts import counted

MOST: Final = 12
"""Single days that are named; of more only their number."""


def explained(
    rule: Rule, law: str, events: Sequence[Event], calendars: Mapping[str, WorkCalendar], first: str, found: Reckoned
) -> tuple[str, ...]:
    """The terms, in order: the rule, what happened, which days did not count, how it ended."""
    return tuple(_terms(rule, law, events, calendars, first, found))


def _terms(
    rule: Rule, law: str, events: Sequence[Event], calendars: Mapping[str, WorkCalendar], first: str, found: Reckoned
) -> Iterator[str]:
    zone = ZoneInfo(calendars[first].zone)
    yield f"{rule.length}{f', by {law}' if law else ''}, in the time of {_place(zone.key)}."
    for event in sorted(events, key=lambda one: (one.kind != STARTED, one.at)):
        yield _event(rule, event, calendars, zone)
    if rule.unit not in ("hours", "working hours"):
        yield from _days(found)
    elif rule.unit == "working hours":
        yield "Only the time counts in which the office is open."
    if found.rolled is not None and found.day is not None:
        yield f"{day_words(found.rolled)} is no working day, so it ends on {day_words(found.day)}."
    if found.day is not None:
        yield "It ends when the office closes." if rule.closing else "It ends at the end of that day."
    if found.never:
        yield f"It has no end: {found.never}"
    elif found.due is None:
        yield "It stands still now, so nobody can say yet when it is due."


def _event(rule: Rule, event: Event, calendars: Mapping[str, WorkCalendar], zone: ZoneInfo) -> str:
    at, why = _moment(event.at, zone), f": {event.words}" if event.words else ""
    match event.kind:
        case k if k == STARTED:
            counts = "" if "hours" in rule.unit else "; that day is not counted"
            return f"It began on {at}{f', when {event.words}' if event.words else ''}{counts}."
        case k if k == PAUSED:
            return f"It stood still from {at}{why}."
        case k if k == RESUMED:
            return f"It went on at {at}{why}."
        case k if k == EXTENDED:
            return f"It was extended by {in_units(event.amount, rule.unit)} on {at}{why}."
        case k if k == HANDED_OVER:
            office = calendars[event.calendar]
            return f"It was handed over on {at} to the office “{office.key}” in {_place(office.zone)}{why}."
        case k if k == MET:
            return f"What it asks for was done on {at}."
        case k if k == ENDED:
            return f"The case ended on {at} without it."
    return f"{event.kind} on {at}{why}."


def _days(found: Reckoned) -> Iterator[str]:
    plain = [(day, why) for day, why in found.skipped if not why.startswith("a ") and why != "it stood still"]
    counts = Counter(why for _, why in found.skipped)
    weekends = sum(many for why, many in counts.items() if why.startswith("a "))
    if weekends:
        yield f"{counted(weekends, 'day')} on which the office never works did not count."
    if still := counts["it stood still"]:
        yield f"{counted(still, 'day')} on which it stood still did not count."
    if len(plain) > MOST:
        yield f"{len(plain)} holidays and closed days did not count."
    else:
        yield from (f"{day_words(day)} did not count: {why}." for day, why in plain)


def office_words(due: datetime, events: Sequence[Event], calendars: Mapping[str, WorkCalendar], first: str) -> str:
    """When it is due by the clock of the office whose it is now, with how that stands to the world's."""
    handed = sorted((event for event in events if event.kind == HANDED_OVER), key=lambda event: event.at)
    zone = ZoneInfo(calendars[handed[-1].calendar if handed else first].zone)
    off = f"{due.astimezone(zone):%z}"
    return f"{_moment(due, zone)} in the time of {_place(zone.key)} (UTC{off[:3]}:{off[3:]})"


def day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
