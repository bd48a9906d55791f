"""Dates, times, durations: any year, nanoseconds, zones."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.feel import (
    Date,
    DateTime,
    DaysTimeDuration,
    FeelError,
    Time,
    YearsMonthsDuration,
    calendar,
    compile_expression,
    from_iso,
    to_feel,
)

from .evaluating import NOON, reason_of, value_of

DAYS = st.integers(min_value=-300_000_000_000, max_value=300_000_000_000)


@given(DAYS)
def test_every_day_has_one_date_and_every_date_one_day(days):
    assert calendar.days_from(*calendar.date_from(days)) == days


@given(st.dates())
def test_the_calendar_agrees_with_that_of_python_where_that_goes(date):
    ours = to_feel(date)
    assert str(ours) == date.isoformat()
    assert ours.weekday == date.isoweekday()
    assert calendar.week_of_year(ours.days) == date.isocalendar().week
    assert ours.days == date.toordinal() - datetime.date(1970, 1, 1).toordinal()


@given(st.datetimes(), st.integers(min_value=-(10**18), max_value=10**18))
def test_adding_and_taking_away_a_duration_gives_the_same_moment(moment, nanoseconds):
    start, duration = to_feel(moment), DaysTimeDuration(nanoseconds)
    scope = {"start": start, "duration": duration}
    assert value_of("start + duration - duration = start", **scope) is True
    assert value_of("(start + duration) - start = duration", **scope) is True


@given(st.integers(min_value=-(10**20), max_value=10**20))
def test_a_days_and_time_duration_reads_what_it_writes(nanoseconds):
    duration = DaysTimeDuration(nanoseconds)
    assert from_iso("duration", str(duration)) == duration


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_years_and_months_duration_reads_what_it_writes(months):
    duration = YearsMonthsDuration(months)
    assert from_iso("duration", str(duration)) == duration
    assert duration.years * 12 + duration.months == months


@given(
    DAYS,
    st.integers(min_value=0, max_value=86_400 * 10**9 - 1),
    st.none() | st.integers(min_value=-50_400, max_value=50_400) | st.sampled_from(["Europe/Paris", "Asia/Dhaka"]),
)
def test_a_date_and_time_reads_what_it_writes(days, nanoseconds, zone):
    moment = DateTime(Date.from_days(days), Time.from_nanoseconds(nanoseconds, zone))
    assert from_iso("date and time", str(moment)) == moment


@given(st.text("0123456789-+:.TZPDHMSY@/EuropeParis", max_size=30))
def test_any_text_is_a_temporal_value_or_refused(text):
    for kind in ("date", "time", "date and time", "duration"):
        try:
            value = from_iso(kind, text)
        except FeelError:
            continue
        assert from_iso(kind, str(value)) == value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('date("2024-02-29")', "2024-02-29"),
        ('date("-0044-03-15")', "-0044-03-15"),
        ('date("123456-01-01")', "123456-01-01"),
        ("date(2024, 2, 29)", "2024-02-29"),
        ('date(@"2024-02-29T10:00:00Z")', "2024-02-29"),
        ('time("10:20:30.000000001")', "10:20:30.000000001"),
        ('time("10:20:30z")', "10:20:30Z"),
        ('time("10:20:30+00:00")', "10:20:30Z"),
        ('time("10:20:30-05:30")', "10:20:30-05:30"),
        ('time("24:00:00")', "00:00:00"),
        ("time(10, 20, 30.5)", "10:20:30.5"),
        ('time(10, 20, 30, @"-PT1H")', "10:20:30-01:00"),
        ("time(10, 20, 30, null)", "10:20:30"),
        ('time(@"2024-02-29T10:00:00@Europe/Paris")', "10:00:00@Europe/Paris"),
        ('date and time("2024-02-29T10:20:30.5@Europe/Paris")', "2024-02-29T10:20:30.5@Europe/Paris"),
        ('date and time("2024-02-28T24:00:00")', "2024-02-29T00:00:00"),
        ('date and time("2024-02-29")', "2024-02-29T00:00:00"),
        ('date and time(date("2024-02-29"), time("10:20:30Z"))', "2024-02-29T10:20:30Z"),
        ('date and time(@"2024-02-29T01:01:01Z", time("10:20:30"))', "2024-02-29T10:20:30"),
        ('duration("P1Y14M")', "P2Y2M"),
        ('duration("-P13M")', "-P1Y1M"),
        ('duration("P0Y")', "P0M"),
        ('duration("P1DT36H")', "P2DT12H"),
        ('duration("PT0.5S")', "PT0.5S"),
        ('duration("-PT90M")', "-PT1H30M"),
        ('duration("P0D")', "PT0S"),
        ("now()", "2026-03-15T12:00:00Z"),
        ("today()", "2026-03-15"),
    ],
)
def test_temporal_values_are_made_from_text_and_from_parts(text, written):
    assert value_of(f"string({text})") == written


@pytest.mark.parametrize(
    "text",
    [
        'date("2023-02-29")',
        'date("2023-13-01")',
        'date("23-01-01")',
        'date("02023-01-01")',
        'date("+2023-01-01")',
        'date("2023-01-01T00:00:00")',
        'date("1000000000-01-01")',
        "date(2023, 2, 29)",
        "date(2023.5, 2, 1)",
        "date(1000000000, 1, 1)",
        'time("25:00:00")',
        'time("24:00:01")',
        'time("10:60:00")',
        'time("10:00")',
        'time("10:00:00+15:00")',
        'time("10:00:00@Nowhere/Land")',
        'time("10:00:00Z@Europe/Paris")',
        "time(24, 0, 0)",
        "time(10, 0, 60)",
        'date and time("2023-01-01 10:00:00")',
        'date and time("2023-01-01T10:00:00.1234567891")',
        'duration("P")',
        'duration("PT")',
        'duration("P1YT")',
        'duration("P1Y1D")',
        'duration("1D")',
        'duration("P1.5D")',
        'duration("P-1D")',
        'date("٢٠٢٣-01-01")',
        "date(null)",
        "time(null, 1, 1)",
        "duration(5)",
    ],
)
def test_what_is_no_date_time_or_duration_is_null_with_a_reason(text):
    assert reason_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('@"2024-02-29".year', 2024),
        ('@"2024-02-29".weekday', 4),
        ('@"2024-02-29T10:20:30.25Z".second', Decimal("30.25")),
        ('@"2024-02-29T10:20:30Z".day', 29),
        ('@"2024-02-29".hour', None),
        ('string(@"2024-07-01T10:00:00@Europe/Paris".time offset)', "PT2H"),
        ('string(@"10:00:00-03:30".time offset)', "-PT3H30M"),
        ('@"10:00:00".time offset', None),
        ('@"2024-07-01T10:00:00@Europe/Paris".timezone', "Europe/Paris"),
        ('@"10:00:00Z".timezone', None),
        ('@"P2Y3M".years', 2),
        ('@"-P2Y3M".months', -3),
        ('@"P2Y".days', None),
        ('@"P1DT2H3M4.5S".hours', 2),
        ('@"P1DT2H3M4.5S".seconds', Decimal("4.5")),
        ('[@"2024-02-29", @"2023-01-01"].year', [2024, 2023]),
    ],
)
def test_temporal_values_have_properties(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('@"2024-01-31" + @"P1M"', "2024-02-29"),
        ('@"2024-03-31" - @"P1M"', "2024-02-29"),
        ('@"P1Y" + @"2024-02-29"', "2025-02-28"),
        ('@"2024-02-28" + @"P1D"', "2024-02-29"),
        ('@"2024-02-28" + @"PT23H"', "2024-02-28"),
        ('@"2024-02-28" - @"PT1S"', "2024-02-27"),
        ('@"2024-03-31T01:30:00@Europe/Paris" + @"PT1H"', "2024-03-31T03:30:00@Europe/Paris"),
        ('@"2024-12-31T23:59:59Z" + @"PT1S"', "2025-01-01T00:00:00Z"),
        ('@"23:30:00+02:00" + @"PT1H"', "00:30:00+02:00"),
        ('@"2024-03-01" - @"2024-02-01"', "P29D"),
        ('@"2024-03-01T00:00:00Z" - @"2024-02-29"', "P1D"),
        ('@"10:00:00Z" - @"10:00:00+01:00"', "PT1H"),
        ('@"P1Y" - @"P2Y"', "-P1Y"),
        ('@"P1D" * 1.5', "P1DT12H"),
        ('3 * @"P5M"', "P1Y3M"),
        ('@"P7M" / 2', "P3M"),
        ('-@"P7M"', "-P7M"),
        ('@"P1D" / @"PT6H"', "4"),
        ('abs(@"-PT1H")', "PT1H"),
    ],
)
def test_arithmetic_on_dates_times_and_durations(text, written):
    assert value_of(f"string({text})") == written


@pytest.mark.parametrize(
    "text",
    [
        '@"2024-01-01T00:00:00" - @"2024-01-01T00:00:00Z"',
        '@"2024-01-01T00:00:00" - @"2024-01-01"',
        '@"10:00:00" - @"10:00:00Z"',
        '@"2024-01-01" + @"2024-01-01"',
        '@"P1D" + @"P1M"',
        '@"P1D" * @"P1D"',
        '@"P1D" / 0',
        '@"P1D" / @"PT0S"',
        '1 / @"P1D"',
        '@"P1D" - @"2024-01-01"',
        '@"10:00:00" + @"P1M"',
        '@"999999999-12-31" + @"P1D"',
        '@"P1D" * 10 ** 60',
    ],
)
def test_arithmetic_that_has_no_result_is_null_with_a_reason(text):
    assert reason_of(text)


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ("2011-12-22", "2013-08-24", "P1Y8M"),
        ("2013-08-24", "2011-12-22", "-P1Y8M"),
        ("2013-08-24", "2013-09-23", "P0M"),
        ("2013-09-23", "2013-08-24", "P0M"),
        ("2013-08-24", "2013-09-24", "P1M"),
    ],
)
def test_years_and_months_between_two_dates_are_whole(start, end, written):
    assert value_of(f'string(years and months duration(date("{start}"), date("{end}")))') == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('day of year(@"2024-12-31")', 366),
        ('day of week(@"2024-02-29")', "Thursday"),
        ('month of year(@"2024-02-29T10:00:00")', "February"),
        ('week of year(@"2005-01-01")', 53),
        ('week of year(@"2003-12-29")', 1),
        ("day of week(null)", None),
        ('day of week("Monday")', None),
    ],
)
def test_days_weeks_and_months_of_the_year(text, value):
    assert value_of(text) == value


def test_the_time_is_handed_in_and_nothing_else_tells_it():
    assert compile_expression("now()").evaluate({}).value is None
    assert "no current time" in compile_expression("today()").evaluate({}).problems[0].reason
    assert compile_expression("now()").evaluate({}, now=NOON).value == NOON


def test_a_value_that_does_not_exist_cannot_be_made():
    with pytest.raises(FeelError):
        Date(2023, 2, 29)
    with pytest.raises(FeelError):
        Time(24, 0, 0)
