"""What does a document say that holds its text as text: a PDF, an office document, an e-mail, a plain text?

Runs in the child only. A page of a PDF without text of its own is named, so that it can be read as a picture.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final
from xml.etree import ElementTree

import pypdfium2 as pdfium
from pypdfium2 import raw

from orchestration.documents import office, pages
from orchestration.documents.confined import Unreadable
from orchestration.documents.words import Box, Page, Word, in_lines, packed, plain_page

Json = Any
MOST_WORDS: Final = 400_000
LEAST_LETTERS: Final = 12
"""A page of a PDF with fewer is taken for a picture of a page."""
HEADERS: Final = ("From", "To", "Cc", "Date", "Subject")
CHARSETS: Final = (
    "utf-8", "utf-8-sig", "ascii", "latin-1", "cp1252", "iso8859-15", "iso8859-2", "cp1250", "cp1251", "koi8-r",
    "utf-16",
    "utf-16-le", "utf-16-be", "utf-7", "gb18030", "big5", "shift_jis", "iso2022_jp", "euc-kr",
)  # fmt: skip
"""In which e-mails are written; another one is read as far as it is Latin."""


def prepare() -> None:
    """Load what would open files later."""
    pages.prepare()
    unicodedata.normalize("NFC", "a")
    html.unescape("&auml;")
    message = email.message_from_bytes(
        b"Subject: =?utf-8?q?a?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\na", policy=email.policy.default
    )
    assert isinstance(message, EmailMessage)
    message.get_content()
    for charset in CHARSETS:
        "a".encode(charset)
    ElementTree.fromstring(b"<a><b/></a>")  # noqa: S314 - our own
    zipfile.ZipFile(BytesIO(_empty_zip()))


def _empty_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a", "a")
    return out.getvalue()


def read(content: bytes, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """The pages as far as they hold text; `pictures`: numbers of those that have to be read as pictures."""
    kind = order["kind"]
    if kind == "pdf":
        found, pictures = _of_pdf(content)
    else:
        found, pictures = [plain_page(_written(content, kind))], []
    if sum(page.words for page in found) > MOST_WORDS:
        raise Unreadable("This document holds far too many words.", "bomb")
    return {"pages": [packed(page) for page in found], "pictures": pictures}, b""


def _written(content: bytes, kind: str) -> str:
    """The text of what has no pages of its own."""
    if kind in office.READERS:
        return office.read(content, kind)
    return {"email": _of_email, "text": _of_text}[kind](content)


def _of_pdf(content: bytes) -> tuple[list[Page], list[int]]:
    with pages.opened_pdf(content) as document:
        found, pictures, words = [], [], 0
        for number in range(1, len(document) + 1):
            page = _page_of(document[number - 1], number)
            words += page.words
            if words > MOST_WORDS:
                raise Unreadable("This document holds far too many words.", "bomb")
            if sum(map(len, page.text.split())) < LEAST_LETTERS and _has_objects(document[number - 1]):
                pictures.append(number)
            else:
                found.append(page)
        return found, pictures


def _has_objects(page: pdfium.PdfPage) -> bool:
    return bool(raw.FPDFPage_CountObjects(page) > 0)


def _page_of(page: pdfium.PdfPage, number: int) -> Page:
    wide, high = page.get_size()
    if not (wide > 0 and high > 0):
        return Page(number, ())
    text = page.get_textpage()
    words = [Word(word, _turned(box, wide, high)) for word, box in _words_of(text)]
    text.close()
    return Page(number, in_lines(words))


def _words_of(text: pdfium.PdfTextPage) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Each word with its box (left, bottom, right, top in points)."""
    whole = text.get_text_range(0, -1)
    count = text.count_chars()
    if len(whole) != count:  # some signs are not characters of their own: take them one by one
        whole = "".join(chr(raw.FPDFText_GetUnicode(text, at) or 32) for at in range(count))
    for found in re.finditer(r"\S+", whole):
        boxes = [text.get_charbox(at) for at in range(*found.span())]
        drawn = [box for box in boxes if box[2] > box[0] and box[3] > box[1]]
        if drawn:
            yield unicodedata.normalize("NFC", found[0]), (
                min(box[0] for box in drawn), min(box[1] for box in drawn), max(box[2] for box in drawn),
                max(box[3] for box in drawn),
            )  # fmt: skip


def _turned(box: tuple[float, float, float, float], wide: float, high: float) -> Box:
    """From points above the lower left corner to fractions below the upper left one."""
    left, bottom, right, top = box
    edges = (left / wide, 1 - top / high, right / wide, 1 - bottom / high)
    return Box(*(min(max(edge, 0.0), 1.0) for edge in edges))


def _of_email(content: bytes) -> str:
    message = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise Unreadable("This e-mail is damaged.", "damaged")
    headers = [f"{name}: {message[name]}" for name in HEADERS if message[name]]
    attached = [part.get_filename() or "without a name" for part in message.iter_attachments()]
    told = [f"Attached: {', '.join(attached)}"] if attached else []
    return "\n".join([*headers, *told, "", _body(message)])


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode("latin-1") if isinstance(payload, bytes) else ""
    return _visible(text) if part.get_content_subtype() == "html" else text


class _Visible(HTMLParser):
    """The text of a web page, without what is no text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "tr", "li", "h1", "h2", "h3"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "head")

    def handle_data(self, data: str) -> None:
        if self._silent <= 0:
            self.found.append(data)


def _visible(text: str) -> str:
    reader = _Visible()
    reader.feed(text)
    return "".join(reader.found)


def _of_text(content: bytes) -> str:
    return content.decode("utf-8-sig")
