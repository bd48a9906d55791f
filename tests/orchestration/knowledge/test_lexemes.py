"""Are the words looked for that tell passages apart, and is a word but a word, whatever is in it?"""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orchestration.knowledge.lexemes import MOST, query, rare, telling


def test_words_that_stand_nearly_everywhere_are_left_out_the_commonest_first() -> None:
    assert rare(["account", "brazil"], {"account": MOST + 1}) == ["brazil"]
    assert rare(["b", "a", "c"], {"a": MOST - 10, "b": 20, "c": 1}) == ["c", "b"]
    assert rare(["account"], {"account": MOST + 1}) == []


@pytest.mark.django_db
def test_the_words_of_which_english_and_german_are_full_are_not_looked_for() -> None:
    assert telling("Wie lange ist die Karte gültig und what does the card cost?").count("|") == 4
    assert telling("die der und the of") == ""


class AnyWord(TestCase):
    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
    def test_is_read_by_the_database_as_that_word(self, words: list[str]) -> None:
        with connection.cursor() as plain:
            plain.execute("select numnode(%s::tsquery)", [query(words)])
            assert plain.fetchone()[0] == 2 * len(words) - 1
