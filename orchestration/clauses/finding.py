"""Which clauses does a contract have, and on which page does each begin?

Pure. A clause begins where a line is a heading: numbered (“7. Liability”, “§ 7 Liability”, “Article 7 - Liability”), or
in capitals. Where the text itself stands beside the number, the clause has no heading. What stands before the first one
(title, parties) and after the signatures is no clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 120
FEWEST: Final = 2
"""Numbered headings of a contract that numbers them; and those in capitals of one that has them so."""
LONGEST: Final = 4_000
"""Characters of a clause that are looked at."""
NUMBERED: Final = re.compile(
    r"^(?:(?i:article|section|clause|§)\s*)?(?P<number>\d{1,2})(?:\s*[.):]\s*|\s*[-–—]\s*|\s+)"
    r"(?P<words>[A-ZÄÖÜ][^.;:]{2,70})[.:]?$"
)
PARAGRAPH: Final = re.compile(r"^§?\s*(?P<number>\d{1,2})[.)]?\s+(?P<words>[A-ZÄÖÜ]\S*\s.{10,})$")
CAPITALS: Final = re.compile(r"^(?P<words>[A-ZÄÖÜ][A-ZÄÖÜ &,/'-]{3,60})$")
SIGNED: Final = re.compile(
    r"^(?:signatures?|signed\b|in witness whereof|place and date|unterschriften?|ort, datum)\b", re.IGNORECASE
)
LONGEST_HEADING: Final = 8
"""Words."""
SHORTEST_CLAUSE: Final = 4
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ(])")


Heading = tuple[str, str, int]
Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """`heading`: "" where it has none. `page`: where it begins; `turns`: (characters of the text before it, page) of
    each later page it goes on to."""

    number: str
    heading: str
    text: str
    page: int
    turns: tuple[tuple[int, int], ...] = ()

    @property
    def called(self) -> str:
        return self.heading or f"Clause {self.number}"

    def page_of(self, quote: str) -> int:
        """On which page these words of it begin."""
        at = self.text.find(quote)
        return next((page for begins, page in reversed(self.turns) if at >= begins), self.page)


def clauses_in(pages: Sequence[str]) -> tuple[Clause, ...]:
    """The clauses of these pages' texts, in their order, at most `MOST`."""
    numbered = _numbers_them([line.strip() for page in pages for line in page.splitlines()])
    found: list[Clause] = []
    for (number, words, page), below in _parts(pages, numbered=numbered):
        is_said = _is_said(words, below)
        text, turns = _joined([(words, page), *below] if is_said else below, page)
        if text and len(found) < MOST:
            found.append(Clause(number, "" if is_said else words, text[:LONGEST], page, turns))
    return tuple(found)


def _numbers_them(lines: Sequence[str]) -> bool:
    headings, paragraphs, capitals = (
        sum(bool(form.match(line)) for line in lines) for form in (NUMBERED, PARAGRAPH, CAPITALS)
    )
    return headings >= FEWEST or (paragraphs >= FEWEST and capitals < FEWEST)


def _is_said(words: str, below: Sequence[Line]) -> bool:
    """Whether what stands beside a number is no heading but the clause itself, or its beginning."""
    many = len(words.split())
    return many > LONGEST_HEADING or (below[0][0][0].islower() if below else many >= SHORTEST_CLAUSE)


def sentences(text: str) -> list[str]:
    return [one.strip() for one in SENTENCE.split(text) if one.strip()]


def _parts(pages: Sequence[str], *, numbered: bool) -> Iterator[tuple[Heading, list[Line]]]:
    heading: Heading | None = None
    lines: list[Line] = []
    for page, text in enumerate(pages, 1):
        for line in filter(None, map(str.strip, text.splitlines())):
            begins = _heading(line, numbered=numbered) or _paragraph(line, heading, numbered=numbered)
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


def _paragraph(line: str, before: Heading | None, *, numbered: bool) -> tuple[str, str] | None:
    """(its number, its words) where a line begins the text of the next clause: of one that has no heading."""
    found = PARAGRAPH.match(line) if numbered else None
    follows = int(before[0]) + 1 if before and before[0] else 1
    return (found["number"], found["words"]) if found and int(found["number"]) == follows else None


def _joined(lines: Sequence[Line], page: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, turns = "", []
    for line, on in lines:
        if on != page:
            turns.append((len(text) + bool(text), on))
            page = on
        text = f"{text} {line}" if text else line
    return text, tuple(turns)
