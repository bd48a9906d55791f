"""How do messages and signals go between the cases of a scenario?

By the product's own rules (`messaging.routing`), among root cases in memory. What a case throws stands in a queue until
its step is over, as in the outbox; a case that cannot go on does not hinder the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orchestration.engine import events as e
from orchestration.engine.beginnings import Beginning, begun_by
from orchestration.engine.bpmn import view as processes
from orchestration.engine.chain import REST, Chain
from orchestration.engine.commands import Command, ReceiveMessage, ReceiveSignal, StartProcess
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.limits import DEFAULT
from orchestration.engine.state import State
from orchestration.engine.step import Rejection
from orchestration.messaging.routing import GONE, Answer, Letter, NotTaken, Waiting, bring, moved_by

Json = Any


class Refused(Exception):
    """The engine refused a step; the message says why."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.message)
        self.code = rejection.code


@dataclass(slots=True, eq=False)
class Root:
    """One root case with its whole history, as a shell would keep it."""

    state: State
    events: list[e.Event] = field(default_factory=list)
    ended: dict[int, tuple[str, str, dict[str, Json]]] = field(default_factory=dict)


class Cases(Protocol):
    """The root cases of a scenario, and what moves them."""

    library: CompiledModels
    now: datetime
    known: list[Root]

    def take(self, root: Root, command: Command, chain: Chain | None, strict: bool) -> None:
        """Carry out one command. Raises Refused; `strict`: also where it leads to a fault of the model."""

    def open(self, command: Command, chain: Chain | None, strict: bool) -> str:
        """Begin a root case; its address. Raises Refused as `take`."""


@dataclass(slots=True)
class _Thrown:
    sender: Root | None
    event: e.MessageThrown | e.SignalThrown
    strict: bool = False
    number: int = 0


class Postman:
    """The letters of a scenario: what was thrown and not yet brought, and what waits for a case that is suspended."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._queue: deque[_Thrown] = deque()
        self._held: list[_Thrown] = []
        self._at_work = False
        self._letters = 0
        self._brought: dict[int, list[datetime]] = {}

    def throw(self, sender: Root | None, event: e.MessageThrown | e.SignalThrown, strict: bool = False) -> None:
        """Put a letter into the queue. `strict`: whose receivers must be able to take it (a step of the scenario)."""
        self._letters += 1
        self._queue.append(_Thrown(sender, event, strict, self._letters))

    def take_up(self) -> None:
        """What was held may find its receiver awake now."""
        self._queue.extend(self._held)
        self._held.clear()
        self.deliver()

    def deliver(self) -> None:
        """Bring all letters, also those that are thrown meanwhile. Raises Refused for one that must arrive."""
        if self._at_work:
            return
        self._at_work = True
        try:
            while self._queue:
                self._bring(self._queue.popleft())
        finally:
            self._at_work = False

    def _bring(self, thrown: _Thrown) -> None:
        event = thrown.event
        kind = "message" if isinstance(event, e.MessageThrown) else "signal"
        chain = self._chain(thrown)
        letter = Letter(kind, event.name, event.variables, getattr(event, "correlation", None), chain)
        try:
            held_by = bring(letter, _Memory(self._cases, thrown))
        except NotTaken:
            held_by = 0
        if held_by is not None:
            self._held.append(thrown)

    def _chain(self, thrown: _Thrown) -> Chain:
        """As the product counts it: the letters of a thread within the last hour."""
        thread, hops, now = thrown.event.thread or thrown.number, thrown.event.hops, self._cases.now
        brought = self._brought.setdefault(thread, [])
        lately = sum(1 for moment in brought if moment > now - REST)
        if hops > 1:
            brought.append(now)
        return moved_by(thread, hops, lately, DEFAULT)


@dataclass(frozen=True, slots=True)
class _Memory:
    """The root cases of a scenario by their place (`routing.Post`)."""

    cases: Cases
    thrown: _Thrown

    def listening(self, letter: Letter) -> list[int]:
        return [place for place, root in self._others() if _hears(root.state, letter.name)]

    def expecting(self, letter: Letter) -> list[int]:
        keys = self.cases.library.event_keys(self.cases.library.content(letter.name, letter.variables))
        return [place for place, root in self._others() if _expects(root.state, letter.name, keys)]

    def waiting(self, letter: Letter) -> Iterator[Waiting]:
        library, now = self.cases.library, self.cases.now
        key = letter.correlation
        if key is None:
            key = processes.correlation_key(library, letter.name, letter.variables, now)
        for place, root in self._others():
            if _awaits(root.state, letter.name, key):
                yield Waiting(place, key, root.state.root.state != "suspended")

    def send(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> Answer:
        try:
            self.cases.take(self.cases.known[case], command, chain, self.thrown.strict)
        except Refused as refused:
            if self.thrown.strict:
                raise
            return "gone" if refused.code in GONE else "not now"
        return "taken"

    def send_beside(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> None:
        if self.cases.known[case].state.root.state != "suspended":
            self.send(case, command, chain)

    def begin(self, letter: Letter, most: int | None) -> int:
        begun = 0
        for key, starter in processes.starters(self.cases.library):
            fits = (starter.kind, starter.name) == (letter.kind, letter.name) and starter.definition.heard is None
            if fits and begun != most:
                begun += self._open(StartProcess(key, letter.variables, starter.at), letter.chain)
        return begun

    def begin_by_event(self, letter: Letter) -> int:
        found = begun_by(self.cases.library, letter.name, letter.variables, self.cases.now)
        return sum(self._open(one.command, letter.chain) for one in found if not lives(self.cases.known, one))

    def _open(self, command: Command, chain: Chain) -> int:
        try:
            self.cases.open(command, chain, self.thrown.strict)
        except Refused:
            if self.thrown.strict:
                raise
            return 0
        return 1

    def _others(self) -> list[tuple[int, Root]]:
        return [(place, root) for place, root in enumerate(self.cases.known) if root is not self.thrown.sender]


def lives(known: Iterable[Root], begun: Beginning) -> bool:
    """Whether a case lives that the same event of a registry began."""
    waits = (wait for root in known for wait in root.state.waits.values() if wait.kind == "reference")
    return any((wait.name, wait.key) == (begun.command.key, begun.reference) for wait in waits)


def published(name: str, payload: Mapping[str, Json]) -> e.MessageThrown:
    """A message that comes from outside of all cases."""
    return e.MessageThrown(0, None, name, dict(payload))


def _hears(state: State, signal: str) -> bool:
    return any(wait.kind == "signal" and wait.name == signal and wait.key is None for wait in state.waits.values())


def _expects(state: State, name: str, keys: frozenset[str]) -> bool:
    return any(wait.kind == "message" and wait.name == name and wait.key in keys for wait in state.waits.values())


def _awaits(state: State, name: str, key: str | None) -> bool:
    return any(wait.kind == "message" and wait.name == name and wait.fits(key) for wait in state.waits.values())
