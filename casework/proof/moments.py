"""How did a case stand after an event of its history, whole, for who looks now?

Time travel: state, steps, data, tasks, decisions and documents come from the events up to that one alone (`replay`);
the rights and the masks are those of the reader today, and what was hidden at any time is hidden in all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from audit.reading import Row
from casework.access import permissions
from casework.cases.case_row import named_state
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import SHOWN, Look, look
from casework.cases.read.changes import Changes
from casework.cases.read.decisions import Decision, decisions_made, titles
from casework.cases.read.execution_tree import AT_WORK, running
from casework.cases.read.fields import Field, fields
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.past import Past
from casework.cases.read.progress import Stage, Strip, stages, strips
from casework.cases.read.timeline import ALL, Line, Wanted, timeline
from casework.cases.read.touched import Places
from casework.comments.read import Said, comments_then
from casework.comments.verification import comments_told
from casework.documents.read import Listed, documents_of
from casework.models import Case
from casework.proof.replay import Replayed, replayed
from casework.proof.seen import Shown, shown_then
from orchestration.shell.verification.expected import Either
from orchestration.shell.verification.told import TASK_ASSIGNEE, TASK_DUE, TASK_PRIORITY, TASK_STATE, Told

NAME, SINCE, MESSAGE, OPENED = 1, 7, 3, 4
"""Places in the rows of `Told`: of a task its name and when it came up, of an incident what it says and since when."""
URGENT: Final = 50
"""A priority above this is urgent."""
NEVER: Final = 9999


@dataclass(frozen=True, slots=True)
class Held:
    """A task that was open or suspended then. `holder`: who had taken it; `offered`: groups and people by name."""

    item: int
    name: str
    part: str
    state: str
    holder: str
    offered: tuple[str, ...]
    due: datetime | None
    urgent: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that had failed and waited for a person."""

    number: int
    step: str
    message: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """The case after the event `sequence`. `work`: steps that were under way, by item. `machines`: (actor, version) of
    those that had been called by then. `shown`: what people saw when they signed, by then."""

    title: str
    sequence: int
    at: datetime
    version: str
    state: str
    closed: bool
    stages: tuple[Stage, ...]
    strips: tuple[Strip, ...]
    key_facts: tuple[Fact, ...]
    data: tuple[Field, ...]
    tasks: tuple[Held, ...]
    work: tuple[tuple[int, str], ...]
    troubles: tuple[Trouble, ...]
    decisions: tuple[Decision, ...]
    documents: tuple[Listed, ...]
    comments: tuple[Said, ...]
    machines: tuple[tuple[str, str], ...]
    shown: tuple[Shown, ...]
    lines: tuple[Line, ...]

    @property
    def line(self) -> Line | None:
        """The event itself in words, where it has any."""
        return next((line for line in self.lines if line.sequence == self.sequence), None)


def moment(*, user: User, case: Case, now: datetime, rows: Sequence[Row]) -> Moment | None:
    """The case after the last of these links, which are all from the first on; None where nothing can be rebuilt."""
    built = replayed(rows)
    if built is None:
        return None
    seen = look(user=user, case=case, now=now, before=built.last.sequence + SHOWN // 2, stood=built.told.state)
    return _moment(_then(seen, built), built, _lines(seen), audits=permissions.may(user, "audit", case))


def _lines(seen: Look) -> tuple[Line, ...]:
    """What happened around it, the newest first, told with what is known today."""
    return tuple(timeline(seen, Wanted(ALL), Changes(seen), Places(seen, {})))


def look_then(*, user: User, case: Case, now: datetime, rows: Sequence[Row]) -> tuple[Look, Replayed] | None:
    """The eyes of this reader on the case after the last of these links."""
    built = replayed(rows)
    if built is None:
        return None
    return _then(look(user=user, case=case, now=now, most=1, stood=built.told.state), built), built


def _then(seen: Look, built: Replayed) -> Look:
    """The same eyes, on the past alone."""
    case = copy(seen.case)
    case.state, case.closed = named_state(seen.case_type, built.told.state)
    holders = (_holder(row) for row in built.told.rows["task"].open.values())
    actors = {
        *built.past["actors"],
        *(one.actor for one in built.shown),
        *(f"person:{name}" for name in holders if name),
    }
    return replace(
        seen, case=case, past=_with_today(built.past, seen), decisions=seen.told(built.decisions),
        names=actor_names(actors),
        running=running(seen.case_type.library, built.told.state, seen.case_type.case, built.past),
    )  # fmt: skip


def _with_today(past: Past, seen: Look) -> Past:
    """What is contested today is told of a decision whenever it is looked at."""
    return past | ({"contested": seen.past["contested"]} if "contested" in seen.past else {})


def _moment(then: Look, built: Replayed, told: tuple[Line, ...], *, audits: bool) -> Moment:
    return Moment(
        title=then.view.text(then.case.title), sequence=built.last.sequence, at=built.last.at, version=built.version,
        state=then.case.state, closed=then.case.closed, stages=stages(then), strips=strips(then),
        key_facts=key_facts(then), data=_in_order(then, fields(then)), tasks=tuple(_tasks(then, built.told)),
        work=tuple(_work(then)),
        troubles=tuple(_troubles(then, built.told)), decisions=decisions_made(then),
        documents=tuple(one for one in documents_of(then) if one.added <= built.last.at),
        comments=comments_then(then, comments_told(built.told), former=audits),
        machines=tuple(dict.fromkeys(_machines(then))),
        shown=shown_then(built.told, built.shown, then.names), lines=told,
    )  # fmt: skip


def _in_order(then: Look, data: Sequence[Field]) -> tuple[Field, ...]:
    """As the schema names them: events keep documents in the order of the alphabet."""
    places = {pointer: place for place, pointer in enumerate(titles(then.case_type))}
    return tuple(
        sorted(
            data,
            key=lambda one: (
                places.get(one.pointer.rpartition("/")[0] or one.pointer, len(places)),
                places.get(one.pointer, len(places)),
            ),
        )
    )


def _tasks(then: Look, told: Told) -> Iterator[Held]:
    for item, row in told.rows["task"].open.items():
        offer, due = told.offers.get(item), row[TASK_DUE]
        holder = _holder(row)
        yield Held(
            item, then.view.text(str(row[NAME])), then.view.text(then.running.around(item)), row[TASK_STATE],
            then.names.get(f"person:{holder}", holder), () if offer is None else (*offer.groups, *offer.people),
            due if due.year < NEVER else None, row[TASK_PRIORITY] > URGENT, row[SINCE],
        )  # fmt: skip


def _holder(row: list[Any]) -> str:
    """The user name; of whom the model names, as it names them."""
    holder = row[TASK_ASSIGNEE]
    return str((holder.choices[-1] if isinstance(holder, Either) else holder) or "")


def _work(then: Look) -> Iterator[tuple[int, str]]:
    for item in then.state.items.values():
        if item.state in AT_WORK:
            where = then.running.around(item.id)
            name = then.running.name(item.id)
            yield item.id, then.view.text(f"{where} › {name}" if where else name)


def _troubles(then: Look, told: Told) -> Iterator[Trouble]:
    for number, row in told.rows["incident"].open.items():
        step = then.view.text(then.running.name(row[0]))
        yield Trouble(number, step, then.view.text(str(row[MESSAGE])), row[OPENED])


def _machines(then: Look) -> Iterator[tuple[str, str]]:
    for job in then.past["jobs"].values():
        for _, _, actor, version, _ in job["calls"]:
            if actor:
                yield then.names.get(f"model:{actor}", actor), str(version)
