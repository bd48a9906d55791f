"""What happens to an approval while somebody looks at its page? Random races, in memory.

A payment waits for its only approval. People open its page, the payment is changed, a document comes, the rules change,
the time runs out, and answers arrive in any order: on time, late, twice, with another's marks, from an agent, from
nobody. The marks (`signing`), the engine and the model are the product's; who has a task and which documents there are
stand in for its rows. What becomes of each answer is held against the screen that it was given on.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from casework.actors.bundled import CASE_TYPES
from casework.cases import shown
from casework.cases.answers import Seen
from casework.tasks import signing
from orchestration.casetypes.case_type import CaseType, folder_files, read
from orchestration.engine.commands import Command, CompleteTask, FireTimer, SetVariables, StartProcess
from orchestration.engine.events import JobRequested, TimerScheduled
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.shell.selectors import visible

Json = Any
NOW: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
FILES: Final = folder_files(CASE_TYPES / "payment-release")
TYPES: Final = (read(FILES, 1), read(FILES, 2))
PAYEE: Final = {"name": "Hafen", "iban": "DE75512108001245126199", "since": "2019-04-01"}
GIVEN: Final = {"payee": PAYEE, "amount": 4200, "received": "2026-11-16T09:00:00+01:00"}
WHY: Final = {"justification": "The freight of November has arrived.", "evidence": "INV-7"}
RELEASE: Final = {"approval": {"verdict": "release"}}
PEOPLE: Final = ("ben", "emil", "agent")
"""Whoever is called `agent` carries no leave to sign: it sends what it finds."""
CHANGES: Final = ("amount", "account", "payee", "document", "rules", "time")
ACCOUNTS: Final = ("DE75512108001245126199", "DE75512108001245996199", "NL91ABNA0417164300")
"""Of the second a mask that shows the ends shows what it shows of the first."""


@dataclass(frozen=True)
class Screen:
    """What somebody had before them, and what their page carried of it."""

    who: str
    carried: str
    amount: Json
    iban: str
    documents: tuple[str, ...]
    version: str


@dataclass
class World:
    state: State
    item: int
    timer: int
    holder: str = "ben"
    documents: list[str] = field(default_factory=list)
    case_type: CaseType = TYPES[0]
    now: datetime = NOW
    paid: list[dict[str, Json]] = field(default_factory=list)

    def look(self) -> Seen:
        data = visible(self.state, self.item)
        view = mask(data, self.case_type.classification, Principal("internal", frozenset({"Analysts"})))
        return Seen(self.case_type, data, view, dict(self.state.root.variables))

    def marks(self, who: str) -> dict[str, str]:
        more = {"papers": self.documents}
        return shown.marks_of(f"1/{self.item}/{who}", self.look(), None, more, {"approval"})

    def opened(self, who: str) -> Screen:
        data = self.state.root.variables
        return Screen(
            who, shown.carried(self.marks(who)), data["amount"], data["payee"]["iban"], tuple(self.documents),
            self.case_type.label,
        )  # fmt: skip

    def does(self, command: Command) -> bool:
        outcome = execute(self.case_type.library, self.state, command, self.now)
        if outcome.rejection is not None:
            return False
        self.state = outcome.state
        self.paid += [one.input for one in outcome.events if isinstance(one, JobRequested)]
        return True

    def answers(self, who: str, carried: str) -> bool:
        """As `task_complete` decides: an open task, of this person, who signs what stands there now."""
        item = self.state.items.get(self.item)
        if item is None or item.state != "active" or who != self.holder:
            return False
        look, found = self.look(), self.marks(who)
        return signing.not_as_seen(carried, found, look) is None and self.does(CompleteTask(self.item, RELEASE))


def begun() -> World:
    """A payment that waits for its approval."""
    kind = TYPES[0]
    state = execute(kind.library, None, StartProcess("payment_release", copy.deepcopy(GIVEN)), NOW).state
    (justify,) = (item.id for item in state.items.values() if item.node == "justify")
    outcome = execute(kind.library, state, CompleteTask(justify, WHY), NOW)
    (approve,) = (item.id for item in outcome.state.items.values() if item.node == "approve")
    timers = {one.node: one.timer for one in outcome.events if isinstance(one, TimerScheduled)}
    return World(outcome.state, approve, timers["expired"])


def changed(world: World, what: str, chance: Random) -> None:
    match what:
        case "amount":
            world.does(SetVariables({"amount": chance.choice((4200, 4200.01, 9800))}))
        case "account" | "payee":
            payee = dict(world.state.root.variables["payee"])
            payee |= (
                {"iban": chance.choice(ACCOUNTS)} if what == "account" else {"name": chance.choice(("Hafen", "Hafem"))}
            )
            world.does(SetVariables({"payee": payee}))
        case "document":
            world.documents.append(f"{len(world.documents)}-{chance.random()}")
        case "rules":
            world.case_type = chance.choice(TYPES)
        case _:
            world.now = NOW + timedelta(days=6)
            world.does(FireTimer(world.timer))


def race(world: World, seed: int) -> Iterator[str]:
    """One of them; a sentence for each effect that is not what was seen by who has the task, or that is there twice."""
    chance = Random(seed)
    screens = [world.opened(who) for who in chance.sample(PEOPLE, chance.randint(1, 3))]
    for _ in range(chance.randint(1, 6)):
        if chance.random() < 0.45:
            changed(world, chance.choice(CHANGES), chance)
            continue
        if chance.random() < 0.15:
            world.holder = chance.choice(PEOPLE[:2])
        if chance.random() < 0.3:
            screens.append(world.opened(chance.choice(PEOPLE)))
        screen = chance.choice(screens)
        sender = screen.who if chance.random() < 0.7 else chance.choice(PEOPLE)
        carried = chance.choice((screen.carried, screen.carried, screen.carried, "", "{}", screen.carried[:-9]))
        before, now = len(world.paid), world.opened(sender)
        if world.answers(sender, carried):
            yield from _apart(world, screen, sender, carried, now, before, seed)


def _apart(
    world: World, screen: Screen, sender: str, carried: str, now: Screen, before: int, seed: int
) -> Iterator[str]:
    effects = world.paid[before:]
    if len(world.paid) > 1 or len(effects) != 1:
        yield f"{seed}: {len(world.paid)} effects of one approval"
    if sender == "agent" or screen.who != sender or carried != screen.carried:
        yield f"{seed}: {sender} signed by what {screen.who} saw"
    stood = (screen.amount, screen.iban, screen.documents, screen.version)
    if stood != (now.amount, now.iban, now.documents, now.version):
        yield f"{seed}: {stood} was seen, and something else was signed"
    if any((one["amount"], one["iban"]) != (screen.amount, screen.iban) for one in effects):
        yield f"{seed}: what is paid is not what was seen"


@dataclass
class Tally:
    races: int = 0
    effects: int = 0
    wrong: list[str] = field(default_factory=list)


def raced(seeds: Iterable[int]) -> Tally:
    """Each seed a race of its own, all from the same beginning."""
    first, found = begun(), Tally()
    for seed in seeds:
        world = World(first.state, first.item, first.timer)
        found.wrong += race(world, seed)
        found.races += 1
        found.effects += len(world.paid)
    return found
