"""Is that found in an answer which its sources do not say?"""

from __future__ import annotations

import pytest

from orchestration.jobs.statements import statements
from orchestration.knowledge.support import supported

SOURCES = [
    "A refund of a card payment is credited within 3 working days. It goes to the account that paid.",
    "A lost card is blocked at once. A new card is free and comes within 1,000 hours.",
]


@pytest.mark.parametrize(
    "text",
    [
        "Dear {customer.name},\n\nyour refund is credited within 3 working days.\n\nKind regards,\nCustomer care",
        "We have blocked the lost card at once.",
        "The refund goes to the account from which you paid.",
        "The new card comes within 1000 hours.",
        "Hello!",
    ],
)
def test_what_the_sources_say_is_found_there_in_other_words_too(text: str) -> None:
    assert supported(text, SOURCES).missing == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Your refund is credited within 5 working days.",
        "We give you a present for your trouble with the cashier in Lyon.",
        "Your mortgage was approved by the board this morning.",
        "A refund of 250 EUR is credited to the account that paid.",
    ],
)
def test_what_they_do_not_say_is_named(sentence: str) -> None:
    found = supported(f"A lost card is blocked at once. {sentence}", SOURCES)
    assert found.missing == (sentence,) and found.sentences == 2
    assert found.said() == f"Not in its sources: “{sentence}”."


def test_without_sources_nothing_is_supported() -> None:
    assert supported("A lost card is blocked at once.", []).missing == ("A lost card is blocked at once.",)


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("A lost card is not blocked.", False),
        ("The refund takes three working days.", True),
        ("The refund takes five working days.", False),
    ],
)
def test_what_is_denied_or_counted_otherwise_in_words_is_named(sentence: str, stands: bool) -> None:
    assert (supported(sentence, SOURCES).missing == ()) is stands


@pytest.mark.parametrize(
    ("sentence", "courtesy"),
    [
        ("If you have any further questions, feel free to ask.", True),
        ("Please do not hesitate to contact us if you have any questions.", True),
        ("We apologise for the inconvenience this may have caused you.", True),
        ("If you have any questions, we pay you fifty euros.", False),
        ("We apologise for the delay and send flowers to your mother.", False),
        ("Thank you for your patience and the money that you sent.", False),
    ],
)
def test_courtesy_promises_nothing_and_has_to_stand_nowhere_but_what_comes_with_it_has(
    sentence: str, courtesy: bool
) -> None:
    assert (supported(sentence, SOURCES).missing == ()) is courtesy


def test_a_value_is_found_without_the_group_of_the_data_that_it_stands_in() -> None:
    given = {"field:/route/group": "Route: Group: Cards team"}
    said = [{"text": text, "sources": list(given)} for text in ("The case is in the Cards team.", "The lamp is green.")]
    assert [one.found for one in statements({"statements": said}, given)] == [True, False]
