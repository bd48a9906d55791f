"""What is this file? Told from its content, never from its name.

Pure. An allow-list: what is none of these kinds is refused with a sentence that says what to do instead. Whether a PDF
or a picture can be opened is found out in a process of its own (`confined`).
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from orchestration.documents.outward import BROKEN, Does, worst_of
from orchestration.documents.sounds import has_sound
from orchestration.ground.refusals import Refused

MB: Final = 2**20
LARGEST: Final = 20 * MB
"""Bytes of one document."""
MOST_PACKED: Final = 2_000
"""Parts of an office document."""
MOST_UNPACKED: Final = 100 * MB
"""Bytes of all its parts together."""
MOST_DENSE: Final = 200
"""How many times larger than the file its parts may be."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`media_type` as a download says it; `suffix` that its name gets; `words` for people."""

    key: str
    media_type: str
    suffix: str
    words: str

    @property
    def is_heard(self) -> bool:
        """Whether it is a recording."""
        return self.key in HEARD

    @property
    def has_pages(self) -> bool:
        """Whether its pages are pictures, which can be shown as they are."""
        return self.key in PAGED


_KINDS: Final = (
    Kind("pdf", "application/pdf", ".pdf", "PDF"),
    Kind("png", "image/png", ".png", "Picture (PNG)"),
    Kind("jpeg", "image/jpeg", ".jpg", "Picture (JPEG)"),
    Kind("tiff", "image/tiff", ".tif", "Picture (TIFF)"),
    Kind("webp", "image/webp", ".webp", "Picture (WebP)"),
    Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "Word document"),
    Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "Excel spreadsheet"),
    Kind(
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".pptx",
        "PowerPoint slides",
    ),
    Kind("odt", "application/vnd.oasis.opendocument.text", ".odt", "OpenDocument text"),
    Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", ".ods", "OpenDocument spreadsheet"),
    Kind("odp", "application/vnd.oasis.opendocument.presentation", ".odp", "OpenDocument slides"),
    Kind("email", "message/rfc822", ".eml", "E-mail"),
    Kind("wav", "audio/wav", ".wav", "Recording (WAV)"),
    Kind("mp3", "audio/mpeg", ".mp3", "Recording (MP3)"),
    Kind("ogg", "audio/ogg", ".ogg", "Recording (Ogg)"),
    Kind("text", "text/plain; charset=utf-8", ".txt", "Text"),
)
KINDS: Final = {kind.key: kind for kind in _KINDS}
PAGED: Final = frozenset({"pdf", "png", "jpeg", "tiff", "webp"})
HEARD: Final = frozenset({"wav", "mp3", "ogg"})
TAKEN: Final = (
    "PDF, pictures (PNG, JPEG, TIFF, WebP), office documents (.docx, .xlsx, .pptx, .odt, .ods, .odp), e-mails (.eml), "
    "recordings (WAV, MP3, Ogg) and plain text"
)

BEGINS: Final = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"), (b"OggS", "ogg"), (b"ID3", "mp3"), (b"\xff\xfb", "mp3"), (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
)  # fmt: skip
PROGRAMS: Final = (
    b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\0asm", b"dex\n", b"L\0\0\0\x01\x14\x02\0",
)  # fmt: skip
ARCHIVES: Final = (b"PK", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE: Final = Refused("archive", "This is an archive. Unpack it and send the documents that are in it.")
BOMB: Final = Refused("bomb", "This file would become far too large when it is opened, so it is not taken.")
MAIN: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
MACROS: Final = re.compile(r"(?i)vbaproject\.bin$|^xl/macrosheets/|^Basic/.|^Scripts/.")
MANIFEST: Final = "META-INF/manifest.xml"
STARTS: Final = Refused("macros", "This document holds macros or calls programs. Save it without them, or as PDF.")
FETCHES: Final = Refused(
    "fetches", "This document fetches something from elsewhere when it is opened: a linked sheet, picture or template, "
    "or a formula that asks a server. Break its links and save it again, or save it as PDF. Hyperlinks may stay.",
)  # fmt: skip
MARKUP: Final = re.compile(rb"\A\s*<(?:!doctype|!--|html|head|body|script|svg|\?xml|\?php|%)", re.IGNORECASE)
HEADER: Final = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to)[ \t]*:", re.I | re.M
)
HEADERS: Final = re.compile(rb"\A(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+(?:\r?\n|\Z)")
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(content: bytes) -> Kind | Refused:
    """What kind of document this is, or why it is not taken."""
    if not content:
        return Refused("empty", "This file is empty.")
    if len(content) > LARGEST:
        return Refused("too-large", f"This file has more than {LARGEST // MB} MB. Send it in parts.")
    for begins, key in BEGINS:
        if content.startswith(begins):
            return _heard(content, key) if key in HEARD else KINDS[key]
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return KINDS["webp"]
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return _heard(content, "wav")
    if content.startswith(PROGRAMS):
        return Refused("program", "This is a program, whatever its name says. Programs are not taken.")
    if content.startswith(ARCHIVES):
        return _packed(content)
    if content.startswith(OLD_OFFICE):
        return Refused(
            "office", "This is an old or an encrypted Office file. Save it as .docx or PDF, without a password."
        )
    return _written(content)


