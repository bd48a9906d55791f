"""When is a timer due?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestration.deadlines.work_calendar import WorkCalendar
from orchestration.engine.limits import Limits, plain_office
from orchestration.engine.timers import BadTimer, due, later, schedule

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("PT4H", "2026-01-31T13:00:00+00:00"),
        ("P1D", "2026-02-01T09:00:00+00:00"),
        ("P1W", "2026-02-07T09:00:00+00:00"),
        ("P1M", "2026-02-28T09:00:00+00:00"),
        ("P1Y1M", "2027-02-28T09:00:00+00:00"),
        ("P1DT0.5S", "2026-02-01T09:00:00.500000+00:00"),
        ("-PT1H", "2026-01-31T08:00:00+00:00"),
        ("2026-05-01", "2026-05-01T00:00:00+00:00"),
        ("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00+00:00"),
        ("2026-05-01T12:00:00Z", "2026-05-01T12:00:00+00:00"),
    ],
)
def test_a_date_or_a_duration_is_a_moment(text, moment):
    assert due(text, NOW).isoformat() == moment


def test_a_cycle_counts_down():
    first = schedule("R3/PT1H", NOW)
    second = first.next(NOW)
    third = second.next(NOW)
    assert [each.due.hour for each in (first, second, third)] == [10, 11, 12]
    assert third.next(NOW) is None


def test_a_cycle_without_a_number_goes_on_for_ever():
    times = schedule("R/2026-02-01T00:00:00Z/P1D", NOW)
    for day in range(1, 20):
        assert times.due.day == day
        times = times.next(NOW)


def test_an_interval_with_start_and_end_repeats_with_its_length():
    times, found = schedule("R3/2026-02-01T12:00:00Z/2026-02-01T12:30:00Z", NOW), []
    while times is not None:
        found.append(times.due.isoformat()[11:16])
        times = times.next(NOW)
    assert found == ["12:00", "12:30", "13:00"]


def test_a_single_date_does_not_repeat():
    assert schedule("PT1H", NOW).next(NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "soon", "R3", "R3/", "R0/PT1H", "R3/soon", "P99999Y", "25:00", "R2/2026-01-01"),
        *("R/2026-02-01/2026-02-01", "R/2026-02-02/2026-02-01", "R/PT0S", "R3/-PT1H"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(BadTimer, match=r"\.$"):
        schedule(text, NOW)


@pytest.mark.parametrize("text", ["R/PT1H/2026-01-31T12:00:00Z", "R/PT1H until 2026-01-31T12:00:00Z"])
def test_a_cycle_may_have_an_end(text):
    times, hours = schedule(text, NOW), []
    while times is not None:
        hours.append(times.due.hour)
        times = times.next(NOW)
    assert hours == [10, 11, 12]


def test_a_cycle_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadTimer, match="before it begins"):
        schedule("R/PT1H/2026-01-31T09:30:00Z", NOW)


def test_a_cron_expression_is_a_cycle_without_an_end():
    times = schedule("0 0/20 * * * ?", NOW)
    moments = []
    for _ in range(4):
        moments.append(times.due.isoformat()[11:16])
        times = times.next(NOW)
    assert moments == ["09:20", "09:40", "10:00", "10:20"]


def test_a_cron_expression_that_never_comes_true_is_refused():
    with pytest.raises(BadTimer, match="never comes true"):
        schedule("0 0 0 30 2 ?", NOW)


def test_what_is_no_duration_cannot_be_added():
    with pytest.raises(BadTimer):
        later(NOW, "2026-01-01")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("P1D by berlin", "2026-04-02T15:00:00+00:00"),
        ("P2D by berlin", "2026-04-07T15:00:00+00:00"),  # over Good Friday, the weekend and Easter Monday
        ("PT2H by berlin", "2026-04-01T15:00:00+00:00"),
        ("PT3H by berlin", "2026-04-02T08:00:00+00:00"),
        ("P1D by elsewhere", "2026-04-02T17:00:00+00:00"),  # nobody says when it works: nine to five, UTC
    ],
)
def test_a_duration_counts_by_the_office_that_it_names(text: str, moment: str) -> None:
    berlin = WorkCalendar("berlin", "Europe/Berlin", (((540, 1020),),) * 5 + ((), ()), "DE-BE")
    limits = Limits(office=lambda key: berlin if key == "berlin" else plain_office(key))
    wednesday = datetime(2026, 4, 1, 13, 0, tzinfo=UTC)
    assert schedule(text, wednesday, limits).due.isoformat() == moment


@pytest.mark.parametrize(
    "text", ["P1M by office", "PT5M by office", "R/P1D by office", "2026-01-01 by office", "P0D by office"]
)
def test_an_office_counts_whole_days_or_whole_hours(text: str) -> None:
    with pytest.raises(BadTimer):
        schedule(text, NOW)


def test_an_office_that_never_opens_makes_no_timer() -> None:
    closed = WorkCalendar("closed", "UTC", ((),) * 7)
    with pytest.raises(BadTimer):
        schedule("P1D by closed", NOW, Limits(office=lambda key: closed))
