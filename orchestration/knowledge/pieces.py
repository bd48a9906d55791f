"""Into which pieces is a document cut, so that each can be found and cited by itself? (chunking)

Pure. By headings first (Markdown, or numbered as in “4.2 Refunds”), then by paragraphs; a piece is about as long as the
embedding reads at once, and never has two headings. A heading that stands below others is told with those above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
    heading: str
    text: str


def cut(text: str) -> tuple[Piece, ...]:
    """The pieces of a text, at most `MOST`; none of a text that says nothing."""
    found: list[Piece] = []
    for heading, paragraphs in _sections(text):
        for part in _filled(paragraphs):
            if len(found) == MOST:
                return tuple(found)
            found.append(Piece(heading, part))
    return tuple(found)


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """(headings above it, paragraphs) of each part of the text that has text of its own."""
    path: list[tuple[int, str]] = []
    paragraphs: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=\s*#)|(?<=\n)(?=\d[\d.]*\s+[A-Z])", text.replace("\r\n", "\n")):
        first, _, rest = block.strip().partition("\n")
        level = _heading(first.strip(), bool(rest.strip()))
        if level is None:
            paragraphs += [block.strip()] if block.strip() else []
            continue
        if paragraphs:
            yield _told(path), paragraphs
        path = [one for one in path if one[0] < level[0]] + [level]
        paragraphs = [rest.strip()] if rest.strip() else []
    if paragraphs:
        yield _told(path), paragraphs


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


def _filled(paragraphs: list[str]) -> Iterator[str]:
    """The paragraphs, put together and cut so that none is longer than a piece."""
    held = ""
    for part in (part for paragraph in paragraphs for part in _short(" ".join(paragraph.split()))):
        if held and len(held) + len(part) + 1 > LONGEST:
            yield held
            held = ""
        held = f"{held}\n{part}" if held else part
    if held:
        yield held


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
