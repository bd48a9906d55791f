"""A document is read: its words with their places, whatever it is made of, and nothing that it brings along runs."""

from __future__ import annotations

import zipfile

import pytest

from orchestration.documents.confined import Unreadable
from orchestration.documents.reading import pictures_read, text_of
from orchestration.documents.words import packed, unpacked
from tests.orchestration.documents.papers import email, pdf, photographed, word, written_pdf
from tests.orchestration.documents.papers import packed as zipped

INVOICE = ("ACME TOOLS LTD", "Date: 14/05/2026", "Grand total EUR 1,234.50")


def test_a_pdf_gives_its_words_with_the_places_where_they_stand() -> None:
    (page,) = text_of(written_pdf(*INVOICE), "pdf", 1).pages
    assert page.text.splitlines() == list(INVOICE)
    first, last = page.lines[0].words[0], page.lines[2].words[-1]
    assert first.text == "ACME" and 0.09 < first.box.left < 0.12 and 0.05 < first.box.top < first.box.bottom < 0.09
    assert last.text == "1,234.50" and last.box.top > first.box.bottom and last.box.left > first.box.left


def test_a_page_without_text_is_named_as_a_picture_and_an_empty_one_is_read() -> None:
    assert text_of(pdf(2), "pdf", 2).pictures == ()
    assert text_of(photographed("A"), "png", 3).pictures == (1, 2, 3)


def test_a_word_document_gives_its_paragraphs() -> None:
    (page,) = text_of(word("Dear sirs\nit is broken"), "docx", 1).pages
    assert page.text == "Dear sirs\nit is broken" and page.lines[0].box.top < page.lines[1].box.top


def test_an_email_gives_its_head_its_text_and_what_is_attached() -> None:
    content = (
        b"From: maria@example.org\r\nTo: bank@example.org\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        b"<style>p{}</style><p>It <b>broke</b>.</p><script>alert(1)</script>\r\n--b\r\n"
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="bill.pdf"\r\n\r\nx\r\n--b--\r\n'
    )
    text = text_of(content, "email", 1).pages[0].text
    assert "Subject: Café" in text and "It broke." in text and "Attached: bill.pdf" in text and "alert" not in text
    assert "Dear sirs" in text_of(email(), "email", 1).pages[0].text


HOSTILE = {
    "a document type that names itself again and again": zipped({
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    }),
    "XML that never ends well": word() [:-40],
    "XML that is deep": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>" * 200_000}),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_would_do_harm_is_a_sentence(what: str) -> None:
    with pytest.raises(Unreadable) as told:
        text_of(HOSTILE[what], "docx", 1)
    assert str(told.value).endswith(".")


def test_a_document_of_far_too_many_words_is_a_sentence() -> None:
    with pytest.raises(Unreadable, match="far too many words"):
        text_of(b"a " * 500_000, "text", 1)


def test_what_claims_to_be_small_and_is_not_is_a_sentence() -> None:
    """The directory of the archive lies about how large its part is."""
    content = bytearray(zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>" + b" " * 90_000_000}))
    opened = zipfile.ZipFile(__import__("io").BytesIO(bytes(content)))
    at = content.rindex(opened.infolist()[1].file_size.to_bytes(4, "little"))
    content[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        text_of(bytes(content), "docx", 1)


def test_a_page_is_kept_as_json_and_comes_back_as_it_was() -> None:
    (page,) = text_of(written_pdf(*INVOICE), "pdf", 1).pages
    again = unpacked(packed(page))
    assert again.text == page.text and again.lines[0].box.packed() == page.lines[0].box.packed()


@pytest.mark.slow
def test_a_picture_is_read_with_the_places_of_its_words() -> None:
    (page,) = pictures_read(photographed(*INVOICE), "png", [1])
    assert [line.text for line in page.lines] == list(INVOICE)
    assert page.by == "ocr" and page.lines[0].sure > 0.8 and 0 < page.lines[2].box.top < page.lines[2].box.bottom < 1
