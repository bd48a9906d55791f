"""Are the deadlines of a case what its history leads to?

Each step, each look by the clock and each change by a person is taken again from the history, with the calendars of
then out of the control chain. Where a case is gone on with from the middle, and its beginning was read by a version
that did not look at this, it is left to a whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import psycopg

from audit.reading import Row
from audit.sealed_values import opened_value, read
from casework.deadlines.changing import KINDS
from casework.deadlines.standing import Calendars, Standing, calendar_of, standing
from casework.deadlines.stepping import Step, step_of, stepped
from casework.deadlines.verification import OFFICE
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.casetypes.deadlines import Declared
from orchestration.deadlines.rule import BY_HAND, Event, events_of
from orchestration.models import Definition
from orchestration.shell.verification.cases import BROKEN, Case, with_every_verification
from orchestration.shell.verification.told import Told, on_event, on_fact, on_step
from orchestration.view.events import InstanceStarted, ItemChanged

ROWS: Final = """
select instance_id, key, events::text, state, due, warned, breached, look
from casework_deadline where instance_id = any(%s)
"""
CALENDARS: Final = """
select e.at, p.body from audit_auditevent e join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = 0 and e.action = 'calendar.changed' order by e.sequence
"""
COURSE: Final = "deadlines"
"""What happened to the deadlines, in its order: steps, looks and changes."""
COMPLETED: Final = "completed"
"""What the step that is being read has completed."""


# --- what the history tells


def _begun(told: Told, event: InstanceStarted, at: datetime) -> None:
    if event.parent is None:
        told.notes.setdefault(COURSE, [])


def _completed(told: Told, event: ItemChanged, at: datetime) -> None:
    if event.target == "completed":
        told.notes.setdefault(COMPLETED, []).append(event.definition)


def _step_over(told: Told) -> None:
    completed, course = told.notes.pop(COMPLETED, ()), told.notes.get(COURSE)
    if course is None or told.stepped is None or (case_type := _followed(told)) is None:
        return
    created = not course
    for declared in case_type.deadlines:
        met = not declared.met_by.isdisjoint(completed)
        step = step_of(declared, case_type, told.state, told.stepped, created=created, completed=met)
        if created or met or _says(step) != _says_last(course, declared.key):
            course.append(["step", declared.key, step.at, created, step.ended, met, step.said, dict(step.holding)])


def _says(step: Step) -> tuple[Any, ...]:
    return step.ended, step.said, dict(step.holding)


def _says_last(course: Sequence[list[Any]], key: str) -> tuple[Any, ...]:
    _, _, _, _, ended, _, said, holding = next(one for one in reversed(course) if one[:2] == ["step", key])
    return ended, said, holding


def _followed(told: Told) -> CaseType | None:
    """None where the version cannot be read, which is a fault of its own."""
    try:
        return by_definition(told.version)
    except (Faulty, Definition.DoesNotExist, *BROKEN):
        return None


def _looked(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes.get(COURSE, []).append([link[2].removeprefix("deadline."), detail["deadline"], link[6]])


def _changed(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    kind, amount, calendar = KINDS[detail["wish"]], detail.get("amount"), detail.get("calendar")
    told.notes.get(COURSE, []).append(
        ["changed", detail["deadline"], link[6], kind, amount, calendar, detail["reason"], detail.get("anew", False)]
    )  # fmt: skip


# --- what is held against it


@dataclass(slots=True)
class _Course:
    """What has become of one deadline. `at`: when its row was written last."""

    at: datetime
    events: tuple[Event, ...] = ()
    warned: datetime | None = None
    breached: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Offices:
    """The calendars at any time: as they came, then after each change."""

    known: list[tuple[datetime, Calendars]] = field(
        default_factory=lambda: [(datetime.min.replace(tzinfo=UTC), {OFFICE["key"]: calendar_of(OFFICE)})]
    )

    def at(self, moment: datetime) -> Calendars:
        return next(known for at, known in reversed(self.known) if at <= moment)

    def now(self) -> Calendars:
        return self.known[-1][1]


def deadlines_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each deadline that is not what the history leads to."""
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for number, key, *row in cursor.execute(ROWS, [list(cases)]).fetchall():
        found.setdefault(number, {})[key] = tuple(row)
    told = {number: case for number, case in cases.items() if number in found or case.told.notes.get(COURSE)}
    offices = _offices(cursor) if told else _Offices()
    for number, case in told.items():
        if case.known and COURSE not in case.told.notes:
            continue
        for sentence in _apart(case, found.get(number, {}), offices):
            yield number, sentence


