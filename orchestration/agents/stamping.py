"""Do people still look at what they approve for agents, or do they rubber-stamp it?

Figures of what was decided: how often it was approved, how long people looked, how they answered where they were not
told what the agent wants, and where they were asked to approve what nobody who reads it does. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from orchestration.agents.checking import BLIND, KNOWN

ENOUGH: Final = 20
"""Decisions from which on their share says something."""
FEW: Final = 5
"""Checks from which on theirs does."""
NEARLY_ALL: Final = 0.98
GLANCE: Final = 5.0
"""Seconds in which nobody reads a reason and its evidence."""
FALLEN_FOR: Final = 0.2
APART: Final = 0.25


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision. `seconds`: from first looked at to decided; None: not known. `fell`: approved what is never done;
    None: they were not asked to."""

    approved: bool
    seconds: float | None
    check: str = ""
    fell: bool | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; None: of nothing. `shown`, `blind`: agreement where people were told, and where not."""

    decided: int
    approved: float | None
    seconds: float | None
    at_a_glance: float | None
    blind_count: int
    shown: float | None
    blind: float | None
    known_count: int
    fell: float | None

    @property
    def signs(self) -> tuple[str, ...]:
        """What says that approval says nothing any more, a sentence each."""
        return tuple(_signs(self))


def figures(rows: Iterable[Decided]) -> Figures:
    """Of these decisions."""
    told = list(rows)
    times = [one.seconds for one in told if one.seconds is not None]
    blind = [one.approved for one in told if one.check == BLIND]
    shown = [one.approved for one in told if one.check != BLIND]
    known = [one.fell for one in told if one.check == KNOWN and one.fell is not None]
    return Figures(
        len(told), _share([one.approved for one in told]), median(times) if times else None,
        _share([seconds < GLANCE for seconds in times]), len(blind), _share(shown), _share(blind), len(known),
        _share(known),
    )  # fmt: skip


def _share(answers: list[bool]) -> float | None:
    return sum(answers) / len(answers) if answers else None


def _signs(found: Figures) -> Iterator[str]:
    if found.decided >= ENOUGH and (found.approved or 0) >= NEARLY_ALL and (found.seconds or GLANCE) < GLANCE:
        yield "Nearly all is approved, and most of it at a glance."
    if found.known_count >= FEW and (found.fell or 0) >= FALLEN_FOR:
        yield "What nobody who reads it approves was approved."
    if found.blind_count >= FEW and (found.shown or 0) - (found.blind or 0) >= APART:
        yield "Where people are not told what the machine says, they say something else."
