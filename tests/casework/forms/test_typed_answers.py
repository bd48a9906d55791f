"""Forms and files know nothing but texts: is a text read as a number where the case type wants one, and only there?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.forms.answer_validation import read_number, typed, typed_answers

SCHEMA = {
    "properties": {
        "amount": {"type": "number"}, "count": {"type": "integer"}, "note": {"type": "string"},
        "credit": {"properties": {"amount": {"type": "number"}}},
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [("79.95", 79.95), ("79,95", 79.95), (" 20 ", 20), ("-3", -3), ("20.00", 20), ("twenty", None), ("", None),
     ("1.234,56", None), ("1,450", None), ("1.450", None), ("-20,000", None), ("0.125", 0.125), ("1_000", None),
     ("NaN", None), ("Infinity", None), ("1e400", None), ("9" * 30, None)],
)  # fmt: skip
def test_a_text_is_a_number_or_it_is_not(text: str, found: object) -> None:
    assert read_number(text) == found


def test_only_where_the_schema_wants_a_number_is_a_text_read_as_one() -> None:
    data = {"amount": "79,95", "count": "3", "note": "20", "credit": {"amount": "5"}, "unknown": "7"}
    read = {"amount": 79.95, "count": 3, "note": "20", "credit": {"amount": 5}, "unknown": "7"}
    assert typed(SCHEMA, data) == read
    assert typed_answers(SCHEMA, {"credit.amount": "5", "note": "5", "a.b.c": "5"}) == {
        "credit.amount": 5, "note": "5", "a.b.c": "5",
    }  # fmt: skip


def test_what_is_no_number_stays_for_the_schema_to_refuse() -> None:
    assert typed(SCHEMA, {"amount": "a lot"}) == {"amount": "a lot"}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_whatever_is_no_text_stays_as_it_is(value: Any) -> None:
    if not isinstance(value, str):
        assert typed({"type": "number"}, value) is value


def test_true_and_false_are_read_as_sheets_write_them_and_nothing_else_is() -> None:
    schema = {"properties": {"urgent": {"type": "boolean"}, "note": {"type": "string"}}}
    assert typed(schema, {"urgent": "TRUE", "note": "true"}) == {"urgent": True, "note": "true"}
    assert typed(schema, {"urgent": " false "}) == {"urgent": False}
    assert typed(schema, {"urgent": "yes"}) == {"urgent": "yes"}
