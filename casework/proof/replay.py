"""What did the history of a case say up to an event, and nothing after it?

Replay: the fold that verification holds the stored rows against (`told.Told`) and the one that pages read the past from
(`past.fold`), both over the same links. Pure, but for the links, which the caller has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audit.reading import Row
from audit.selectors import Entry, entry_of
from casework.cases.read.past import Past, fold, nothing
from casework.cases.shown_verification import NOTED
from orchestration.shell.verification.cases import BROKEN
from orchestration.shell.verification.told import Told
from orchestration.view.state import ROOT


@dataclass(frozen=True, slots=True)
class Replayed:
    """`last`: the event up to which it was read. `decisions`: the newest of them. `shown`: events that keep a mark of
    what somebody saw. `version`: the rules in force."""

    told: Told
    past: Past
    last: Entry
    decisions: tuple[Entry, ...]
    shown: tuple[Entry, ...]
    version: str


def replayed(rows: Sequence[Row]) -> Replayed | None:
    """None where these links lead to no case: none are there, the beginning was erased, or they cannot be read."""
    if not rows:
        return None
    told, entries = Told(rows[0][0]), []
    try:
        for row in rows:
            told.read(row)
            entries.append(entry_of(row))
        past = fold(nothing(), entries)
    except BROKEN:
        return None
    if ROOT not in told.state.instances:
        return None
    decided, marked = set(past["decisions"]), told.notes.get(NOTED, {})
    return Replayed(
        told, past, entries[-1], tuple(one for one in entries if one.sequence in decided),
        tuple(one for one in entries if str(one.sequence) in marked),
        next((one.definition for one in reversed(entries) if one.definition), ""),
    )  # fmt: skip