def _offices(cursor: psycopg.Cursor[Any]) -> _Offices:
    found = _Offices()
    for at, body in cursor.execute(CALENDARS, binary=True).fetchall():
        changed = calendar_of(read(body))
        found.known.append((at, {**found.now(), changed.key: changed}))
    return found


def _apart(case: Case, rows: Mapping[str, tuple[Any, ...]], offices: _Offices) -> Iterator[str]:
    courses: dict[str, _Course] = {}
    declared = {one.key: one for one in by_definition(case.stored.definition).deadlines}
    kept = {key: _kept(row[0]) for key, row in rows.items()}
    for one in case.told.notes.get(COURSE, ()):
        _follow(courses, declared[one[1]], one, kept.get(one[1], ()), offices)
    wanted = {key: course for key, course in courses.items() if course.events}
    for key in sorted(wanted.keys() | rows.keys()):
        if key not in rows:
            yield f"the deadline {key} runs in the history, but has no row"
        elif key not in wanted:
            yield f"the deadline {key} has a row, but the history does not know it"
        else:
            yield from _row_apart(declared[key], wanted[key], kept[key], rows[key][1:], offices)


def _kept(events: str) -> tuple[Event, ...]:
    """Nothing where it is rubbish."""
    try:
        return events_of(opened_value(orjson.loads(events)))
    except BROKEN:
        return ()


def _follow(
    courses: dict[str, _Course], declared: Declared, told: list[Any], kept: Sequence[Event], offices: _Offices
) -> None:
    """Take in the next thing that happened to it."""
    what, key, at, *rest = told
    course = courses.setdefault(key, _Course(at))
    before = course.events
    match what:
        case "step":
            course.events = stepped(declared, before, Step(at, *rest), lambda: offices.at(at))
        case "changed":
            course.events = (*before, _by_hand(at, rest[:4], kept))
            course.warned = None if rest[4:] == [True] else course.warned
        case "warned":
            course.warned = at
        case "anew":
            course.warned = None
        case "breached":
            course.breached = at
    if what != "step" or course.events != before:
        course.at = at


def _by_hand(at: datetime, rest: list[Any], kept: Sequence[Event]) -> Event:
    """How much, and to whose calendar, histories did not say at first: then what is kept is gone by."""
    kind, amount, calendar, words = rest
    if amount is None:
        same = next((one for one in kept if (one.kind, one.at) == (kind, at)), Event(kind, at))
        amount, calendar = same.amount, same.calendar
    return Event(kind, at, BY_HAND, amount, calendar, words)


def _row_apart(
    declared: Declared, course: _Course, kept: tuple[Event, ...], row: tuple[Any, ...], offices: _Offices
) -> Iterator[str]:
    state, due, warned, breached, look = row
    if kept != course.events:
        yield f"what happened to the deadline {declared.key} is not what the history tells"
    if (warned, breached) != (course.warned, course.breached):
        yield f"the deadline {declared.key} was not warned of or missed when its row says"
    ways = (
        standing(declared, course.events, known, bool(course.warned), bool(course.breached))
        for known in (offices.at(course.at), offices.now())
    )
    if not any(_stands(found, state, due, look) for found in ways):
        yield f"the deadline {declared.key} is not due when the history says, or is not looked at in time"


def _stands(found: Standing, state: str, due: datetime | None, look: datetime | None) -> bool:
    """Looked at too early, it is looked at again."""
    in_time = look == found.look if None in (look, found.look) else look <= found.look  # type: ignore[operator]
    return (found.state, found.due) == (state, due) and in_time


def hang_in() -> None:
    if deadlines_apart not in with_every_verification:
        on_event(_begun, InstanceStarted)
        on_event(_completed, ItemChanged)
        on_step(_step_over)
        on_fact(_looked, "deadline.warned", "deadline.breached", "deadline.moved", "deadline.anew")
        on_fact(_changed, "deadline.changed")
        with_every_verification.append(deadlines_apart)
