"""A text becomes a PDF whose lines break between words, and lose none of them."""

from __future__ import annotations

import pypdfium2 as pdfium

from orchestration.documents.printing import COLUMNS, printed


def lines(text: str) -> list[str]:
    document = pdfium.PdfDocument(printed(text))
    return [row for page in document for row in page.get_textpage().get_text_range().splitlines()]


def test_a_line_breaks_between_words_and_a_word_only_where_it_is_longer_than_a_line() -> None:
    told = "I have been a customer for eleven years and expect an apology and an answer in writing."
    assert lines(told)[-1] == "writing." and " ".join(lines(told)) == told
    assert lines("a" * (COLUMNS + 1)) == ["a" * COLUMNS, "a"]
    assert lines("Position\n\n    Paper")[-1].strip() == "Paper"


def test_a_form_feed_begins_a_page() -> None:
    assert len(pdfium.PdfDocument(printed("An invoice\n\fA waybill"))) == 2
    assert lines("An invoice\n\fA waybill") == ["An invoice", "A waybill"]
