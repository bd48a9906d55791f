"""Which clauses does a contract have, and on which page does each begin?

Pure. A clause begins where a line is a heading: numbered (“7. Liability”, “§ 7 Liability”, “Article 7 - Liability”), or
in capitals. What stands before the first one (title, parties) and after the signatures is no clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 120
FEWEST: Final = 2
"""Numbered headings of a contract that numbers them."""
LONGEST: Final = 4_000
"""Characters of a clause that are looked at."""
NUMBERED: Final = re.compile(
    r"^(?:(?i:article|section|clause|§)\s*)?(?P<number>\d{1,2})(?:\s*[.):]\s*|\s*[-–—]\s*|\s+)"
    r"(?P<words>[A-ZÄÖÜ][^.;:]{2,70})[.:]?$"
)
CAPITALS: Final = re.compile(r"^(?P<words>[A-ZÄÖÜ][A-ZÄÖÜ &,/'-]{3,60})$")
SIGNED: Final = re.compile(
    r"^(?:signatures?|signed\b|in witness whereof|place and date|unterschriften?|ort, datum)\b", re.IGNORECASE
)
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ(])")


@dataclass(frozen=True, slots=True)
class Clause:
    """`page`: where it begins; `turns`: (characters of the text before it, page) of each later page it goes on to."""

    number: str
    heading: str
    text: str
    page: int
    turns: tuple[tuple[int, int], ...] = ()

    def page_of(self, quote: str) -> int:
        """On which page these words of it begin."""
        at = self.text.find(quote)
        return next((page for begins, page in reversed(self.turns) if at >= begins), self.page)


def clauses_in(pages: Sequence[str]) -> tuple[Clause, ...]:
    """The clauses of these pages' texts, in their order, at most `MOST`."""
    headings = [line for page in pages for line in page.splitlines() if _heading(line.strip(), numbered=True)]
    numbered = len(headings) >= FEWEST
    found: list[Clause] = []
    for heading, lines in _parts(pages, numbered=numbered):
        text, turns = _joined(lines, heading[2])
        if text and len(found) < MOST:
            found.append(Clause(heading[0], heading[1], text[:LONGEST], heading[2], turns))
    return tuple(found)


def sentences(text: str) -> list[str]:
    return [one.strip() for one in SENTENCE.split(text) if one.strip()]


Heading = tuple[str, str, int]
Line = tuple[str, int]


def _parts(pages: Sequence[str], *, numbered: bool) -> Iterator[tuple[Heading, list[Line]]]:
    heading: Heading | None = None
    lines: list[Line] = []
    for page, text in enumerate(pages, 1):
        for line in filter(None, map(str.strip, text.splitlines())):
            begins = _heading(line, numbered=numbered)
            if begins or SIGNED.match(line):
                if heading:
                    yield heading, lines
                heading, lines = ((*begins, page) if begins else None), []
            else:
                lines.append((line, page))
    if heading:
        yield heading, lines


def _heading(line: str, *, numbered: bool) -> tuple[str, str] | None:
    """(its number, its words) where a line is a heading; in a contract that numbers them only numbered ones are."""
    if found := NUMBERED.match(line):
        return found["number"], found["words"].strip().title() if found["words"].isupper() else found["words"].strip()
    if not numbered and (found := CAPITALS.match(line)):
        return "", found["words"].strip().capitalize()
    return None


def _joined(lines: Sequence[Line], page: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, turns = "", []
    for line, on in lines:
        if on != page:
            turns.append((len(text) + bool(text), on))
            page = on
        text = f"{text} {line}" if text else line
    return text, tuple(turns)
