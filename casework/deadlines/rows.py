"""What does a step of a case do to its deadlines?

A part of the step's one statement; nothing where the case type declares none, or none of them is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import orjson

from audit.db.sql import Part
from casework.deadlines.standing import Standing, calendar_of, calendars, standing
from casework.deadlines.stepping import Known, Step, step_of, stepped
from orchestration.casetypes.deadlines import Declared
from orchestration.deadlines.rule import events_of
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


def deadlines_kept(done: Done) -> Part | None:
    """Brings the deadlines of a case up to date with a step."""
    if not done.case_type.deadlines:
        return None
    beside = done.beside.get(BESIDE) or {}
    rows = {row["key"]: row for row in beside.get("rows", ())}
    given = beside.get("calendars") or ()
    changed = list(_changed(done, rows, cache(lambda: {c["key"]: calendar_of(c) for c in given} or calendars())))
    return (WRITE, {"deadlines": orjson.dumps(changed).decode()}) if changed else None


def _changed(done: Done, rows: Mapping[str, Any], known: Known) -> Iterator[dict[str, Any]]:
    """`known` is asked where a deadline begins or moves: only one that begins later than its case needs to ask for it
    in a statement of its own, once."""
    for declared in done.case_type.deadlines:
        row = rows.get(declared.key, {})
        before = events_of(row.get("events", ()))
        after = stepped(declared, before, _step(declared, done), known)
        if after != before:
            found = standing(declared, after, known(), bool(row.get("warned")), bool(row.get("breached")))
            yield {
                "key": declared.key, "events": [event.written() for event in after], "state": found.state,
                "due": found.due, "look": _look(found, row, done.at),
            }  # fmt: skip


def _look(found: Standing, row: Mapping[str, Any], at: datetime) -> datetime | None:
    """One that was warned of is looked at at once: it may be far off again (`watching`)."""
    return min(found.look, at) if found.look is not None and row.get("warned") else found.look


def _step(declared: Declared, done: Done) -> Step:
    completed = any(
        isinstance(event, ItemChanged) and event.target == "completed" and event.definition in declared.met_by
        for event in done.events
    )
    return step_of(declared, done.case_type, done.state, done.at, created=done.created, completed=completed)
