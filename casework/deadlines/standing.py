"""How does a deadline stand, given what happened to it? Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from casework.deadlines.models import Deadline, WorkingCalendar
from orchestration.casetypes.deadlines import STANDARD, Declared
from orchestration.deadlines.reckoning import NeverDue, Reckoned, reckon, share_used_at, timeline
from orchestration.deadlines.rule import ENDED, MET, Event
from orchestration.deadlines.work_calendar import WorkCalendar
from orchestration.ground.offices import plain_office

Calendars = Mapping[str, WorkCalendar]
OVER = (MET, ENDED)


@dataclass(frozen=True, slots=True)
class Standing:
    """`look`: when something is to be done about it; None: never. `reckoned` has the terms."""

    state: str
    due: datetime | None
    look: datetime | None
    reckoned: Reckoned


def calendar_of(row: WorkingCalendar | Mapping[str, Any]) -> WorkCalendar:
    """A row, or what the database says of it as JSON."""
    given = row if isinstance(row, Mapping) else {name: getattr(row, name) for name in FIELDS}
    closed, opened = (frozenset(date.fromisoformat(day) for day in given[name]) for name in ("closed", "opened"))
    hours = tuple(tuple((start, end) for start, end in spans) for spans in given["hours"])
    return WorkCalendar(given["key"], given["zone"], hours, given["region"], closed, opened)


FIELDS = ("key", "title", "zone", "hours", "region", "closed", "opened")


def calendars() -> dict[str, WorkCalendar]:
    return {row.key: calendar_of(row) for row in WorkingCalendar.objects.all()}


def office(key: str) -> WorkCalendar:
    """By which a timer counts that names it; the standard office where there is none of this key."""
    rows = {row.key: calendar_of(row) for row in WorkingCalendar.objects.filter(key__in=(key, STANDARD))}
    found = rows.get(key) or rows.get(STANDARD)
    return plain_office(key) if found is None else replace(found, key=key)


def with_all(known: Calendars, declared: Declared, events: Sequence[Event]) -> Calendars:
    """Where one is not known here, as a case type may come from elsewhere, the standard office stands in for it."""
    wanted = {declared.calendar, *(event.calendar for event in events if event.calendar)}
    return {**known, **{key: replace(known[STANDARD], key=key) for key in wanted - known.keys()}}


def standing(
    declared: Declared, events: Sequence[Event], known: Calendars, warned: bool = False, breached: bool = False
) -> Standing:
    """`warned`, `breached`: what has been done about it already."""
    over = next((event for event in events if event.kind in OVER), None)
    line = timeline(declared.rule, events, with_all(known, declared, events), declared.calendar)
    found = Reckoned(None)
    if line is not None:
        try:
            found = reckon(declared.rule, line)
        except NeverDue as error:
            line, found = None, Reckoned(None, never=str(error))
    due = found.due
    if over is not None:
        state = Deadline.State.ENDED if over.kind == ENDED else Deadline.State.MET
        return Standing(Deadline.State.LATE if due is not None and due < over.at else state, due, None, found)
    if due is None or line is None:
        return Standing(Deadline.State.PAUSED, None, None, found)
    moments = [] if breached else [due]
    moments += [] if warned or breached else [share_used_at(line, due, declared.escalate)]
    return Standing(Deadline.State.RUNNING, due, min(moments, default=None), found)


def comes_near_anew(
    declared: Declared, events: Sequence[Event], known: Calendars, at: datetime, *, warned: bool, breached: bool
) -> tuple[Standing, bool]:
    """How it stands, and whether it was warned of and is far off again: it comes near anew, then."""
    fresh = standing(declared, events, known, breached=breached)
    if warned and not breached and fresh.look is not None and fresh.look > at:
        return fresh, True
    return standing(declared, events, known, warned, breached), False
