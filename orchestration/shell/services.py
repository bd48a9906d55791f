"""How does a command reach a case, and what becomes of it?

The shell around the pure engine: lock the root case, load, execute, write state, rows and history in one transaction,
nudge the workers after the commit. A step makes two SQL statements beside BEGIN and COMMIT: one locks and loads, one
writes all there is to write. A refusal is a value, and is kept in the history like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from audit.chain import Head
from audit.db.sql import Part, committed, do, pipeline
from audit.sealed_values import opened
from audit.services import Fact, Origin, Sealed, kept, sealed
from orchestration.casetypes.approval_chains import CHAIN, beside_of
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.engine.chain import Chain
from orchestration.engine.codec import decode, encode, encode_event
from orchestration.engine.commands import Command
from orchestration.engine.events import DecisionEvaluated, Event, VariablesChanged
from orchestration.engine.execute import Outcome, execute
from orchestration.engine.state import INSTANCE_ENDED, ROOT, State
from orchestration.ground import clock
from orchestration.ground.limits import engine_limits
from orchestration.ground.refusals import Refused
from orchestration.ground.tracing import span
from orchestration.models import Definition
from orchestration.shell import haste, step_sql
from orchestration.shell.announcements import announce
from orchestration.shell.causes import caused
from orchestration.shell.nudges import nudge_jobs, nudge_outbox, nudge_people
from orchestration.shell.row_changes import Effects, effects
from orchestration.shell.sealing import seal_of
from orchestration.shell.step_sql import HOLDS, Condition


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out: the new state of the root case, what happened, and what that opened and closed.

    `heard`: whether other systems want to hear of cases. `before`: the data of the case before it.
    `beside`: what was read with it (`step_sql.read_beside`, of a case that begins `read_first`).
    `follow`: whether open tasks are urgent with the case (`haste.tasks_follow`).
    """

    instance: int
    case_type: CaseType
    state: State
    events: tuple[Event, ...]
    effects: Effects
    at: datetime
    created: bool = False
    heard: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    follow: bool | None = None

    @property
    def written(self) -> tuple[Mapping[str, Any], ...]:
        """What was written into the data of the case, in order (None: it is gone); empty where the step left it."""
        return tuple(
            {**event.changes, **dict.fromkeys(event.removed)}
            for event in self.events
            if isinstance(event, VariablesChanged) and event.instance == ROOT and event.item is None
        )

    @property
    def status(self) -> str:
        return self.state.root.state

    @property
    def ended(self) -> bool:
        return self.status in INSTANCE_ENDED


@dataclass(frozen=True, slots=True)
class Locked:
    """A root case as it is, read and decoded once, its row locked until the transaction ends. `at`: when.
    `provided`: whether what the caller has asked for with it holds. `definition`: the number of its version."""

    instance: int
    case_type: CaseType
    state: State
    head: Head
    at: datetime
    heard: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)
    provided: bool = True
    definition: int = 0


told_of_every_step: list[Callable[[Done], Part | None]] = []
"""What others want written down of every step, of a case's first too; None where this one is nothing to them."""
kept_of_every_step: list[Callable[[Done], Part | None]] = []
"""What others keep of every step, of a case's first too, in its statement; None where this one is nothing to them."""
with_every_step: list[Callable[[Done], Part]] = []
"""What others want written with every step of a running case, in its statement (casework's rows)."""


