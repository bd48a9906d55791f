"""The figures of reading receipts are counted as they say that they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.receipts import compared, figures


@pytest.mark.parametrize(
    ("name", "found", "labelled", "told"),
    [
        ("total", "RM 30.90", "30.90", (True, True)), ("total", "30.91", "30.90", (False, False)),
        ("total", "8.20", "", (False, False)), ("date", "25/12/2018", "25-12-2018", (True, True)),
        ("date", "05 MAR 2018", "05/03/2018", (False, True)), ("date", "", "05/03/2018", (False, False)),
        ("company", "S.H.H. MOTOR", "S.H.H.MOTOR", (True, True)), ("company", "MOTER LTD", "MOTOR LTD", (False, True)),
        ("company", "ACME", "MOTOR LTD", (False, False)),
    ],
)  # fmt: skip
def test_a_value_is_right_nearly_right_or_wrong(name: str, found: str, labelled: str, told: tuple[bool, bool]) -> None:
    assert compared(name, found, labelled) == told


def test_where_there_are_no_receipts_this_is_said(tmp_path: Path) -> None:
    none = tmp_path / "none"
    assert list(figures(none)) == [f"skipped: there are no receipts in {none}"]
