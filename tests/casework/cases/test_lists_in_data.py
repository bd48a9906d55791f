"""A list of the data whose items have parts is a table, by the titles of the schema."""

from __future__ import annotations

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.cases.read.sheets import sheet_of
from casework.cases.read.values import values_in_words
from orchestration.casetypes.case_type import folder_files, read

LINE = {
    "total": {"title": "Total", "x-currency": "EUR"},
    "day": {"title": "Day", "format": "date"},
    "never": {"title": "Never"},
}
SCHEMA = {"properties": {"lines": {"items": {"properties": LINE}}}}


def test_columns_have_the_titles_and_the_order_of_the_schema_and_values_its_words() -> None:
    lines = [{"note_of": "late", "total": 1180, "never": []}, {"day": "2026-11-30", "total": 5.5, "parts": [{"a": 1}]}]
    found = sheet_of(SCHEMA, "/lines", lines)
    assert found is not None and found.columns == ("Total", "Day", "Note of", "Parts")
    assert [value for _, value in found.rows[0]] == ["1,180.00 EUR", None, "late", None]
    assert [value for _, value in found.rows[1]] == ["5.50 EUR", "30 Nov 2026", None, "1 of them"]


@pytest.mark.parametrize("value", ["•••", [], ["a"], [{"a": 1}, "b"], {"a": 1}, None])
def test_what_is_masked_or_has_no_parts_is_no_table(value: object) -> None:
    assert sheet_of(SCHEMA, "/lines", value) is None


@pytest.mark.parametrize("items", [True, False, {}, {"properties": {"a": {"anyOf": [True]}}}])
def test_a_schema_that_says_nothing_of_the_items_leaves_their_own_names(items: object) -> None:
    found = sheet_of({"properties": {"lines": {"items": items}}}, "/lines", [{"a": "x"}])
    assert found is not None and (found.columns, found.rows) == (("A",), ((("A", "x"),),))


def test_other_readings_and_kinds_of_cases_have_words_in_the_mailroom() -> None:
    said = values_in_words(read(folder_files(CASE_TYPES / "mailroom")))
    (other,) = said("/kind/alternatives", [{"label": "supplier-invoice", "confidence": 0.0001}])
    assert other["label"] == "An invoice of a supplier"
    assert (said("/opened/case_type", "supplier-invoice"), said("/opened/case_type", "new")) == (
        "Supplier invoice",
        "new",
    )
