"""Which files would do harm to whoever opens them? Made here, twenty kinds of ten each, the same at each run.

Bombs, polyglots, macros, wrong types, damage, ten thousand pages, endless fonts, pages that draw themselves.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from tests.orchestration.documents.papers import email, packed, pdf, picture, word, written_pdf

EACH: Final = 10
SEED: Final = 11
HEADS: Final = (
    b"MZ", b"\x7fELF", b"#!/bin/sh\n", b"\xfe\xed\xfa\xce", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm",
    b"dex\n", b"L\0\0\0\x01\x14\x02\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip
LETTER: Final = ("ACME TOOLS LTD", "Date: 14/05/2026", "Grand total 1,234.50")


def files() -> Iterator[tuple[str, bytes]]:
    """Each with the name of its kind."""
    chance = Random(SEED)  # noqa: S311 - the same at each run
    for name, made in KINDS.items():
        for number in range(EACH):
            yield name, made(number, chance)


def _program(number: int, _: Random) -> bytes:
    return HEADS[number] + b"\0" * 64 + written_pdf(*LETTER)


def _polyglot(number: int, _: Random) -> bytes:
    """A document that is something else, too: for whoever reads it from its end, or further on."""
    head = (written_pdf(*LETTER), picture(), picture(kind="JPEG"), picture(kind="TIFF"), email())[number % 5]
    tail = (word(), b"<html><script>alert(1)</script></html>" * 100)[number // 5]
    return head + tail


def _bomb(number: int, _: Random) -> bytes:
    return word(**{"word/media/a.xml": b"\0" * (10_000_000 + 8_000_000 * number)})


def _many_parts(number: int, _: Random) -> bytes:
    return word(**{f"word/{part}.xml": b"" for part in range(2_001 + 300 * number)})


def _macros(number: int, _: Random) -> bytes:
    name = ("vbaProject.bin", "VBAPROJECT.BIN", "vbaproject.bin")[number % 3]
    return word(**{f"{('word', 'xl', 'a/b')[number % 3]}/{name}": b"\0" * number})


def _entities(number: int, _: Random) -> bytes:
    """Names that stand for ten of the name before: a line of text becomes gigabytes."""
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(4 + number))
    body = f"<!DOCTYPE a [{names}]><a>&a{3 + number};</a>".encode()
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


def _deep(number: int, _: Random) -> bytes:
    body = b"<a>" * (20_000 * (number + 1))
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


def _cut_short(number: int, _: Random) -> bytes:
    return written_pdf(*LETTER)[: 8 + 40 * number]


def _damaged(_: int, chance: Random) -> bytes:
    content = bytearray(pdf(3))
    for _time in range(40):
        content[chance.randrange(8, len(content))] = chance.randrange(256)
    return bytes(content)


def _many_pages(number: int, _: Random) -> bytes:
    return pdf(1_001 + 1_000 * number, (10, 10))


def _written(objects: Sequence[bytes]) -> bytes:
    return (
        b"%PDF-1.7\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (at, part) for at, part in enumerate(objects, 1))
        + b"trailer << /Root 1 0 R >>\n"
    )


def _paged(page: bytes, *more: bytes) -> bytes:
    """A PDF of one page; `more`: the objects from 4 on."""
    catalog, pages = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return _written((catalog, pages, b"<< /Type /Page /Parent 2 0 R %s >>" % page, *more))


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def _huge_page(number: int, _: Random) -> bytes:
    side = 10 ** (number + 1)
    return _paged(b"/MediaBox [0 0 %d %d] /Contents 4 0 R" % (side, side), _stream(b"0 0 m 9 9 l S"))


def _endless_fonts(number: int, _: Random) -> bytes:
    """Thousands of fonts, each said to descend from the next and the last from the first."""
    count = 500 * (number + 1)
    names = b" ".join(b"/F%d %d 0 R" % (at, 5 + at) for at in range(count))
    drawn = b"\n".join(b"BT /F%d 9 Tf 9 9 Td (a) Tj ET" % at for at in range(count))
    fonts = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [%d 0 R] >>"
        % (5 + (at + 1) % count)
        for at in range(count)
    )
    page = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << %s >> >>" % names
    return _paged(page, _stream(drawn), *fonts)


def _endless_drawing(number: int, _: Random) -> bytes:
    """What is drawn is packed a thousand times: a megabyte that becomes up to a gigabyte of strokes."""
    strokes = zlib.compress(b"0 0 m 9 9 l S\n" * (1_000_000 * (number + 1)), 9)
    return _paged(b"/MediaBox [0 0 595 842] /Contents 4 0 R", _stream(strokes, b"/Filter /FlateDecode"))


def _draws_itself(number: int, _: Random) -> bytes:
    """Forms of which each draws the next twice, and the last the first."""
    count = 5 + 3 * number
    forms = (
        _stream(
            b"/X Do /X Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
            % (5 + (at + 1) % count),
        )
        for at in range(count)
    )
    page = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>"
    return _paged(page, _stream(b"/X Do"), *forms)


def _pages_of_themselves(number: int, _: Random) -> bytes:
    """A tree of pages that grows out of itself."""
    kids = b" ".join([b"2 0 R"] * (number + 1))
    return _written((b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 9 >>" % kids))


def _locked(number: int, _: Random) -> bytes:
    lock = b"/Encrypt << /Filter /Standard /V %d /R 3 /Length 128 /P -44 /O <%s> /U <%s> >>"
    return written_pdf(*LETTER).replace(
        b"trailer << ", b"trailer << /ID [<00><00>] " + lock % (1 + number % 5, b"41" * 32, b"42" * 32)
    )


def _huge_picture(number: int, _: Random) -> bytes:
    """Grey of one colour, packed a thousand times: a few megabytes that become up to ten gigabytes."""
    side = 10_000 * (number + 1)
    rows = zlib.compressobj(9)
    packed_rows = b"".join(rows.compress(b"\0" * (side + 1)) for _ in range(min(side, 20_000))) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content) for name, content in ((b"IHDR", head), (b"IDAT", packed_rows), (b"IEND", b""))
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _endless_tiff(number: int, _: Random) -> bytes:
    """Pictures of which each names itself, or one before it, as the next."""
    one = b"\x01\0" + struct.pack("<HHII", 256, 4, 1, 10**number) + struct.pack("<I", 8)
    return b"II*\0" + struct.pack("<I", 8) + one


def _nested_email(number: int, _: Random) -> bytes:
    """Parts in parts in parts."""
    depth = 200 * (number + 1)
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    return head + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in range(depth)
    )


def _wrong_text(number: int, chance: Random) -> bytes:
    if number < 5:
        return chance.randbytes(20_000)
    return (b"word " * 500_000, "Hallo".encode("utf-16"), b"{\\rtf1 hello}", b"a" * (21 * 2**20), b"\0" * 5_000)[
        number - 5
    ]


KINDS: Final[dict[str, Callable[[int, Random], bytes]]] = {
    "programs with a PDF in them": _program, "polyglots": _polyglot, "bombs": _bomb, "thousands of parts": _many_parts,
    "macros": _macros, "names that stand for names": _entities, "XML that is deep": _deep, "cut short": _cut_short,
    "damaged": _damaged, "thousands of pages": _many_pages, "huge pages": _huge_page, "endless fonts": _endless_fonts,
    "endless drawings": _endless_drawing, "forms that draw themselves": _draws_itself,
    "pages of themselves": _pages_of_themselves, "encrypted": _locked, "huge pictures": _huge_picture,
    "pictures without end": _endless_tiff, "parts in parts of an e-mail": _nested_email,
    "texts that are none": _wrong_text,
}  # fmt: skip
