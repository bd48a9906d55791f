"""Into which pieces is a document cut, so that each can be found and cited by itself? (chunking)

Pure. By headings first (Markdown, or numbered as in “4.2 Refunds”), then by paragraphs; a piece is about as long as the
embedding reads at once, and never has two headings. A heading that stands below others is told with those above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

LONGEST: Final = 900
"""Characters of a piece: some 200 tokens, two windows of the embedding."""
MOST: Final = 5_000
"""Pieces of one document."""
HEADING: Final = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
NUMBERED: Final = re.compile(r"^((?:\d{1,3}\.)*\d{1,3})\.?\s+(\S.{1,90})$")
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
PATH: Final = " › "
LONGEST_HEADING: Final = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """`page`: on which it begins; 0: its document has no pages."""

    heading: str
    text: str
    page: int = 0


Paragraph = tuple[int, str]
"""The page that it stands on, and its text."""


def cut(text: str) -> tuple[Piece, ...]:
    """The pieces of a text, at most `MOST`; none of a text that says nothing."""
    return cut_pages([(0, text)])


def cut_pages(pages: Iterable[tuple[int, str]]) -> tuple[Piece, ...]:
    """The pieces of the texts of pages, each with its number: a part under a heading goes on over the next page."""
    found = (Piece(heading, text, page) for heading, part in _sections(pages) for page, text in _filled(part))
    return tuple(islice(found, MOST))


def _sections(pages: Iterable[tuple[int, str]]) -> Iterator[tuple[str, list[Paragraph]]]:
    """(headings above it, paragraphs) of each part of the text that has text of its own."""
    path: list[tuple[int, str]] = []
    paragraphs: list[Paragraph] = []
    for page, block in ((page, block.strip()) for page, text in pages for block in _blocks(text)):
        first, _, rest = block.partition("\n")
        level = _heading(first.strip(), bool(rest.strip()))
        if level is None:
            paragraphs += [(page, block)] if block else []
            continue
        if paragraphs:
            yield _told(path), paragraphs
        path = [one for one in path if one[0] < level[0]] + [level]
        paragraphs = [(page, rest.strip())] if rest.strip() else []
    if paragraphs:
        yield _told(path), paragraphs


def _blocks(text: str) -> list[str]:
    return re.split(r"\n\s*\n|\n(?=\s*#)|(?<=\n)(?=\d[\d.]*\s+[A-Z])", text.replace("\r\n", "\n"))


def _heading(line: str, has_text: bool) -> tuple[int, str] | None:
    """(depth, words) where this line is a heading."""
    if found := HEADING.match(line):
        return len(found[1]), found[2]
    found = NUMBERED.match(line)
    if found and not line.endswith((".", ";", ",", ":")) and (has_text or len(line) < 60):
        return found[1].count(".") + 1, line
    return None


def _told(path: list[tuple[int, str]]) -> str:
    return PATH.join(words for _, words in path)[-LONGEST_HEADING:]


def _filled(paragraphs: list[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs, put together and cut so that none is longer than a piece."""
    held, begins = "", 0
    for page, part in ((page, part) for page, paragraph in paragraphs for part in _short(" ".join(paragraph.split()))):
        if held and len(held) + len(part) + 1 > LONGEST:
            yield begins, held
            held = ""
        held, begins = (f"{held}\n{part}", begins) if held else (part, page)
    if held:
        yield begins, held


def _short(paragraph: str) -> Iterator[str]:
    """A paragraph by its sentences where it is too long; a sentence by its length."""
    if len(paragraph) <= LONGEST:
        yield paragraph
        return
    held = ""
    for sentence in SENTENCE.split(paragraph):
        for start in range(0, len(sentence), LONGEST):
            part = sentence[start : start + LONGEST]
            if held and len(held) + len(part) + 1 > LONGEST:
                yield held
                held = ""
            held = f"{held} {part}" if held else part
    if held:
        yield held
