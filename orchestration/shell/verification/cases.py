"""Do these cases hold: their chains, the states that they lead to, and the rows that people and workers go by?

Three checks, none of which trusts the others: the hash chain (nothing changed, missing or added), the replay (the
events alone give exactly the stored state and data), and the rows of every table that a step writes. Each event is read
and decoded once. What cannot even be read is a fault of its case, and the next case is checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

import orjson
import psycopg

from audit.chain import Head
from audit.checking import ChainCheck
from audit.data_keys import KeyFault
from audit.reading import Row, links_after, links_of
from audit.sealed_values import opened as unsealed
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.engine.codec import decode, encode, opened
from orchestration.engine.state import INSTANCE_ENDED, State
from orchestration.models import Definition
from orchestration.shell.verification import candidates, tables
from orchestration.shell.verification.told import Told, canonical, root_state
from orchestration.shell.verification.verdict import MOST_FAULTS, Fault, Verdict

BROKEN: Final = (KeyFault, KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What reading a document or a history that somebody has forged may raise."""
REPLACED: Final = "content.replaced"
"""What is heard of a history that makes no sense any more, too: it may say why."""
HELD_AT_MOST: Final = 4000
"""So many ended rows of one case are held before they are compared."""

INSTANCES: Final = """
select i.id, i.definition_id, coalesce(d.key || ' v' || d.version, 'a version that is gone'),
       i.status, i.items, i.data, i.head_sequence, i.head_digest,
       i.created, i.ended
from orchestration_instance i left join orchestration_definition d on d.id = i.definition_id
where i.id = any(%s) order by i.id
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """The row of an instance."""

    id: int
    definition: int
    label: str
    status: str
    items: bytes
    data: bytes
    head_sequence: int
    head_digest: bytes
    created: datetime
    ended: datetime | None


@dataclass(slots=True)
class Case:
    """One case while it is checked. `pin`: the event, by number and digest, up to which it was verified before.

    `unreadable`: what its events raised, which ends their replay. `known`: events that were verified before, `read`:
    those that are read now.
    """

    stored: Stored
    told: Told
    chain: ChainCheck
    faults: list[Fault] = field(default_factory=list)
    pin: tuple[int, bytes] | None = None
    unreadable: str = ""
    known: int = 0
    read: int = 0

    def wrong(self, reason: str, sequence: int | None = None) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.stored.head_sequence if sequence is None else sequence, reason))

    @property
    def comparable(self) -> bool:
        """Whether the whole history was read and makes sense, so that rows can be held against it."""
        return not (self.chain.breaks or self.unreadable or self.chain.unread)


Compared = Callable[[psycopg.Cursor[Any], Mapping[int, Case]], Iterable[tuple[int, str]]]
with_every_verification: list[Compared] = []
"""What others compare with the histories of a batch of cases: (case, sentence) for each fault."""


def check(
    cursor: psycopg.Cursor[Any],
    cases: Sequence[int],
    since: Mapping[int, Told] | None = None,
    pins: Mapping[int, tuple[int, bytes]] | None = None,
) -> list[Case]:
    """Check these cases in the snapshot of the open transaction.

    `since`: what was told up to an earlier check, to go on from there; `pins`: which event was the last one then.
    """
    cursor.execute(INSTANCES, [list(cases)], binary=True)
    since, pins = since or {}, pins or {}
    found = {row[0]: _case(Stored(*row), since.get(row[0]), pins.get(row[0])) for row in cursor.fetchall()}
    fresh = [number for number, case in found.items() if not case.chain.sequence]
    for number, links in groupby(links_of(fresh) if fresh else (), key=lambda row: row[0]):
        _read(cursor, found[number], links)
    for number, case in found.items():
        if number not in fresh:
            _read(cursor, case, links_after(number, case.chain.sequence))
            if any(event <= case.known for event in case.told.replaced):  # what was told of them is not so any more
                found[number] = _case(case.stored, None, case.pin)
                _read(cursor, found[number], links_of([number]))
    for case in found.values():
        _end(case)
    _compare(cursor, {number: case for number, case in found.items() if case.comparable})
    return list(found.values())


def verdict(case: Case) -> Verdict:
    """What is to be said of a checked case."""
    erased = "" if case.comparable or case.faults else _ERASED
    return Verdict.of(case.faults, case.known + case.read, case.read, erased)


_ERASED: Final = "Payloads were erased by order: the chain holds, the state is not rebuilt."


def _case(stored: Stored, since: Told | None, pin: tuple[int, bytes] | None) -> Case:
    told = since or Told(stored.id)
    told.version = stored.definition
    chain = ChainCheck(stored.id, Head(told.sequence, told.digest), replaceable=True)
    return Case(stored, told, chain, pin=pin, known=told.sequence)


def _read(cursor: psycopg.Cursor[Any], case: Case, links: Iterable[Row]) -> None:
    """Feed the links to the chain and, as long as it holds and makes sense, to what they tell."""
    told, feed = case.told, case.chain.feed
    pinned, digest = case.pin or (0, b"")
    for row in links:
        if row[1] == pinned and row[11] != digest:
            case.wrong(f"event {pinned} is not the one that was there when the history was verified last", pinned)
        case.read += 1
        if feed(row) and (not case.unreadable or row[2] == REPLACED):
            _tell(case, partial(told.read, row))
        if not case.read % HELD_AT_MOST and told.held() > HELD_AT_MOST and case.comparable:
            _compare_ended(cursor, case)
    if case.comparable:
        _tell(case, told.end_step)
    told.sequence, told.digest = case.chain.sequence, case.chain.digest


def _tell(case: Case, take_in: Callable[[], None]) -> None:
    """What cannot be read ends the replay."""
    try:
        take_in()
    except BROKEN as error:
        case.unreadable = _why(error)


def _compare_ended(cursor: psycopg.Cursor[Any], case: Case) -> None:
    """Of a long case: hold what has ended so far against its rows, and forget it."""
    number, told = case.stored.id, case.told
    told.partly_compared = True
    for table in tables.NUMBERED:
        wanted = told.rows[table.name]
        upto = wanted.highest
        late = [ended for ended in wanted.closed if ended <= wanted.behind]
        rows = tables.reached(cursor, table, number, wanted.behind, upto, late)
        for sentence in tables.numbered_apart(table, told, rows, whole=False):
            case.wrong(sentence, case.chain.sequence)
        wanted.behind = upto
    for table in tables.ORDERED:
        listed = told.lists[table.name]
        next_ones = list(tables.following(cursor, table, number, listed.behind, max(0, len(listed.rows) - 1)))
        for sentence in tables.ordered_apart(table, told, next_ones, whole=False):
            case.wrong(sentence, case.chain.sequence)


def _end(case: Case) -> None:
    """The history is read: does it end where the row says, and lead to what the row holds?"""
    stored, told = case.stored, case.told
    case.chain.end(Head(stored.head_sequence, bytes(stored.head_digest)))
    if case.pin is not None and case.chain.sequence < case.pin[0]:
        case.wrong("the history is shorter than when it was verified last")
    for broken in case.chain.breaks:
        case.wrong(broken.reason, broken.sequence)
    for event in case.chain.unread:
        if event not in told.erased:
            case.wrong(f"the content of event {event} is gone, and no order says that it was erased", event)
    _replaced_apart(case)
    if case.faults:
        return
    if not told.events:
        return case.wrong("the case has no history: nothing says how it began")
    if told.definition != stored.label:
        case.wrong(f"the case follows {stored.label}, but its last event {told.definition}")
    if case.unreadable:
        return case.wrong(f"the events cannot be replayed: {case.unreadable}")
    _stored_apart(case)


def _replaced_apart(case: Case) -> None:
    """Contents that an order has replaced are those that it says, and no others."""
    found, told = case.chain.replaced, case.told.replaced
    for event in sorted(found.keys() | told.keys()):
        if event not in told:
            case.wrong(f"the content of event {event} is another, and no order says that it was replaced", event)
        elif event not in found and event not in case.chain.unread:
            case.wrong(f"the content of event {event} is there, though an order replaced it", event)
        elif event in found and found[event] != told[event]:
            case.wrong(f"the content of event {event} is not what an order put in its place", event)


def _stored_apart(case: Case) -> None:
    """What the instance's row says otherwise than its history."""
    stored, told = case.stored, case.told
    try:
        items, data = unsealed(bytes(stored.items)), unsealed(bytes(stored.data))
        state, read = decode(items, data), opened(items)
        dict(state.root.variables)
    except BROKEN as error:
        return case.wrong(f"the stored state cannot be read: {_why(error)}")
    if case.chain.unread:
        return None
    status = root_state(told)
    if status is None:
        return case.wrong("the history does not say how the case began")
    if not same(told.state, state, read, data):
        case.wrong("the stored state is not the one that the events lead to")
    if status != stored.status:
        case.wrong("the stored status is not the one that the events lead to")
    if stored.created != told.begun:
        case.wrong("the case did not begin when its row says")
    if stored.ended != (told.stepped if status in INSTANCE_ENDED else None):
        case.wrong("the case did not end when its row says")


