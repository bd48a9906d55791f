"""How is a value said on a page?"""

from __future__ import annotations

import pytest

from casework.templatetags.casewright import words


@pytest.mark.parametrize(
    ("value", "said"),
    [("card_not_working", "Card not working"), ("neutral", "Neutral"), ("emma@example.net", "emma@example.net")],
)
def test_a_label_is_put_in_words_and_nothing_else_is(value: str, said: str) -> None:
    assert words(value) == said
