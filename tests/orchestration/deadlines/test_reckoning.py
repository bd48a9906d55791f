"""A deadline is due when the law says so, across holidays, pauses, hand-overs and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from orchestration.deadlines.explaining import explained
from orchestration.deadlines.reckoning import NeverDue, reckon, share_used_at, timeline
from orchestration.deadlines.rule import (
    EXTENDED,
    HANDED_OVER,
    PAUSED,
    RESUMED,
    STARTED,
    BadLength,
    Event,
    Rule,
    events_of,
    rule_of,
)
from orchestration.deadlines.work_calendar import WorkCalendar, at
from tests.orchestration.deadlines import oracle

WEEK = (((540, 1020),),) * 5 + ((), ())
BERLIN = WorkCalendar("berlin", "Europe/Berlin", WEEK, "DE-BE")
TOKYO = WorkCalendar("tokyo", "Asia/Tokyo", WEEK, "JP")
OFFICES = {"berlin": BERLIN, "tokyo": TOKYO}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(length: str, *events: Event, closing: bool = False, rolls: bool = True) -> datetime | None:
    rule = rule_of(length, closing=closing, rolls=rolls)
    line = timeline(rule, events, OFFICES, "berlin")
    assert line is not None
    return reckon(rule, line).due


def started(text: str) -> Event:
    return Event(STARTED, moment(text))


def test_working_days_leave_out_weekends_and_holidays() -> None:
    """Good Friday and Easter Monday of 2026 are 3 and 6 April."""
    assert due("3 working days", started("2026-04-01T10:00"), closing=True) == moment("2026-04-08T15:00")


def test_a_term_that_would_end_on_a_holiday_ends_on_the_next_working_day() -> None:
    assert due("3 weeks", started("2026-03-13T10:00")) == moment("2026-04-07T21:59:59")
    assert due("3 weeks", started("2026-03-13T10:00"), rolls=False) == moment("2026-04-03T21:59:59")


def test_a_month_from_the_last_of_january_ends_on_the_last_of_february() -> None:
    assert due("1 month", started("2026-01-31T10:00"), rolls=False) == moment("2026-02-28T22:59:59")


def test_hours_run_by_the_clock_and_stand_still_in_overlapping_pauses() -> None:
    pauses = [
        Event(PAUSED, moment("2026-03-28T12:00"), "a"), Event(PAUSED, moment("2026-03-28T13:00"), "b"),
        Event(RESUMED, moment("2026-03-28T14:00"), "a"), Event(RESUMED, moment("2026-03-28T16:00"), "b"),
    ]  # fmt: skip
    assert due("24 hours", started("2026-03-28T10:00"), *pauses) == moment("2026-03-29T14:00")


def test_what_is_paused_without_an_end_is_not_due_and_a_pause_after_its_end_changes_nothing() -> None:
    assert due("5 days", started("2026-03-02T10:00"), Event(PAUSED, moment("2026-03-04T10:00"), "a")) is None
    late = Event(PAUSED, moment("2026-03-14T10:00"), "a")
    assert due("5 days", started("2026-03-02T10:00"), late, rolls=False) == moment("2026-03-07T22:59:59")


def test_an_extension_and_a_hand_over_to_another_zone_count() -> None:
    over = Event(HANDED_OVER, moment("2026-05-06T16:00"), calendar="tokyo")
    more = Event(EXTENDED, moment("2026-05-05T08:00"), amount=1)
    # from the 7th on in Tokyo: Monday the 4th is over, so the 5th, the 7th (the 6th is still Berlin's), and the 8th
    assert due("3 working days", started("2026-05-04T10:00"), more, over) == moment("2026-05-08T14:59:59")


def test_a_time_that_the_clock_skips_is_when_it_jumps() -> None:
    assert at("Europe/Berlin", date(2026, 3, 29), 150) == moment("2026-03-29T01:00")
    assert at("Africa/Cairo", date(2026, 4, 24), 0) == moment("2026-04-23T22:00")


def test_an_office_that_never_works_is_told_and_not_waited_for() -> None:
    shut = WorkCalendar("shut", "UTC", ((),) * 7)
    for unit in ("working hours", "working days", "weeks"):
        rule = Rule(1, unit)
        line = timeline(rule, [started("2026-05-04T10:00")], {"shut": shut}, "shut")
        with pytest.raises(NeverDue, match="shut"):
            reckon(rule, line)  # type: ignore[arg-type]


def test_time_in_a_pause_uses_up_no_share_of_it() -> None:
    rule = rule_of("10 hours")
    pauses = [Event(PAUSED, moment("2026-05-04T12:00"), "a"), Event(RESUMED, moment("2026-05-04T18:00"), "a")]
    line = timeline(rule, [started("2026-05-04T10:00"), *pauses], OFFICES, "berlin")
    assert line is not None
    found = reckon(rule, line).due
    assert found == moment("2026-05-05T02:00")
    assert share_used_at(line, found, 0.5) == moment("2026-05-04T21:00")


def test_each_term_of_it_is_said() -> None:
    rule = rule_of("3 working days")
    events = [
        Event(STARTED, moment("2026-04-01T10:00"), words="the complaint came in"),
        Event(EXTENDED, moment("2026-04-02T10:00"), amount=1, words="the file is long"),
    ]
    line = timeline(rule, events, OFFICES, "berlin")
    assert line is not None
    said = " ".join(explained(rule, "article 101", events, OFFICES, "berlin", reckon(rule, line)))
    for words in (
        "3 working days, by article 101, in the time of Berlin.", "It began on 1 April 2026, 12:00, when the complaint",
        "Friday 3 April 2026 did not count: Good Friday.", "extended by 1 working day on 2 April 2026, 12:00: the file",
    ):  # fmt: skip
        assert words in said


@pytest.mark.parametrize("length", ["", "0 days", "3", "-1 days", "3 fortnights", "99999 days", "3  days"])
def test_what_is_no_length_is_refused(length: str) -> None:
    with pytest.raises(BadLength):
        rule_of(length)


def test_events_come_back_as_they_were_written() -> None:
    rule, events, _ = oracle.random_case(5)
    assert list(events_of([event.written() for event in events])) == events


def test_two_hundred_random_timelines_are_due_when_a_walk_through_time_says() -> None:
    assert apart(range(200)) == []


def apart(seeds: range) -> list[str]:
    """Where reckoning and walking differ."""
    found = []
    for seed in seeds:
        rule, events, first = oracle.random_case(seed)
        line = timeline(rule, events, oracle.OFFICES, first)
        assert line is not None
        here, there = reckon(rule, line).due, oracle.due(rule, events, first)
        if here != there:
            found.append(f"{seed}: {rule} {here} {there}")
    return found


@pytest.mark.parametrize("length", ["1 hours", "1 working hours", "1 days", "1 working days", "1 months", "9000 years"])
def test_what_ends_after_all_time_is_never_due(length: str) -> None:
    with pytest.raises(NeverDue, match="outside of the years"):
        due(length, started("9999-12-31T23:00"))
