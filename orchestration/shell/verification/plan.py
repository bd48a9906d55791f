"""Which chains are to be read in a run, from where, and in which portions?

A chain that stands where it was verified, with a row beside it that has not changed since, is not read again, unless a
whole run was asked for. A whole run that was interrupted goes on with the chains that it has not come to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from orchestration.shell.verification.kept import Verified

EVENTS_AT_ONCE: Final = 12_000
"""So many events make a portion: enough that statements cost little, few enough to be held."""
CASES_AT_ONCE: Final = 1_000

CASES: Final = """
select i.id, i.head_sequence, i.head_digest,
       sha256(convert_to(i.definition_id || ' ' || i.status || ' ', 'UTF8') || i.items || i.data),
       v.sequence, v.digest, v.state, v.told, v.mac, v.run_id
from orchestration_instance i left join audit_verifiedhead v on v.chain = i.id
where %(all)s or i.id = any(%(cases)s) order by i.id
"""


@dataclass(frozen=True, slots=True)
class Portion:
    """Cases that are checked together. `since`: of one that goes on from where it was verified, what is kept.

    `pins`: (case, sequence, digest) of those that are read once more, as they were when they were verified.
    `strange`: those of which something is kept that the product has not written.
    """

    cases: tuple[int, ...]
    events: int
    since: tuple[tuple[int, bytes], ...] = ()
    pins: tuple[tuple[int, int, bytes], ...] = ()
    strange: tuple[int, ...] = ()


@dataclass(slots=True)
class Plan:
    """What a run reads; `before`: how many chains stand where they were verified, and `events_before` of them."""

    portions: list[Portion]
    cases: int = 0
    before: int = 0
    events_before: int = 0

    @property
    def events(self) -> int:
        return sum(portion.events for portion in self.portions)


def planned(
    cursor: psycopg.ServerCursor[Any], run: int, *, whole: bool, cases: list[int] | None, new_key: bool = False
) -> Plan:
    """Look at the head of every chain once; whole histories of cases that are named are read whatever is known.

    `new_key`: what was kept with another key is nothing strange.
    """
    found = Plan([])
    cursor.itersize = 5000
    cursor.execute(CASES, {"all": cases is None, "cases": cases or []}, binary=True)
    found.portions = list(_portions(cursor, found, run, whole=whole or cases is not None, new_key=new_key))
    return found


def _portions(
    rows: psycopg.ServerCursor[Any], found: Plan, run: int, *, whole: bool, new_key: bool
) -> Iterator[Portion]:
    cases: list[int] = []
    pins: list[tuple[int, int, bytes]] = []
    strange: list[int] = []
    events = 0
    for case, sequence, digest, state, *known in rows:
        found.cases += 1
        head = _verified(case, *known)
        if head is None and known[0] is not None and not new_key:
            strange.append(case)
        if head is not None and (not whole or known[-1] == run) and _stands(head, sequence, digest, state):
            found.before += 1
            found.events_before += sequence
        elif head is not None and not whole and head.told and head.sequence < sequence:
            found.events_before += head.sequence
            yield Portion((case,), sequence - head.sequence, ((case, head.told),))
        else:
            cases.append(case)
            events += sequence
            if head is not None:
                pins.append((case, head.sequence, head.digest))
        if events >= EVENTS_AT_ONCE or len(cases) >= CASES_AT_ONCE:
            yield Portion(tuple(cases), events, (), tuple(pins), tuple(strange))
            cases, events, pins, strange = [], 0, [], []
    if cases:
        yield Portion(tuple(cases), events, (), tuple(pins), tuple(strange))


def _verified(
    case: int, sequence: int | None, digest: bytes, state: bytes, told: bytes, mac: bytes, run: int
) -> Verified | None:
    """What is known of a chain, where the product itself has written it."""
    if sequence is None:
        return None
    head = Verified(case, sequence, digest, state, told)
    return head if head.is_ours(mac) else None


def _stands(head: Verified, sequence: int, digest: bytes, state: bytes) -> bool:
    return (head.sequence, head.digest, head.state) == (sequence, digest, state)
