"""Does a question find the pieces that speak of it?"""

from __future__ import annotations

from casework.asking.ranking import by_relevance

TEXTS = ["The refund was approved.", "The customer called on Monday.", "Die Karte wurde eingezogen.", "A refund of 20."]


def test_what_has_rarer_words_of_the_question_comes_first() -> None:
    assert by_relevance("Who approved the refund?", TEXTS) == [0, 3, 1]


def test_endings_of_words_do_not_matter_and_no_language_does() -> None:
    assert by_relevance("Warum werden Karten eingezogen?", TEXTS)[0] == 2
    assert by_relevance("refunded?", TEXTS) == [3, 0]


def test_nothing_fits_a_question_that_names_nothing() -> None:
    assert by_relevance("?", TEXTS) == [] and by_relevance("Why?", []) == []
