"""What does an office document say: a text, a spreadsheet, slides? Of Microsoft's kinds (ECMA-376) and OpenDocument's.

Runs in the child only. Text is all that is read: nothing is computed, and nothing that a document names elsewhere is
looked at. The rows of a table are lines.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from posixpath import join, normpath
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from orchestration.documents.confined import Unreadable
from orchestration.documents.outward import BROKEN

LARGEST: Final = 60_000_000
"""Bytes of one part."""
DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ECMA: Final = "{http://schemas.openxmlformats.org/"
WORD: Final = f"{ECMA}wordprocessingml/2006/main}}"
SHEET: Final = f"{ECMA}spreadsheetml/2006/main}}"
DRAWN: Final = f"{ECMA}drawingml/2006/main}}"
SLIDE: Final = f"{ECMA}presentationml/2006/main}}"
RELATED: Final = f"{ECMA}officeDocument/2006/relationships}}id"
RELATION: Final = f"{ECMA}package/2006/relationships}}Relationship"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
SIGNS: Final = {
    f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{DRAWN}br": "\n", f"{TEXT}tab": "\t", f"{TEXT}s": " ",
    f"{TEXT}line-break": "\n",
}  # fmt: skip
PARAGRAPHS: Final = frozenset({f"{TEXT}p", f"{TEXT}h"})
DATES: Final = frozenset({*range(14, 18), 22})
TIMES: Final = frozenset({*range(18, 22), *range(45, 48)})
"""Formats of numbers that stand for days and times, as every spreadsheet has them (ECMA-376, 18.8.30)."""
UNREAD: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What in a format is no sign of it."""


