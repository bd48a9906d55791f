"""What a file is, is told from its content; what is no document is refused with a reason."""

from __future__ import annotations

import zipfile

import pytest

from orchestration.documents.confined import Unreadable, asked_of
from orchestration.documents.kinds import LARGEST, Kind, kind_of
from orchestration.ground.refusals import Refused
from tests.orchestration.documents.papers import email, packed, pdf, picture, word


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (pdf(), "pdf"), (picture(), "png"), (picture(kind="JPEG"), "jpeg"), (picture(kind="TIFF"), "tiff"),
        (picture(kind="WEBP"), "webp"), (word(), "docx"), (email(), "email"), (b"Dear sirs,\n\tit broke.\n", "text"),
        ("Sehr geehrte Damen, Größe 5 €".encode(), "text"), (b"\xef\xbb\xbfWith a mark", "text"),
        (b"Note: call back\n\nShe rang.", "text"),
    ],
)  # fmt: skip
def test_a_document_is_known_by_what_is_in_it(content: bytes, key: str) -> None:
    found = kind_of(content)
    assert isinstance(found, Kind) and found.key == key


HOSTILE = {
    "nothing": (b"", "empty"),
    "too many bytes": (b"a" * (LARGEST + 1), "too-large"),
    "a program of Windows": (b"MZ" + b"\0" * 60, "program"),
    "a program of Windows with a PDF in it": (b"MZ" + b"\0" * 60 + pdf(), "program"),
    "a program of Linux": (b"\x7fELF" + b"\0" * 60, "program"),
    "a program of a Mac": (b"\xcf\xfa\xed\xfe" + b"\0" * 60, "program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "program"),
    "a shortcut": (b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "program"),
    "a program for browsers": (b"\0asm\x01\0\0\0", "program"),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
    "a web page behind spaces": (b"  \n\t<html><body onload=x()>", "markup"),
    "a web page behind a mark": (b"\xef\xbb\xbf<script>x()</script>", "markup"),
    "a drawing that runs": (b"<svg onload='x()'/>", "markup"),
    "XML": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "markup"),
    "RTF": (b"{\\rtf1 hello}", "unknown"),
    "an archive": (packed({"a.txt": b"a"}), "archive"),
    "an archive that is broken": (b"PK\x03\x04" + b"\0" * 60, "archive"),
    "another archive": (b"7z\xbc\xaf\x27\x1c" + b"\0" * 30, "archive"),
    "what is packed by gzip": (b"\x1f\x8b\x08" + b"\0" * 30, "archive"),
    "a drawing of Visio": (packed({"[Content_Types].xml": b"<Types/>", "visio/document.xml": b"<w/>"}), "office"),
    "macros": (word(**{"word/vbaProject.bin": b"\0"}), "macros"),
    "an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "office"),
    "a bomb": (word(**{"word/media/a.xml": b"\0" * 30_000_000}), "bomb"),
    "a bomb of very many parts": (word(**{f"word/{n}": b"" for n in range(2_500)}), "bomb"),
    "bytes": (bytes(range(256)), "unknown"),
    "sound of a kind that is not taken": (b"fLaC\0\0\0\x22" + b"\x10\xff" * 30, "unknown"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_document_is_refused_with_a_reason(what: str) -> None:
    content, code = HOSTILE[what]
    found = kind_of(content)
    assert isinstance(found, Refused) and found.code == code
    assert found.message.endswith(".")


def test_a_bomb_whose_parts_lie_on_each_other_is_refused() -> None:
    """As the best of them do: many entries of the directory that name the same packed bytes."""
    content = bytearray(word(**{f"word/{n}.xml": b"a" * 10 for n in range(3)}))
    opened = zipfile.ZipFile(__import__("io").BytesIO(bytes(content)))
    first, second = opened.infolist()[-2:]
    at = content.rindex(second.header_offset.to_bytes(4, "little"))
    content[at : at + 4] = first.header_offset.to_bytes(4, "little")
    found = kind_of(bytes(content))
    assert isinstance(found, Refused) and found.code == "bomb"


def looked_at(content: bytes) -> dict[str, object]:
    kind = kind_of(content)
    assert isinstance(kind, Kind)
    return asked_of(content, do="look", kind=kind.key)[0]


@pytest.mark.parametrize(("content", "pages"), [(pdf(3), 3), (picture(), 1), (picture(kind="JPEG"), 1)])
def test_pages_are_counted(content: bytes, pages: int) -> None:
    assert looked_at(content) == {"pages": pages}


DAMAGED = {
    "a PDF cut short": (pdf(3)[:300], "damaged"),
    "a PDF of its first line": (b"%PDF-1.7\n", "damaged"),
    "a picture cut short": (picture()[:20], "damaged"),
    "a picture that would be far too large": (
        picture()[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + picture()[24:], "damaged",
    ),
    "very many pages": (pdf(1_001, (10, 10)), "too-many-pages"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_what_cannot_be_opened_is_told_in_a_sentence(what: str) -> None:
    content, code = DAMAGED[what]
    with pytest.raises(Unreadable) as told:
        looked_at(content)
    assert told.value.code in (code, "bomb") and str(told.value).endswith(".")


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    told, drawn = asked_of(pdf(2), do="draw", kind="pdf", page=2, width=320)
    assert told["width"] == 320 and drawn[8:12] == b"WEBP"


def test_a_picture_is_never_drawn_larger_than_it_is() -> None:
    told, _ = asked_of(picture(size=(60, 90)), do="draw", kind="png", page=1, width=320)
    assert told == {"width": 60, "height": 90}
