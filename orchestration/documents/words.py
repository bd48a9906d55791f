"""What does a page say, and where does each word stand on it?

Pure. Places are fractions of the page's width and height from its upper left corner, so that they fit a picture of it
in any size. A page that was never laid out (of an e-mail, an office document, a text) is set as by a typewriter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = Any
COLUMNS: Final = 100
"""Signs in a row of a text that was never laid out."""
TAB: Final = 4 * " "
"""Wide enough to part the cells of a row."""
LEAST_ROWS: Final = 60
"""So that a line of a short text is no higher than one of a page."""
WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: its left, upper, right and lower edge, each from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    def __bool__(self) -> bool:
        return self != NOWHERE

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def packed(self) -> list[float]:
        return [round(edge, 4) for edge in (self.left, self.top, self.right, self.bottom)]


NOWHERE: Final = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """`sure`: how sure the reader is of it, from 0 to 1; what stood in the document as text is certain."""

    text: str
    box: Box = NOWHERE
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand beside each other, from left to right; of a recording a sentence, with its seconds in it."""

    words: tuple[Word, ...]
    begins: float | None = None
    ends: float | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        return around(word.box for word in self.words)

    @property
    def sure(self) -> float:
        return min((word.sure for word in self.words), default=0.0)


@dataclass(frozen=True, slots=True)
class Page:
    """`number` from 1; `lines` from above to below. `by`: how it was read, "text" or "ocr"."""

    number: int
    lines: tuple[Line, ...]
    by: str = "text"

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> int:
        return sum(len(line.words) for line in self.lines)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around them."""
    found = [box for box in boxes if box]
    if not found:
        return NOWHERE
    return Box(
        min(box.left for box in found), min(box.top for box in found), max(box.right for box in found),
        max(box.bottom for box in found),
    )  # fmt: skip


FLAT: Final = 0.4
"""What is so much lower than its neighbour is a dash or a dot, which does not stand at half its height."""


def in_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """Words put into lines by where they stand."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: (one.box.middle, one.box.left)):
        row = next((row for row in reversed(rows[-3:]) if _is_beside(row, word)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return tuple(Line(tuple(sorted(row, key=lambda one: one.box.left))) for row in rows)


def _is_beside(row: Sequence[Word], word: Word) -> bool:
    last = row[-1].box
    low, high = sorted((last.height, word.box.height))
    apart = abs(last.middle - word.box.middle)
    return apart < 0.5 * low or (low < FLAT * high and apart < FLAT * high)


def split(text: str, box: Box, sure: float) -> list[Word]:
    """The words of a text that was read as one, each with its share of the place."""
    found, at, whole = [], 0, max(len(text), 1)
    for part in text.split():
        begins = text.index(part, at)
        at = begins + len(part)
        wide = box.right - box.left
        place = Box(box.left + wide * begins / whole, box.top, box.left + wide * at / whole, box.bottom)
        found.append(Word(part, place, sure))
    return found


def plain_page(text: str, number: int = 1) -> Page:
    """A page of a text that was never laid out, each word where a typewriter would set it on one long sheet."""
    written = [line.rstrip().replace("\t", TAB) for line in text.splitlines()]
    rows = [max(1, -(-len(line) // COLUMNS)) for line in written]
    tall, lines, row = max(sum(rows), LEAST_ROWS), [], 0
    for line, high in zip(written, rows, strict=True):
        words = tuple(Word(found[0], _set_at(found.start(), len(found[0]), row, tall)) for found in WORD.finditer(line))
        lines += [Line(words)] if words else []
        row += high
    return Page(number, tuple(lines))


def _set_at(at: int, long: int, row: int, tall: int) -> Box:
    """Where so many signs stand that begin at this one of a line, which begins in this row and may run on below."""
    down, across = row + at // COLUMNS, at % COLUMNS
    return Box(across / COLUMNS, down / tall, min(across + long, COLUMNS) / COLUMNS, (down + 1) / tall)


def packed(page: Page) -> dict[str, Json]:
    """A page as JSON."""
    lines = [[[word.text, word.box.packed(), round(word.sure, 3)] for word in line.words] for line in page.lines]
    told: dict[str, Json] = {"number": page.number, "by": page.by, "lines": lines}
    if any(line.begins is not None for line in page.lines):
        told["times"] = [[line.begins, line.ends] for line in page.lines]
    return told


def unpacked(given: Mapping[str, Json]) -> Page:
    times = given.get("times") or [[None, None]] * len(given["lines"])
    lines = (
        Line(tuple(Word(text, Box(*box), sure) for text, box, sure in line), begins, ends)
        for line, (begins, ends) in zip(given["lines"], times, strict=True)
    )
    return Page(given["number"], tuple(lines), given["by"])


def heard_page(sentences: Iterable[Json], before: Page | None = None) -> Page:
    """A page of what was heard, after what was heard before it."""
    lines = tuple(
        Line(tuple(Word(text, NOWHERE, sure) for text, sure in words), begins, ends)
        for begins, ends, words in sentences
        if words
    )
    return Page(1, (*(before.lines if before else ()), *lines), "speech")
