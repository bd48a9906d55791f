"""How does a text become a PDF?

Pure. A4 in the fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2), so that nothing is embedded. For documents
that come in as text, and for papers that are made to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

WIDE: Final = 595
HIGH: Final = 842
FONTS: Final = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Courier")
ROWS: Final = 54
"""Lines of plain text on a page."""
COLUMNS: Final = 80


@dataclass(frozen=True, slots=True)
class Text:
    """`x`, `y`: points from the left and from above; `font`: one of FONTS."""

    x: float
    y: float
    text: str
    size: float = 10
    font: str = "Helvetica"


def printed(text: str) -> bytes:
    """A plain text as a PDF, in a typewriter's letters. A form feed begins a page."""
    sheets = [sheet for part in text.split("\f") for sheet in _sheets(part)]
    return pdf_of([[Text(60, 60 + 14 * at, row, 11, "Courier") for at, row in enumerate(sheet)] for sheet in sheets])


def _sheets(text: str) -> list[list[str]]:
    rows = [part for row in text.splitlines() for part in wrap(row, COLUMNS, break_on_hyphens=False) or [""]] or [""]
    return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]


def pdf_of(pages: Sequence[Sequence[Text]]) -> bytes:
    """A PDF of these pages."""
    first = 3 + len(FONTS)
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    fonts = " ".join(f"/F{at} {3 + at} 0 R" for at in range(len(FONTS)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()]
    objects += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode() for font in FONTS
    ]
    for at, page in enumerate(pages):
        drawn = b"\n".join(map(_drawn, page))
        box = f"/MediaBox [0 0 {WIDE} {HIGH}] /Contents {first + 2 * at + 1} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Resources << /Font << {fonts} >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _file(objects)


def _drawn(text: Text) -> bytes:
    written = text.text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        written = written.replace(sign, b"\\" + sign)
    place = f"/F{FONTS.index(text.font)} {text.size:g} Tf {text.x:g} {HIGH - text.y - text.size:g} Td"
    return b"BT %s (%s) Tj ET" % (place.encode(), written)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects, with the table that says where each begins."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + trailer