def start(
    definition: Definition,
    command: Command,
    origin: Origin,
    facts: Iterable[Fact] = (),
    along: Callable[[Done], Part] | None = None,
    chain: Chain | None = None,
    asks: Mapping[str, Any] | None = None,
) -> Done | Refused:
    """Begin a root case on this version; `along` gives what the caller wants written in the same statement.

    `chain`: the messages between cases that led to it. `asks`: as the unit to which it will belong has it (`CHAIN`).

    A single statement is a transaction by itself, so none is opened for it.
    """
    at, origin = clock.utc_now(), caused(origin, command)
    case_type = by_definition(definition.pk)
    outcome = execute(case_type.library, None, command, at, engine_limits(), chain, beside_of(case_type, asks))
    if outcome.rejection is not None:
        return Refused(outcome.rejection.code, outcome.rejection.message)
    instance, heard, read = step_sql.next_id()
    found = effects(outcome.events)
    follow = haste.tasks_follow(case_type, None, outcome.state, found)
    told, seal = [*facts, *_told(outcome.events), *haste.facts(follow)], seal_of(instance)
    history = sealed(instance, Head(), told, origin, case_type.label, at, seal)
    done = Done(instance, case_type, outcome.state, outcome.events, found, at, True, heard, beside=read, follow=follow)
    _write(done, history, origin, [along(done)] if along else [], definition.pk)
    return done


def lock(instance: int, provided: Condition = HOLDS) -> Locked | None:
    """The root case, locked until the transaction ends that is open; None where there is none. One statement."""
    loaded = step_sql.lock(instance, provided)
    if loaded is None:
        return None
    head = Head(loaded.head_sequence, loaded.head_digest)
    state = decode(opened(loaded.items), opened(loaded.data))
    case_type, now = by_definition(loaded.definition), clock.utc_now()
    return Locked(
        instance, case_type, state, head, now, loaded.heard, loaded.beside, loaded.provided, loaded.definition
    )


Along = Callable[["Done | Refused"], Part]
"""What a caller wants written with the step that it sends, whatever comes of it; in the same statement."""


def send(
    case: int | Locked,
    command: Command,
    origin: Origin,
    facts: Iterable[Fact] = (),
    along: Along | None = None,
    chain: Chain | None = None,
    provided: Condition = HOLDS,
) -> Done | Refused:
    """Carry out a command on a running root case; `facts` are kept in the history before what the engine says.

    `case`: its number, or the case as the caller has locked it in the transaction that is open. What was `Locked` is
    used up by this: the case has gone on. `provided`: what has to hold when it is locked here; where it does not,
    nothing is written at all.
    """
    if isinstance(case, Locked):
        with span("step", command=type(command).__name__), pipeline():
            return _sent(case, command, origin, facts, along, chain)
    step = span("step", command=type(command).__name__)
    with step, committed():
        locked = lock(case, provided)
        if locked is None:
            return Refused("unknown", "This case does not exist any more.")
        if not locked.provided:
            return provided.otherwise
        return _sent(locked, command, origin, facts, along, chain)


def _sent(
    case: Locked,
    command: Command,
    origin: Origin,
    facts: Iterable[Fact],
    along: Along | None,
    chain: Chain | None,
) -> Done | Refused:
    origin = caused(origin, command)
    beside = beside_of(case.case_type, case.beside.get(CHAIN))
    outcome = execute(case.case_type.library, case.state, command, case.at, engine_limits(), chain, beside)
    if outcome.rejection is not None:
        refused = Refused(outcome.rejection.code, outcome.rejection.message)
        _advance(case, [*facts, _refusal(command, outcome)], origin, [along(refused)] if along else ())
        return refused
    found, before = effects(outcome.events), case.state.root.variables
    follow = haste.tasks_follow(case.case_type, case.state, outcome.state, found)
    told, seal = [*facts, *_told(outcome.events), *haste.facts(follow)], seal_of(case.instance)
    history = sealed(case.instance, case.head, told, origin, case.case_type.label, case.at, seal)
    done = Done(
        case.instance,
        case.case_type,
        outcome.state,
        outcome.events,
        found,
        case.at,
        heard=case.heard,
        before=before,
        beside=case.beside,
        follow=follow,
    )
    more = [along(done)] if along else []
    _write(done, history, origin, [*more, *(wanted(done) for wanted in with_every_step)])
    return done


