"""How does evidence look on paper? A PDF whose every page says who took it, when and why, and which page of how many.

In the letters that every reader of PDF has; what those lack stands as a question mark there, and whole in `case.html`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from orchestration.documents.printing import HIGH, Text, pdf_of

LEFT: Final = 50.0
FIRST: Final = 84.0
STEP: Final = 13.0
ROWS: Final = 52
COLUMNS: Final = 96
BOLD, PLAIN, FIXED = "Helvetica-Bold", "Helvetica", "Courier"

Piece = tuple[str, str]
"""A font and a line."""


def paper(
    mark: str, title: str, parts: Iterable[tuple[str, Iterable[str]]], digests: Sequence[tuple[str, str]]
) -> bytes:
    """`parts`: a heading and its lines each; `digests`: every other file of the capsule, with its SHA-256."""
    rows: list[Piece] = [(BOLD, title), *_wrapped(PLAIN, mark), (PLAIN, "")]
    for heading, lines in parts:
        rows += [(BOLD, heading), *(row for line in lines for row in _wrapped(PLAIN, line)), (PLAIN, "")]
    rows += [(BOLD, "What is in the capsule, by SHA-256")]
    for name, digest in digests:
        rows += [*_wrapped(PLAIN, name), (FIXED, f"  {digest}")]
    sheets = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    whole = sha256("".join(digest for _, digest in digests).encode()).hexdigest()
    return pdf_of([_page(sheet, number, len(sheets), mark, whole) for number, sheet in enumerate(sheets, 1)])


def _page(rows: Sequence[Piece], number: int, of_all: int, mark: str, whole: str) -> list[Text]:
    """`whole`: a digest of all digests, so that pages of two capsules are told apart."""
    head = [Text(LEFT, 36, line, 8, PLAIN) for line in textwrap.wrap(mark, 120)[:1]]
    foot = f"Page {number} of {of_all}   {whole}"
    drawn = [Text(LEFT, FIRST + STEP * at, line, 9, font) for at, (font, line) in enumerate(rows) if line]
    return [*head, *drawn, Text(LEFT, HIGH - 40, foot, 8, FIXED)]


def _wrapped(font: str, text: str) -> list[Piece]:
    return [(font, row) for row in textwrap.wrap(text, COLUMNS) or [""]]
