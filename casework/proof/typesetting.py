"""How do sections of text and tables become a PDF that is good to read, on paper and by a screen reader?

By Typst, where it is installed (`make pdf`): in any letters that a font of the machine has, tagged for screen readers
(PDF/UA-1). Without it in the letters that every reader of PDF has; what those lack stands as a question mark, and the
paper says so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Final

import orjson

from casework.runtime.locations import ROOT
from orchestration.documents.printing import HIGH, Text, pdf_of

Row = tuple[str, ...]
Part = tuple[str, Row, Sequence[Row]]
"""A heading, the heads of its columns, and its rows."""

TEMPLATE: Final = ROOT / "templates" / "proof" / "case.typ"
LEFT: Final = 50.0
FIRST: Final = 70.0
STEP: Final = 12.5
ROWS: Final = 56
COLUMNS: Final = 100
PLAINLY: Final = (
    "Letters that this paper lacks stand as question marks; with Typst installed (make pdf) it has them all."
)


def is_here() -> bool:
    return find_spec("typst") is not None


def typeset(title: str, mark: str, parts: Sequence[Part], at: datetime) -> bytes:
    """A PDF of these parts; `mark` stands on each page."""
    return _by_typst(title, mark, parts, at) if is_here() else _plain(title, mark, parts)


def _by_typst(title: str, mark: str, parts: Sequence[Part], at: datetime) -> bytes:
    """What is set is handed over as data and read as such: no text of a case is taken for a command."""
    import typst

    data = {"title": title, "mark": mark, "parts": [{"title": t, "head": h, "rows": r} for t, h, r in parts]}
    given = {"data": orjson.dumps(data).decode()}
    source, moment = TEMPLATE.read_bytes(), at.replace(microsecond=0)
    try:
        return bytes(typst.compile(source, sys_inputs=given, format="pdf", pdf_standards=["ua-1"], timestamp=moment))
    except typst.TypstError:  # a letter that no font here has cannot be in a paper of that standard
        return bytes(typst.compile(source, sys_inputs=given, format="pdf", timestamp=moment))


def _plain(title: str, mark: str, parts: Sequence[Part]) -> bytes:
    lines = [("Helvetica-Bold", title), ("Helvetica", PLAINLY), *_lines(parts)]
    sheets = [lines[at : at + ROWS] for at in range(0, len(lines), ROWS)]
    return pdf_of([_page(sheet, mark, f"{number} / {len(sheets)}") for number, sheet in enumerate(sheets, 1)])


def _lines(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    for title, _, rows in parts:
        yield "Helvetica", ""
        yield "Helvetica-Bold", title
        for row in rows:
            said = f"{row[0]}: {'; '.join(filter(None, row[1:]))}" if len(row) > 1 else row[0]
            for line in said.splitlines():
                yield from (("Helvetica", each) for each in textwrap.wrap(line, COLUMNS))


def _page(lines: Sequence[tuple[str, str]], mark: str, number: str) -> list[Text]:
    drawn = [Text(LEFT, FIRST + STEP * at, line, 9, font) for at, (font, line) in enumerate(lines) if line]
    return [Text(LEFT, 36, mark[:130], 8), *drawn, Text(LEFT, HIGH - 40, number, 8)]