def record(case: int | Locked, facts: Iterable[Fact], origin: Origin, also: Iterable[Part] = ()) -> None:
    """Keep something in a case's history that is no step of the engine: viewed, revealed, claimed, denied.

    What was `Locked` is used up by this: the head of its history has moved on.
    """
    if isinstance(case, Locked):
        with pipeline():
            return _advance(case, facts, origin, also)
    with committed():
        if locked := lock(case):
            _advance(locked, facts, origin, also)


def record_in_clear(instance: int, facts: Iterable[Fact], origin: Origin) -> bool:
    """Keep something in a case's history that has to be read when the key of the case is destroyed; whether the case is
    there. Nothing of it is opened. Inside a transaction."""
    with pipeline():
        found = step_sql.lock(instance)
        if found is None:
            return False
        head, label = Head(found.head_sequence, found.head_digest), by_definition(found.definition).label
        _go_on(instance, sealed(instance, head, facts, origin, label, at := clock.utc_now()), origin, label, at)
    return True


def _write(
    done: Done,
    history: Sealed,
    origin: Origin,
    along: list[Part],
    definition: int | None = None,
) -> None:
    """State, history and rows, and what others send along; the workers hear after the commit."""
    items, data = encode(done.state)
    seal = seal_of(done.instance)
    row = {
        "instance": done.instance, "definition": definition, "status": done.status, "items": seal(items),
        "data": None if data is None else seal(data),
        "head_sequence": history.head.sequence, "head_digest": history.head.digest, "at": done.at,
        "ended": done.at if done.ended else None,
    }  # fmt: skip
    root = step_sql.STEPPED if definition is None else step_sql.CREATED
    told = kept(done.instance, history, origin, done.case_type.label, done.at)
    do([(root, row), told, *_rows(done), *along])
    announce(done.instance)
    nudge_jobs(done.instance, done.effects.nudges())
    if done.effects.thrown:
        nudge_outbox()
    if done.effects.tasks and done.case_type.assignment:
        nudge_people()


def _rows(done: Done) -> Iterator[Part]:
    """The rows that the step opens and closes; where the case has become urgent, or is no more, its work knows it."""
    case_type, found = done.case_type, done.effects
    priority = int(case_type.is_urgent(done.state.root.variables)) if case_type.urgent else 0
    yield from step_sql.parts(found, case_type.fallback_group, priority, seal_of(done.instance), done.follow)
    yield from filter(None, (keep(done) for keep in kept_of_every_step))
    if done.heard:
        yield from filter(None, (tell(done) for tell in told_of_every_step))
    yield from haste.parts(case_type, found, done.events, priority, done.follow)


def _advance(case: Locked, facts: Iterable[Fact], origin: Origin, also: Iterable[Part] = ()) -> None:
    """History alone, on a case that stays as it is."""
    label = case.case_type.label
    history = sealed(case.instance, case.head, facts, origin, label, case.at, seal_of(case.instance))
    _go_on(case.instance, history, origin, label, case.at, also)


def _go_on(instance: int, history: Sealed, origin: Origin, label: str, at: datetime, also: Iterable[Part] = ()) -> None:
    head = {"instance": instance, "head_sequence": history.head.sequence, "head_digest": history.head.digest}
    do([(step_sql.ADVANCED, head), kept(instance, history, origin, label, at), *also])
    announce(instance)


def _told(events: Iterable[Event]) -> list[Fact]:
    """Engine events as facts for the history."""
    facts = []
    for event in events:
        kind, payload = encode_event(event)
        hits = event.hits if isinstance(event, DecisionEvaluated) else ()
        facts.append(Fact("engine." + kind, payload, hits))
    return facts


def _refusal(command: Command, outcome: Outcome) -> Fact:
    """What was refused and why; what somebody wanted to write is not kept, only that they did."""
    assert outcome.rejection is not None
    named = {f.name: value for f in fields(command) if isinstance(value := getattr(command, f.name), int | str)}
    detail: dict[str, Any] = {"command": type(command).__name__, **named}
    return Fact("command.refused", detail | {"code": outcome.rejection.code, "reason": outcome.rejection.message})