def _heard(content: bytes, key: str) -> Kind | Refused:
    if not has_sound(content, key):
        return Refused("damaged", "This begins as a recording does, but there is no sound in it.")
    return KINDS[key]


def _packed(content: bytes) -> Kind | Refused:
    """An office document, which is a ZIP; any other archive is not taken."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            parts = opened.infolist()
            names = {part.filename for part in parts}
            if _is_bomb(parts, len(content)):
                return BOMB
            told = _told(opened, names)
            is_office = told.open_document is not None or "[Content_Types].xml" in names
            does = worst_of(opened) if is_office else Does.NOTHING
    except BROKEN:
        return ARCHIVE
    if not is_office:
        return ARCHIVE
    if any(part.flag_bits & 1 for part in parts) or told.encrypted:
        return Refused("encrypted", "This document is encrypted. Save it without a password.")
    if does is Does.STARTS or any(MACROS.search(name) for name in names):
        return STARTS
    key = told.open_document or next((key for part, key in MAIN.items() if part in names), "")
    if key not in KINDS:
        return Refused("office", f"This kind of office document is not taken. Save it as PDF. Taken are {TAKEN}.")
    return KINDS[key] if does is Does.NOTHING else BOMB if does is Does.GROWS else FETCHES


@dataclass(frozen=True, slots=True)
class _Told:
    """What the parts say beside their names. `open_document`: its kind; empty: another one; None: it is none."""

    open_document: str | None
    encrypted: bool


def _told(opened: zipfile.ZipFile, names: set[str]) -> _Told:
    def begins(name: str, most: int = MB) -> bytes:
        with opened.open(name) as part:
            return part.read(most)

    media_type = begins("mimetype", 100).decode("latin-1").strip() if "mimetype" in names else ""
    is_open = media_type.startswith("application/vnd.oasis.opendocument.") and "content.xml" in names
    key = next((kind.key for kind in _KINDS if kind.media_type == media_type), "") if is_open else None
    manifest = begins(MANIFEST) if is_open and MANIFEST in names else b""
    return _Told(key, b"encryption-data" in manifest)


def _is_bomb(parts: list[zipfile.ZipInfo], size: int) -> bool:
    whole = sum(part.file_size for part in parts)
    doubled = len({part.header_offset for part in parts}) < len(parts)
    return len(parts) > MOST_PACKED or whole > MOST_UNPACKED or whole > MOST_DENSE * size or doubled


def _written(content: bytes) -> Kind | Refused:
    """An e-mail or a text; what a browser would run is neither."""
    if MARKUP.match(content[:1000].removeprefix(b"\xef\xbb\xbf")):
        return Refused("markup", "This is a web page or a drawing of one. Print it into a PDF and send that.")
    head = HEADERS.match(content[:MB])
    if head and len(set(map(bytes.lower, HEADER.findall(head[0])))) > 1:
        return KINDS["email"]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if CONTROL.search(text) or text.startswith("{\\rtf"):
        return Refused("unknown", f"This is no kind of file that is taken here. Taken are {TAKEN}.")
    return KINDS["text"]
