"""What does a step of a case do to one of its deadlines, given what happened to it before? Pure.

Asked as the step is written, and again when the history is verified, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from casework.deadlines.standing import Calendars, with_all
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.deadlines import SUSPENDED, Declared
from orchestration.casetypes.form_answers import at_path
from orchestration.deadlines.rule import ENDED, MET, PAUSED, RESUMED, STARTED, Event
from orchestration.ground.years import reckonable
from orchestration.view.state import INSTANCE_ENDED, State

MIDDAY: Final = time(12)
Known = Callable[[], Calendars]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is to one deadline. `created`: it is the first of the case; `ended`: the case is over with it.

    `completed`: what meets the deadline was. `said`: what stands where its day is read. `holding`: what makes it stand
    still now, and why, in words.
    """

    at: datetime
    created: bool
    ended: bool
    completed: bool
    said: str | None = None
    holding: Mapping[str, str] = field(default_factory=dict)


def step_of(
    declared: Declared, case_type: CaseType, state: State, at: datetime, *, created: bool, completed: bool
) -> Step:
    """`state`: after the step."""
    said = at_path(state.root.variables, declared.starts) if declared.starts else None
    return Step(
        at, created, state.root.state in INSTANCE_ENDED, completed, None if said is None else str(said),
        dict(_holding(declared, case_type, state)),
    )  # fmt: skip


def _holding(declared: Declared, case_type: CaseType, state: State) -> Iterator[tuple[str, str]]:
    if not declared.paused_while:
        return
    open_now = {item.node for item in state.items.values() if item.state == "active"}
    for cause in declared.paused_while:
        if state.root.state == "suspended" if cause == SUSPENDED else cause in open_now:
            yield cause, _why(case_type, cause)


def _why(case_type: CaseType, cause: str) -> str:
    if cause == SUSPENDED:
        return "the case was suspended"
    models = (*case_type.library.cases.values(), *case_type.library.processes.values())
    names = (model.nodes[cause].name for model in models if cause in model.nodes)
    return f"“{next(names, '') or cause}” was open"


def stepped(declared: Declared, before: tuple[Event, ...], step: Step, known: Known) -> tuple[Event, ...]:
    """What has happened to it with this step; empty where it has not begun."""
    events = list(_started(declared, before, step, known))
    if not events or any(event.kind in (MET, ENDED) for event in events):
        return tuple(events)
    events += _pauses(declared, events, step)
    if step.completed or (step.ended and not declared.met_by):
        events.append(Event(MET, step.at))
    elif step.ended:
        events.append(Event(ENDED, step.at))
    return tuple(events)


def _started(declared: Declared, before: tuple[Event, ...], step: Step, known: Known) -> Iterator[Event]:
    """Where its date was corrected, it begins on the right one."""
    rest = [event for event in before if event.kind != STARTED]
    begun = next((event for event in before if event.kind == STARTED), None)
    opened = Event(STARTED, step.at, words="the case was opened")
    if not declared.starts:
        yield begun or opened
    else:
        said = moment_of(step.said, declared, known)
        if said is not None and (begun is None or begun.at != said):
            begun = Event(STARTED, said, words=f"“{declared.starts}” says so")
        if begun is None and declared.or_opened and step.created:
            begun = opened
        if begun is not None:
            yield begun
    yield from rest


def moment_of(value: str | None, declared: Declared, known: Known) -> datetime | None:
    """A date or a time of the data; a date is meant in the time of the office, and has no hour. None as well where it
    lies in a year with which nothing can be reckoned."""
    if value is None or not reckonable(value):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    zone = ZoneInfo(with_all(known(), declared, ())[declared.calendar].zone)
    wall = datetime.combine(found.date(), MIDDAY) if len(value) <= len("2026-01-01") else found
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _pauses(declared: Declared, events: list[Event], step: Step) -> Iterator[Event]:
    for cause in declared.paused_while:
        holds = cause in step.holding
        said = next((event.kind for event in reversed(events) if event.cause == cause), RESUMED)
        if holds != (said == PAUSED):
            yield Event(PAUSED if holds else RESUMED, step.at, cause, words=step.holding.get(cause, ""))
