"""What does a step of a case do to its deadlines?

A part of the step's one statement; nothing where the case type declares none, or none of them is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from audit.db.sql import Part
from casework.deadlines.standing import Calendars, calendar_of, calendars, standing, with_all
from casework.forms.answer_validation import at_path
from orchestration.casetypes.deadlines import SUSPENDED, Declared
from orchestration.deadlines.rule import ENDED, MET, PAUSED, RESUMED, STARTED, Event, events_of
from orchestration.ground.years import reckonable
from orchestration.shell.services import Done
from orchestration.view.events import ItemChanged

BESIDE: Final = "deadlines"
READ_BESIDE: Final = """
select json_build_object('rows', json_agg(d), 'calendars', (select json_agg(c) from casework_workingcalendar c))
from casework_deadline d where d.instance_id = %(instance)s having count(*) > 0"""
READ_FIRST: Final = "select json_build_object('calendars', (select json_agg(c) from casework_workingcalendar c))"
WRITE: Final = """
deadline as (
    insert into casework_deadline (instance_id, key, events, state, due, look)
    select %(instance)s, d.key, d.events, d.state, d.due, d.look
    from jsonb_to_recordset(%(deadlines)s::jsonb)
         as d(key text, events jsonb, state text, due timestamptz, look timestamptz)
    on conflict (instance_id, key) do update
    set events = excluded.events, state = excluded.state, due = excluded.due, look = excluded.look)"""
MIDDAY: Final = time(12)
Known = Callable[[], Calendars]


def deadlines_kept(done: Done) -> Part | None:
    """Brings the deadlines of a case up to date with a step."""
    if not done.case_type.deadlines:
        return None
    beside = done.beside.get(BESIDE) or {}
    rows = {row["key"]: row for row in beside.get("rows", ())}
    given = {one["key"]: calendar_of(one) for one in beside.get("calendars") or ()}
    changed = list(_changed(done, rows, cache(lambda: given or calendars())))
    return (WRITE, {"deadlines": orjson.dumps(changed).decode()}) if changed else None


def _changed(done: Done, rows: Mapping[str, Any], known: Known) -> Iterator[dict[str, Any]]:
    """`known` is asked where a deadline begins or moves: only one that begins later than its case needs to ask for it
    in a statement of its own, once."""
    for declared in done.case_type.deadlines:
        row = rows.get(declared.key, {})
        before = events_of(row.get("events", ()))
        after = stepped(declared, before, done, known)
        if after != before:
            found = standing(declared, after, known(), bool(row.get("warned")), bool(row.get("breached")))
            yield {
                "key": declared.key, "events": [event.written() for event in after], "state": found.state,
                "due": found.due, "look": found.look,
            }  # fmt: skip


def stepped(declared: Declared, before: tuple[Event, ...], done: Done, known: Known) -> tuple[Event, ...]:
    """What has happened to it with this step; empty where it has not begun."""
    events = list(_started(declared, before, done, known))
    if not events or any(event.kind in (MET, ENDED) for event in events):
        return tuple(events)
    events += _pauses(declared, events, done)
    if _is_met(declared, done) or (done.ended and not declared.met_by):
        events.append(Event(MET, done.at))
    elif done.ended:
        events.append(Event(ENDED, done.at))
    return tuple(events)


def _started(declared: Declared, before: tuple[Event, ...], done: Done, known: Known) -> Iterator[Event]:
    """Where its date was corrected, it begins on the right one."""
    rest = [event for event in before if event.kind != STARTED]
    begun = next((event for event in before if event.kind == STARTED), None)
    opened = Event(STARTED, done.at, words="the case was opened")
    if not declared.starts:
        yield begun or opened
    else:
        said = moment_of(at_path(done.state.root.variables, declared.starts), declared, known)
        if said is not None and (begun is None or begun.at != said):
            begun = Event(STARTED, said, words=f"“{declared.starts}” says so")
        if begun is None and declared.or_opened and done.created:
            begun = opened
        if begun is not None:
            yield begun
    yield from rest


def moment_of(value: object, declared: Declared, known: Known) -> datetime | None:
    """A date or a time of the data; a date is meant in the time of the office, and has no hour. None as well where it
    lies in a year with which nothing can be reckoned."""
    if not reckonable(str(value)):
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    zone = ZoneInfo(with_all(known(), declared, ())[declared.calendar].zone)
    wall = datetime.combine(found.date(), MIDDAY) if len(str(value)) <= len("2026-01-01") else found
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _pauses(declared: Declared, events: list[Event], done: Done) -> Iterator[Event]:
    open_now = {item.node for item in done.state.items.values() if item.state == "active"}
    for cause in declared.paused_while:
        holds = done.state.root.state == "suspended" if cause == SUSPENDED else cause in open_now
        said = next((event.kind for event in reversed(events) if event.cause == cause), RESUMED)
        if holds != (said == PAUSED):
            yield Event(PAUSED if holds else RESUMED, done.at, cause, words=_why(done, cause) if holds else "")


def _why(done: Done, cause: str) -> str:
    if cause == SUSPENDED:
        return "the case was suspended"
    models = (*done.case_type.library.cases.values(), *done.case_type.library.processes.values())
    names = (model.nodes[cause].name for model in models if cause in model.nodes)
    return f"“{next(names, '') or cause}” was open"


def _is_met(declared: Declared, done: Done) -> bool:
    return any(
        isinstance(event, ItemChanged) and event.target == "completed" and event.definition in declared.met_by
        for event in done.events
    )
