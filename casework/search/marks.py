"""Where in a text does a word that is asked for stand?

In pieces for a page, cut around the first place; and as numbers for a program. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from casework.cases.search_words import LONGEST, WORD
from casework.search.query import Term
from orchestration.privacy.folding import Folded

BEFORE: Final = 60
"""Characters that are shown before the first place."""
SHOWN: Final = 220
_MARK: Final = "<mark>{}</mark>"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, or the part of it around what is asked for, in pieces."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def html(self) -> SafeString:
        """The text, escaped, with what is marked in `mark`."""
        parts = ((_MARK if piece.marked else "{}", piece.text) for piece in self.pieces)
        return mark_safe("".join(format_html(form, text) for form, text in parts))  # noqa: S308 - escaped one by one

    @property
    def marks(self) -> list[list[int]]:
        """Where each marked piece begins and ends in the text."""
        found, at = [], 0
        for piece in self.pieces:
            if piece.marked:
                found.append([at, at + len(piece.text)])
            at += len(piece.text)
        return found


def fitting(words: Sequence[str], asked: Sequence[Term]) -> set[Term]:
    """Which of the words that are asked for are among these."""
    return {term for term in asked if any(term.fits(word) for word in words)}


def marked(text: str, asked: Sequence[Term]) -> Marked:
    """The part of a text around the first word that fits, with all in it that fit marked."""
    spans = _spans(text, asked)
    begin = _begin(text, spans[0][0]) if spans and len(text) > SHOWN else 0
    end = len(text) if len(text) - begin <= SHOWN else text.rfind(" ", begin + SHOWN // 2, begin + SHOWN)
    end = begin + SHOWN if end < 0 else end
    pieces = _pieces(text, [span for span in spans if span[1] <= end], begin, end)
    return Marked(tuple(piece for piece in pieces if piece.text))


def _spans(text: str, asked: Sequence[Term]) -> list[tuple[int, int]]:
    folded = Folded(text)
    found = (match for match in WORD.finditer(folded.light) if fitting([match[0][:LONGEST]], asked))
    return [folded.span(*match.span()) for match in found]


def _begin(text: str, first: int) -> int:
    if first <= BEFORE:
        return 0
    space = text.rfind(" ", first - BEFORE, first - BEFORE // 2)
    return first - BEFORE if space < 0 else space + 1


def _pieces(text: str, spans: Sequence[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    pieces, at = [Piece("… " if begin else "", False)], begin
    for start, stop in spans:
        pieces += [Piece(text[at:start], False), Piece(text[start:stop], True)]
        at = stop
    return [*pieces, Piece(text[at:end], False), Piece(" …" if end < len(text) else "", False)]
