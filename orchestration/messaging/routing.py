"""Who gets a message or a signal that a case has thrown?

One set of rules for the product, whose cases stand in a database, and for scenarios, whose cases stand in memory
(BPMN 2.0, 8.3.2 and 10.5.2). A signal reaches all that listen, then begins what begins with it. A message reaches the
first that waits for it and is awake; while only cases that stand still wait it waits for the first of these; where
nobody waits it begins one case. An event of a registry reaches all whom it fits. Who stands where, and how a command
gets there, is the affair of a `Post`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from orchestration.engine.chain import Chain
from orchestration.engine.commands import ReceiveMessage, ReceiveSignal
from orchestration.engine.limits import Limits

Json = Any

Answer = Literal["taken", "gone", "not now"]
"""What a case says to a message: it goes on, nobody there waits for it any more, or it cannot take it at the moment."""
GONE: Final = frozenset({"unknown", "ended"})
"""Codes of refusals that say: nobody there waits for this any more."""


class NotTaken(Exception):
    """A case waits for the message and cannot take it now; the text says which."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message or signal on its way. `chain`: the hops that led to it, its own thread where it is the first."""

    kind: str
    name: str
    variables: Mapping[str, Json]
    correlation: str | None
    chain: Chain


@dataclass(frozen=True, slots=True)
class Waiting:
    """A root case that waits for a message. `key`: the one that the message has there; `awake`: not suspended."""

    case: int
    key: str | None
    awake: bool


class Post(Protocol):
    """Finds the receivers of letters among the cases that it knows, the sender left out, and brings them there."""

    def listening(self, letter: Letter) -> Iterable[int]:
        """The cases that listen for this signal."""

    def expecting(self, letter: Letter) -> Iterable[int]:
        """The cases that wait for an event of a registry which this one fits."""

    def waiting(self, letter: Letter) -> Iterable[Waiting]:
        """The cases that wait for this message and whose key fits, the oldest wait first."""

    def send(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> Answer: ...

    def send_beside(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> None:
        """As `send`; what goes wrong there hinders nobody else."""

    def begin(self, letter: Letter, most: int | None) -> int:
        """Begin what begins with it, at most so many; how many began."""

    def begin_by_event(self, letter: Letter) -> int: ...


def moved_by(thread: int, hops: int, lately: int, limits: Limits) -> Chain:
    """The chain that moves the receivers of a letter.

    `lately`: the letters of its thread that were brought within the last hour, questions and answers left out. Where
    they have become a crowd its receivers throw nothing further without a person, as at the end of a long chain.
    """
    return Chain(thread, max(hops, limits.most_hops) if hops > 1 and lately >= limits.most_letters else hops)


def bring(letter: Letter, post: Post) -> int | None:
    """Bring a letter. The case that stands still, for which it has to wait; None: it is done. Raises NotTaken."""
    if letter.kind == "message":
        return None if _event(letter, post) else _message(letter, post)
    signal = ReceiveSignal(letter.name, letter.variables)
    for case in dict.fromkeys(post.listening(letter)):
        post.send_beside(case, signal, letter.chain)
    post.begin(letter, None)
    return None


def _event(letter: Letter, post: Post) -> bool:
    """Whether it is an event of a registry and for somebody. A case that stands still does not hear it."""
    reached = list(dict.fromkeys(post.expecting(letter)))
    for case in reached:
        post.send_beside(case, ReceiveMessage(letter.name, variables=letter.variables), letter.chain)
    return bool(post.begin_by_event(letter)) or bool(reached)


def _message(letter: Letter, post: Post) -> int | None:
    asked: set[int] = set()
    asleep: int | None = None
    for one in post.waiting(letter):
        if not one.awake:
            asleep = one.case if asleep is None else asleep
        elif one.case not in asked:
            asked.add(one.case)
            answer = post.send(one.case, ReceiveMessage(letter.name, None, letter.variables, one.key), letter.chain)
            if answer == "taken":
                return None
            if answer == "not now":
                raise NotTaken(f"case {one.case} cannot take the message {letter.name!r} now")
    if asleep is None:
        post.begin(letter, 1)
    return asleep
