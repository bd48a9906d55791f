"""Of whom nothing but digests is kept is found again wherever they are spelled as before, and nobody else is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.erasure.folding import folded
from casework.erasure.recalled import _Sought, noted
from casework.erasure.words import Words

WORDS = Words(("Zoë O'Neill-Straße", "DE89 3704 0044", "+49 170 1234567"))
AROUND = st.text(st.sampled_from(" \n.,;:aZß0-'[]\"İ"), max_size=30)


def found(text: str) -> set[str]:
    note = noted(WORDS)
    sought = _Sought(frozenset(note["marks"]), note["lengths"])
    sought.stand_in(text)
    return sought.found


@given(AROUND, st.sampled_from(WORDS.marks), AROUND, st.booleans())
def test_each_word_is_known_again_in_any_text_in_which_it_would_be_replaced(
    before: str, mark: str, after: str, loud: bool
) -> None:
    text = before + (mark.upper() if loud and folded(mark.upper()) == folded(mark) else mark) + after
    assert (folded(mark) in found(text)) or WORDS.out_of(text) == text
    assert found(before) == set()


def test_a_note_holds_no_word() -> None:
    said = str(noted(WORDS)).lower()
    assert all(part.lower() not in said for mark in WORDS.marks for part in mark.split() if len(part) > 4)