def _why(error: Exception) -> str:
    """Of a key, what is the matter with it; else the kind of error alone: what it quotes may be of the case."""
    return str(error) if isinstance(error, KeyFault) else type(error).__name__


def same(rebuilt: State, stored: State, read: list[Any], data: bytes) -> bool:
    """Equal as stored, to the byte but for the order of names: to Python alone, true would equal 1.

    `read`: all that stands in the stored document.
    """
    if canonical(opened(encode(rebuilt)[0])) != canonical(read):
        return False
    wanted = canonical(dict(rebuilt.root.variables))
    return all(canonical(each) == wanted for each in (dict(stored.root.variables), orjson.loads(data)))


def _compare(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> None:
    """Hold the rows of every table against what the histories say; one statement a table."""
    if not cases:
        return
    short = {number: case for number, case in cases.items() if not case.told.partly_compared}
    for table in tables.NUMBERED:
        for case, rows in _numbered(cursor, table, cases, short):
            for sentence in tables.numbered_apart(table, case.told, rows, whole=True):
                case.wrong(sentence)
    for table in tables.ORDERED:
        for case, rows in _ordered(cursor, table, cases, short):
            for sentence in tables.ordered_apart(table, case.told, rows, whole=True):
                case.wrong(sentence)
    for number, sentence in candidates.apart(cursor, {n: (case.told, fallback(case)) for n, case in cases.items()}):
        cases[number].wrong(sentence)
    for compared in with_every_verification:
        for number, sentence in compared(cursor, cases):
            cases[number].wrong(sentence)


def _numbered(
    cursor: psycopg.Cursor[Any], table: tables.Table, cases: Mapping[int, Case], short: Mapping[int, Case]
) -> Iterator[tuple[Case, Iterable[tables.RawRow]]]:
    yield from _by_case(short, tables.of_cases(cursor, table, list(short)) if short else ())
    for number, case in cases.items():
        if number not in short:
            wanted = case.told.rows[table.name]
            late = {*wanted.open, *wanted.closed, *wanted.early}
            yield case, tables.reached(cursor, table, number, wanted.behind, 2**31 - 1, late)


def _ordered(
    cursor: psycopg.Cursor[Any], table: tables.Table, cases: Mapping[int, Case], short: Mapping[int, Case]
) -> Iterator[tuple[Case, list[tables.RawRow]]]:
    for case, rows in _by_case(short, tables.of_cases(cursor, table, list(short)) if short else ()):
        yield case, list(rows)
    for number, case in cases.items():
        if number not in short:
            listed = case.told.lists[table.name]
            yield case, list(tables.following(cursor, table, number, listed.behind, len(listed.rows) + MOST_FAULTS))


def _by_case(
    cases: Mapping[int, Case], rows: Iterable[tables.RawRow]
) -> Iterator[tuple[Case, Iterable[tables.RawRow]]]:
    """The rows of each case, none where it has none."""
    found = {number: list(own) for number, own in groupby(rows, key=lambda row: row[0])}
    for number, case in cases.items():
        yield case, found.get(number, ())


def fallback(case: Case) -> str:
    """The group that looks after what nobody is offered; "" where the version cannot be read, which is a fault."""
    try:
        return by_definition(case.stored.definition).fallback_group
    except (Faulty, Definition.DoesNotExist, *BROKEN):
        case.wrong(f"the version {case.stored.label} that the case follows cannot be read")
        return ""
