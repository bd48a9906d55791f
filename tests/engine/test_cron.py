"""When does a cron expression of Quartz, Spring or Unix next come true?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.cron import BadCron, as_quartz, cron

NOW = datetime(2026, 11, 22, 10, 7, 30, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0 0/5 * * * ?", "2026-11-22T10:10:00"),
        ("0 0 9 ? * MON-FRI", "2026-11-23T09:00:00"),
        ("0 0 9 ? * 2-6", "2026-11-23T09:00:00"),
        ("0 0 9-17 * * MON-FRI", "2026-11-23T09:00:00"),
        ("0 0 9 * * 1-5", "2026-11-23T09:00:00"),
        ("0 0 9 * * 7", "2026-11-29T09:00:00"),
        ("0 0 12 1/5 * ? *", "2026-11-26T12:00:00"),
        ("0 0 0 L * ?", "2026-11-30T00:00:00"),
        ("0 0 0 LW 5 ?", "2027-05-31T00:00:00"),
        ("0 0 0 L-2 * ?", "2026-11-28T00:00:00"),
        ("0 0 0 15W 8 ?", "2027-08-16T00:00:00"),
        ("0 0 0 1W 5 ?", "2027-05-03T00:00:00"),
        ("0 0 0 ? * 6L", "2026-11-27T00:00:00"),
        ("0 0 0 ? * FRI#2", "2026-12-11T00:00:00"),
        ("0 0 0 ? * 6#5", "2027-01-29T00:00:00"),
        ("0 0 0 29 2 ?", "2028-02-29T00:00:00"),
        ("0 0 0 1 1 ? 2030", "2030-01-01T00:00:00"),
        ("15,45 * * * * *", "2026-11-22T10:07:45"),
        ("*/10 * * * * *", "2026-11-22T10:07:40"),
        ("0 0 22-2 * * *", "2026-11-22T22:00:00"),
        ("30 9 * * 1", "2026-11-23T09:30:00"),
        ("0 0 13 * 5", "2026-11-27T00:00:00"),
        ("@daily", "2026-11-23T00:00:00"),
        ("@hourly", "2026-11-22T11:00:00"),
        ("@weekly", "2026-11-29T00:00:00"),
        ("@monthly", "2026-12-01T00:00:00"),
        ("@yearly", "2027-01-01T00:00:00"),
    ],
)
def test_the_next_time(text, moment):
    assert cron(text).next(NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_the_next_time_is_asked_in_any_time_zone_and_told_in_utc():
    assert cron("0 0 9 * * ?").next(datetime.fromisoformat("2026-11-22T09:30:00+02:00")).isoformat() == (
        "2026-11-22T09:00:00+00:00"
    )


def test_what_never_comes_true_has_no_next_time():
    assert cron("0 0 0 31 2 ?").next(NOW) is None
    assert cron("0 0 0 1 1 ? 2020").next(NOW) is None


@pytest.mark.parametrize(("text", "quartz"), [("0 0 9 * * 2-6", "0 0 9 ? * 2-6"), ("0 0 9 1 * *", "0 0 9 1 * ?")])
def test_a_file_of_quartz_counts_its_days_from_sunday(text, quartz):
    assert as_quartz(text) == quartz
    assert as_quartz(quartz) == quartz
    assert as_quartz("0 9 * * 1") == "0 9 * * 1"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "* * * *", "60 * * * * *", "0 0 25 * * ?", "0 0/0 * * * ?", "0 0 0 32 * ?", "0 0 0 ? * XYZ",
     "0 0 0 ? * 9L", "a b c d e f", "0 0 0 0W * ?", "@sometimes"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(BadCron, match=r"is no cron expression: .+\.$"):
        cron(text)


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    several = st.builds("{0[0]}-{0[1]}".format, st.tuples(number, number).map(sorted))
    return st.one_of(
        st.just("*"), number.map(str), several, st.builds("{}/{}".format, number, st.integers(1, high)),
        st.lists(number, min_size=1, max_size=3).map(lambda each: ",".join(map(str, each))),
    )  # fmt: skip


DAYS = st.one_of(
    st.builds("{} {} ?".format, st.one_of(fields(1, 28), st.sampled_from(["L", "LW", "15W", "L-3"])), fields(1, 12)),
    st.builds("? {} {}".format, fields(1, 12), st.one_of(fields(1, 7), st.sampled_from(["6L", "2#3", "MON-FRI"]))),
    st.builds("* {} {}".format, fields(1, 12), fields(0, 7)),
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(st.builds("{} {} {} {}".format, fields(0, 59), fields(0, 59), fields(0, 23), DAYS), MOMENTS)
def test_the_next_time_is_later_and_matches_and_nothing_before_it_does(text, now):
    found = cron(text).next(now)
    assert found is not None
    assert found > now
    assert cron(text).matches(found)
    between = [now.replace(microsecond=0) + timedelta(seconds=each) for each in (1, 2, 59, 60, 61, 3600, 86_400)]
    assert not any(cron(text).matches(each) for each in between if each < found)
    earlier = found - timedelta(seconds=1)
    assert (
        earlier <= now or not cron(text).matches(earlier) or cron(text).next(earlier - timedelta(seconds=1)) == earlier
    )


@given(st.text(alphabet="0123456789*/?-,LW#MONFRI ", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        read = cron(text)
    except BadCron:
        return
    found = read.next(NOW)
    assert found is None or read.matches(found)
