"""Whatever a text of a request says, it names a number, a day and a moment that can be worked with, or none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from casework.web.asked import COUNTED, OF_A_ROW, day_begins, day_in, moment_in, number_in, numbers_in

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("text", ["", " 7", "-7", "7.0", "٧", "²", "7\0", "9" * 16, "9" * 5000])
def test_what_is_no_number_of_a_row_is_none(text: str) -> None:
    assert number_in(text) == 0


def test_a_number_has_as_many_digits_as_it_may() -> None:
    assert number_in("9" * 15) == 10**15 - 1 and number_in("9" * 10, COUNTED) == 0
    assert (number_in("007"), number_in("0"), numbers_in(["7", "", "x", "0", "5"])) == (7, 0, [7, 5])


@pytest.mark.parametrize(
    "text",
    ["", "\0", "2026-02-30", "30.11.2026", "0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "２０２６-01"],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert (day_in(text), day_begins(text), moment_in(text)) == (None, None, None)


def test_a_day_begins_and_a_field_means_its_time_where_the_pages_are() -> None:
    with timezone.override(BERLIN):
        assert day_in("2026-11-30") == date(2026, 11, 30)
        assert day_begins("2026-11-30") == datetime(2026, 11, 29, 23, tzinfo=UTC)
        assert moment_in("2026-11-30T09:30") == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
        assert moment_in("2026-11-30T09:30Z") == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


@given(st.one_of(st.text(max_size=30), st.datetimes().map(str), st.dates().map(str), st.integers().map(str)))
@example("2026-W01-1")
@example("20260101")
def test_what_is_named_can_be_reckoned_with(text: str) -> None:
    assert 0 <= number_in(text) < 10**OF_A_ROW
    for found in (day_begins(text), moment_in(text)):
        assert found is None or 1899 <= found.astimezone(UTC).year <= 2201
