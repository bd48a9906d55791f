"""Are numbers and denials found as they are written, in both languages?"""

from __future__ import annotations

import pytest

from orchestration.knowledge.wording import clauses, denies, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("within ten working days", {"10"}),
        ("1,000 EUR, or twenty-five", {"1000", "25"}),
        ("fünfunddreißig Tage und 9,5 Prozent", {"35", "95"}),
        ("one of them", set()),
    ],
)
def test_numbers_in_words_are_the_same_as_in_digits(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("text", ["It is not paid.", "It isn’t paid.", "Es kostet keine Gebühr."])
def test_a_denial_is_heard(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize("text", ["It is paid.", "Nobody did not pay.", "Es kostet eine Gebühr.", "A notary knows."])
def test_nothing_is_denied_twice_or_by_a_part_of_a_word(text: str) -> None:
    assert not denies(text)


def test_each_part_of_a_sentence_denies_for_itself() -> None:
    parts = clauses("Minors open an account with both parents, and have no overdraft.")
    assert [denies(part) for part in parts] == [False, True]
