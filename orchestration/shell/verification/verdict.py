"""What came of verifying a history?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_FAULTS: Final = 20
"""So many are named of one history; with more, it is beyond naming."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: at which event, and a sentence for people."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a history holds. `sequence` and `reason`: the first fault, or what could not be compared (`ok`).

    `events`: how many the history has; `read`: how many of them were read now, the others when they were verified last.
    """

    ok: bool
    events: int
    sequence: int = 0
    reason: str = ""
    faults: tuple[Fault, ...] = ()
    read: int = 0

    @classmethod
    def of(cls, faults: list[Fault], events: int, read: int, otherwise: str = "") -> Verdict:
        if not faults:
            return cls(True, events, reason=otherwise, read=read)
        first = faults[0]
        return cls(False, events, first.sequence, first.reason, tuple(faults[:MOST_FAULTS]), read)