def read(content: bytes, kind: str) -> str:
    """All that stands in it. Raises Unreadable."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            return "\n".join(READERS[kind](opened))
    except (LookupError, ElementTree.ParseError, OverflowError, *BROKEN) as error:
        raise Unreadable("This document is damaged: it cannot be opened.", "damaged") from error


def _of_word(opened: zipfile.ZipFile) -> Iterator[str]:
    for paragraph in _part(opened, "word/document.xml").iter(f"{WORD}p"):
        yield "".join(one.text or "" if one.tag == f"{WORD}t" else SIGNS.get(one.tag, "") for one in paragraph.iter())


def _of_slides(opened: zipfile.ZipFile) -> Iterator[str]:
    """Slide by slide, in their order; what is said beside them is not on them."""
    for name in _related(opened, "ppt/presentation.xml", f"{SLIDE}sldId"):
        root = _part(opened, name)
        in_tables: set[Element] = set()
        for row in root.iter(f"{DRAWN}tr"):
            in_tables.update(row.iter(f"{DRAWN}p"))
            yield "\t".join(" ".join(map(_drawn, cell.iter(f"{DRAWN}p"))) for cell in row.iter(f"{DRAWN}tc"))
        yield from (_drawn(one) for one in root.iter(f"{DRAWN}p") if one not in in_tables)
        yield ""


def _drawn(paragraph: Element) -> str:
    return "".join(one.text or "" if one.tag == f"{DRAWN}t" else SIGNS.get(one.tag, "") for one in paragraph.iter())


def _of_sheets(opened: zipfile.ZipFile) -> Iterator[str]:
    """Sheet by sheet under its name, row by row; of a formula what came of it when it was saved."""
    book = _part(opened, "xl/workbook.xml")
    names = [one.get("name", "") for one in book.iter(f"{SHEET}sheet")]
    since = datetime(1904, 1, 1) if _is_of_1904(book) else datetime(1899, 12, 30)
    shared = [_run(one) for one in _any(opened, "xl/sharedStrings.xml", f"{SHEET}si")]
    formats = _formats(opened)
    for name, part in zip(names, _related(opened, "xl/workbook.xml", f"{SHEET}sheet"), strict=True):
        yield name
        for row in _part(opened, part).iter(f"{SHEET}row"):
            cells = (_cell(one, shared, formats, since) for one in row.iter(f"{SHEET}c"))
            yield "\t".join(cell for cell in cells if cell)
        yield ""


def _is_of_1904(book: Element) -> bool:
    return any(one.get("date1904") in ("1", "true") for one in book.iter(f"{SHEET}workbookPr"))


def _cell(cell: Element, shared: list[str], formats: list[str], since: datetime) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{SHEET}v", "")
    if kind == "inlineStr":
        return "".join(map(_run, cell.iter(f"{SHEET}is")))
    if kind == "s":
        return shared[int(value)] if value else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind != "n" or not value:
        return value
    style = int(cell.get("s", "0"))
    return _number(float(value), formats[style] if style < len(formats) else "", since)


def _number(value: float, kind: str, since: datetime) -> str:
    if not kind or not -600_000 < value < 3_000_000:
        return f"{value:.15g}"
    moment = since + timedelta(seconds=round(value * 86_400))
    if kind == "time":
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d}" if value == int(value) else f"{moment:%Y-%m-%d %H:%M}"


def _run(element: Element) -> str:
    """A text in its runs, without how it is spoken."""
    spoken = {one for sound in element.iter(f"{SHEET}rPh") for one in sound.iter(f"{SHEET}t")}
    return "".join(one.text or "" for one in element.iter(f"{SHEET}t") if one not in spoken)


def _formats(opened: zipfile.ZipFile) -> list[str]:
    """For each style of a cell whether it shows a "date", a "time", or as "" neither."""
    own = {
        int(one.get("numFmtId", "0")): _kind(one.get("formatCode", ""))
        for one in _any(opened, "xl/styles.xml", f"{SHEET}numFmt")
    }
    known = dict.fromkeys(DATES, "date") | dict.fromkeys(TIMES, "time") | own
    styles = [one for group in _any(opened, "xl/styles.xml", f"{SHEET}cellXfs") for one in group.iter(f"{SHEET}xf")]
    return [known.get(int(one.get("numFmtId", "0")), "") for one in styles]


def _kind(code: str) -> str:
    signs = UNREAD.sub("", code).lower()
    if "y" in signs or "d" in signs:
        return "date"
    return "time" if "h" in signs or "s" in signs else ""


def _of_open_document(opened: zipfile.ZipFile) -> Iterator[str]:
    todo = [_part(opened, "content.xml")]
    while todo:
        one = todo.pop()
        if one.tag in PARAGRAPHS:
            yield _inline(one)
        elif one.tag == f"{TABLE}table-row":
            cells = (" ".join(_inline(part) for part in cell.iter() if part.tag in PARAGRAPHS) for cell in one)
            yield "\t".join(cell for cell in cells if cell)
        else:
            if one.tag == f"{TABLE}table":
                yield one.get(f"{TABLE}name", "")
            todo.extend(reversed(one))


def _inline(paragraph: Element) -> str:
    found: list[str] = []
    todo: list[Element | str] = [paragraph]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            found.append(one)
            continue
        found += [SIGNS.get(one.tag, ""), one.text or ""]
        for child in reversed(one):
            todo += [child.tail or "", child]
    return "".join(found)


def _related(opened: zipfile.ZipFile, name: str, tag: str) -> Iterator[str]:
    """The parts that a part names in elements of this tag, in their order."""
    folder, _, own = name.rpartition("/")
    named = {one.get("Id"): one.get("Target", "") for one in _part(opened, f"{folder}/_rels/{own}.rels").iter(RELATION)}
    for one in _part(opened, name).iter(tag):
        target = named[one.get(RELATED)]
        yield target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))


def _any(opened: zipfile.ZipFile, name: str, tag: str) -> Iterator[Element]:
    """The elements of this tag in a part that need not be there."""
    if name in opened.namelist():
        yield from _part(opened, name).iter(tag)


def _part(opened: zipfile.ZipFile, name: str) -> Element:
    with opened.open(name) as part:
        body = part.read(LARGEST + 1)
    if len(body) > LARGEST or DOCTYPE.search(body[:10_000]):
        raise Unreadable("This document is made to do harm.", "bomb")
    return ElementTree.fromstring(body)  # noqa: S314 - in the child, with limits, without a document type


READERS: Final = {
    "docx": _of_word, "xlsx": _of_sheets, "pptx": _of_slides, "odt": _of_open_document, "ods": _of_open_document,
    "odp": _of_open_document,
}  # fmt: skip
