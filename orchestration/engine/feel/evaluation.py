"""What does one evaluation carry with it, and how much may it use? (DMN 1.5, 10.3.2.11 to 10.3.2.13: scopes.)"""

from __future__ import annotations

from typing import Any

from .problems import LimitExceeded, Limits, Problem, Span, bounded
from .temporal import DateTime

MAX_PROBLEMS = 50
CHARACTERS_PER_STEP = 256
STEPS_PER_CALL = 4


class Evaluation:
    """One evaluation: its limits and what is left of them, the time that `now()` tells, and the problems met."""

    __slots__ = ("_steps", "depth", "limits", "now", "problems")

    def __init__(self, limits: Limits, now: DateTime | None) -> None:
        self.limits = limits
        self.now = now
        self.depth = 0
        self.problems: list[Problem] = []
        self._steps = limits.steps

    @property
    def left(self) -> int:
        """The steps that it may still take."""
        return max(self._steps, 0)

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises `LimitExceeded`."""
        self._steps -= steps
        if self._steps < 0:
            raise LimitExceeded(f"this takes more than {self.limits.steps} steps")

    def enter(self) -> None:
        """One function call deeper, which costs steps too. Raises `LimitExceeded`."""
        self.spend(STEPS_PER_CALL)
        self.depth += 1
        if self.depth > self.limits.depth:
            raise LimitExceeded(f"functions call each other more than {self.limits.depth} deep")

    def leave(self) -> None:
        self.depth -= 1

    def text(self, value: str) -> str:
        """Count the characters of a string just made; returns it. Raises `LimitExceeded`."""
        self.reserve(len(value))
        return value

    def reserve(self, characters: int) -> None:
        """Count the characters of a string about to be made. Raises `LimitExceeded`."""
        self.room(characters)
        self.spend(1 + characters // CHARACTERS_PER_STEP)

    def room(self, characters: int) -> None:
        """Refuse a string that would be too long. Raises `LimitExceeded`."""
        if characters > self.limits.string_size:
            raise LimitExceeded(f"a string grows longer than {self.limits.string_size} characters")

    def items(self, count: int) -> None:
        """Count the items of a list made or read. Raises `LimitExceeded`."""
        if count > self.limits.list_size:
            raise LimitExceeded(f"a list grows longer than {self.limits.list_size} items")
        self.spend(1 + count // 8)

    def fail(self, reason: str, span: Span) -> Any:
        """Keep why a result is null; returns that null."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(bounded(reason), span))
        return None


class Frame:
    """The variables of one scope, inside those of the scopes around it."""

    __slots__ = ("outer", "run", "variables")

    def __init__(self, run: Evaluation, outer: Frame | None, variables: Any) -> None:
        self.run = run
        self.outer = outer
        self.variables = variables
