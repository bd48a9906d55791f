"""What had people on their screens when they signed, decided or revealed something, and is the case still that one?

Each mark that the history keeps was made anew while it was read (`shown_verification`); here it is put into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from audit.chain import instant
from audit.models import AuditEvent
from audit.selectors import Entry
from casework.cases.read.timeline import actor_name
from casework.cases.shown_verification import APART, NOTED, OTHERWISE, SAME, UNKEPT
from orchestration.shell.verification.cases import REPLACED
from orchestration.shell.verification.told import Told

ERASED: Final = "erased"
"""Words of the case were taken out since, so it cannot be made as it was."""
SAID: Final[Mapping[str, str]] = {
    SAME: "Made anew from the history: the same.",
    APART: "Made anew from the history: another. What was shown is not what the history leads to.",
    ERASED: "Words of the case were taken out by an order since, so it cannot be made as it was.",
    OTHERWISE: "It was marked with another secret key, or in another way, than now, so it cannot be made anew.",
    UNKEPT: "What is needed to make it anew was not kept at that time.",
}  # fmt: skip
DID: Final[Mapping[str, str]] = {
    "approval.signed": "signed", "agent.decided": "decided what an agent proposed",
    "agent.checked": "answered what an agent proposed", "field.revealed": "had a value revealed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """`mark`: of all that stood there, as it was kept then; `outcome`: what came of making it anew."""

    sequence: int
    at: datetime
    who: str
    did: str
    mark: str
    outcome: str

    @property
    def is_apart(self) -> bool:
        return self.outcome == APART

    @property
    def said(self) -> str:
        return SAID[self.outcome]

    @property
    def told(self) -> str:
        """In one line, for paper."""
        return f"Event {self.sequence}, {instant(self.at)}: {self.who} {self.did}, mark {self.mark}. {self.said}"


def shown_then(told: Told, entries: Sequence[Entry], names: Mapping[str, str]) -> tuple[Shown, ...]:
    """Up to where the history was read, the oldest first. A statement where a mark is another now."""
    return tuple(_shown(told, entries, names))


def _shown(told: Told, entries: Sequence[Entry], names: Mapping[str, str]) -> Iterator[Shown]:
    outcomes: Mapping[str, str] = told.notes.get(NOTED, {})
    erased = APART in outcomes.values() and _words_were_taken_out(told.instance)
    for entry in entries:
        if outcome := outcomes.get(str(entry.sequence)):
            outcome = ERASED if erased and outcome == APART else outcome
            who = actor_name(entry.actor, names)
            yield Shown(entry.sequence, entry.at, who, DID[entry.action], str(entry.detail["seen"]), outcome)


def _words_were_taken_out(case: int) -> bool:
    return AuditEvent.objects.filter(chain=case, action=REPLACED).exists()
