"""What can go wrong in FEEL, and how is it said? (DMN 1.5, 10.3.2.13.1: an error makes the result null.)

A text that is not FEEL raises `FeelSyntaxError` when it is compiled. A text that is FEEL never raises when it is
evaluated: what fails becomes null, and a `Problem` keeps the reason and the place. What would take too long or grow
too large ends the evaluation with a `Problem` whose `limit` is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_QUOTED: Final = 80
"""Characters of a text that a message repeats."""
MOST_SAID: Final = 400
"""Characters of a whole message: people read it, and it is kept."""
_LONG_WORD: Final = re.compile(r"\S{90,}")
"""A word that is longer than what a message repeats, its marks and what follows them."""


def quote(text: object) -> str:
    """A text in quotation marks as part of a sentence, cut off behind 80 characters."""
    shown = text if isinstance(text, str) else str(text)
    return repr(shown if len(shown) <= MOST_QUOTED else shown[: MOST_QUOTED - 1] + "…")


def bounded(sentence: str) -> str:
    """A sentence, cut off where it is longer than anybody reads, as is a word in it that nobody could."""
    if len(sentence) <= MOST_QUOTED:
        return sentence
    short = _LONG_WORD.sub(_cut, sentence)
    return short if len(short) <= MOST_SAID else short[: MOST_SAID - 1] + "…"


def _cut(found: re.Match[str]) -> str:
    """The beginning of a word, with the marks that stand behind it."""
    word = found[0]
    marks = word[len(word.rstrip("'\",.;:)")) :]
    return f"{word[:MOST_QUOTED]}…{marks[-3:]}"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source text: character offsets (end exclusive), and line and column of its start, from 1."""

    start: int
    end: int
    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of an expression is null. `limit` says that evaluation was cut short by one of the `Limits`."""

    reason: str
    span: Span
    limit: bool = False

    def __str__(self) -> str:
        return f"{self.reason} ({self.span})"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one evaluation may use.

    `steps`: iterations, calls and characters touched (256 of them are one step). `depth`: function calls inside
    function calls. `list_size`: items of one list. `string_size`: characters of one string.
    """

    steps: int = 200_000
    depth: int = 100
    list_size: int = 100_000
    string_size: int = 1_000_000


DEFAULT = Limits()


class FeelSyntaxError(ValueError):
    """The text is not FEEL. `message` says why, `position` (a `Span`) where."""

    def __init__(self, message: str, position: Span) -> None:
        super().__init__(f"{message} ({position})")
        self.message = message
        self.position = position

    @property
    def line(self) -> int:
        return self.position.line

    @property
    def column(self) -> int:
        return self.position.column


class FeelError(Exception):
    """Inside the evaluator: this operation is null, for this reason. Never leaves an evaluation."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LimitExceeded(Exception):
    """Inside the evaluator: one of the `Limits` is used up. Never leaves an evaluation."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
