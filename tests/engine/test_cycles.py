"""When does a cycle come round: across changes of the clock, too fast, and after moments that were missed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.limits import Limits
from orchestration.engine.timers import BadTimer, Schedule, due, schedule
from tests.engine.models import cmmn, item

NOW = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def moments(text: str, many: int = 4, limits: Limits = Limits(), late: datetime | None = None) -> list[str]:
    """The first moments of a cycle in UTC, each fired in time, or all of them looked at only at `late`."""
    found: list[str] = []
    plan: Schedule | None = schedule(text, NOW, limits)
    while plan is not None and len(found) < many:
        found.append(plan.due.strftime("%m-%d %H:%M:%S"))
        plan = plan.next(late or plan.due, limits)
    return found


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T10:00:00@Europe/Paris", "2026-01-02T09:00:00+00:00"),
        ("2026-07-02T10:00:00@Europe/Paris", "2026-07-02T08:00:00+00:00"),
        ("2026-07-02T10:00:00[Europe/Paris]", "2026-07-02T08:00:00+00:00"),
        ("2026-07-02T10:00:00+02:00[Europe/Paris]", "2026-07-02T08:00:00+00:00"),
        ("2026-07-02T10:00:00@America/Argentina/Buenos_Aires", "2026-07-02T13:00:00+00:00"),
        ("2026-07-02@Asia/Tokyo", "2026-07-01T15:00:00+00:00"),
        ("2026-07-02T24:00:00Z", "2026-07-03T00:00:00+00:00"),
        ("20260702T100000+0200", "2026-07-02T08:00:00+00:00"),
        ("PT0,5S", "2026-01-01T09:00:00.500000+00:00"),
    ],
)
def test_a_date_is_its_instant_however_its_zone_is_written(text: str, moment: str) -> None:
    assert due(text, NOW).isoformat() == moment


def test_a_time_that_the_clock_skips_is_read_with_the_offset_before_and_one_that_comes_twice_is_the_first() -> None:
    assert due("2026-03-29T02:30:00@Europe/Paris", NOW).isoformat() == "2026-03-29T01:30:00+00:00"
    assert due("2026-10-25T02:30:00@Europe/Paris", NOW).isoformat() == "2026-10-25T00:30:00+00:00"


def test_of_a_time_that_comes_twice_the_offset_says_which_is_meant() -> None:
    assert due("2026-10-25T02:30:00+01:00[Europe/Paris]", NOW).isoformat() == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize("text", ["2026-01-02T10:00:00@Europe/Pariss", "2026-01-02T10:00:00@", "10:00:00@Europe/Paris"])
def test_a_zone_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(BadTimer):
        schedule(text, NOW)


@pytest.mark.parametrize("start", ["2026-03-28T10:00:00@Europe/Paris", "2026-03-28T10:00:00+01:00[Europe/Paris]"])
def test_a_daily_cycle_keeps_its_time_of_day_when_summer_begins(start: str) -> None:
    assert moments(f"R3/{start}/P1D") == ["03-28 09:00:00", "03-29 08:00:00", "03-30 08:00:00"]


def test_a_cycle_of_hours_counts_the_time_that_passes() -> None:
    hours = moments("R3/2026-03-29T01:00:00@Europe/Paris/PT1H")
    assert hours == ["03-29 00:00:00", "03-29 01:00:00", "03-29 02:00:00"]


def test_a_daily_cycle_comes_back_to_a_time_that_the_clock_skipped_on_one_day() -> None:
    found = moments("R/2026-03-28T02:30:00@Europe/Paris/P1D")
    assert found == ["03-28 01:30:00", "03-29 01:30:00", "03-30 00:30:00", "03-31 00:30:00"]


def test_a_monthly_cycle_from_the_31st_comes_on_the_last_day_of_shorter_months_only() -> None:
    assert moments("R/2026-01-31T12:00:00Z/P1M") == [f"{day} 12:00:00" for day in ("01-31", "02-28", "03-31", "04-30")]


def test_a_cycle_may_end_at_a_moment_in_a_zone() -> None:
    found = moments("R/PT1H/2026-01-01T09:00:00@America/Argentina/Buenos_Aires", many=9)
    assert found == ["01-01 10:00:00", "01-01 11:00:00", "01-01 12:00:00"]


@pytest.mark.parametrize("text", ["R3/PT0.001S", "R3/2026-01-01T09:00:01Z/PT0.001S"])
def test_a_cycle_is_no_faster_than_the_least_period_and_still_fires_as_often_as_it_says(text: str) -> None:
    assert moments(text, many=9) == ["01-01 09:00:01", "01-01 09:00:02", "01-01 09:00:03"]


@pytest.mark.parametrize("text", ["R/PT20S", "* * * * * *", "0/20 * * * * *"])
def test_the_least_period_is_for_whoever_runs_the_engine_to_say(text: str) -> None:
    limits = Limits(least_period=timedelta(minutes=1))
    plan = schedule(text, NOW, limits)
    for _ in range(3):
        again = plan.next(plan.due, limits)
        assert again is not None and again.due - plan.due == timedelta(minutes=1)
        plan = again


@pytest.mark.parametrize("text", ["R/PT1H", "0 0 * * * *"])
def test_only_so_many_missed_moments_are_made_up_then_it_goes_on_from_now(text: str) -> None:
    late, limits = NOW + timedelta(days=400, minutes=30), Limits(most_made_up=3)
    plan, fired = schedule(text, NOW, limits), 0
    while plan.due <= late:
        again = plan.next(late, limits)
        assert again is not None
        plan, fired = again, fired + 1
    assert fired == 4 and plan.passed_over
    assert plan.due == late + timedelta(minutes=30)


def test_missed_moments_of_a_counted_cycle_that_are_not_made_up_are_used_up() -> None:
    assert len(moments("R100/PT1S", many=200, limits=Limits(most_made_up=3), late=NOW + timedelta(hours=1))) == 4
    assert len(moments("R3/PT1S", many=200, late=NOW + timedelta(hours=1))) == 3


def process(timer: str) -> bytes:
    return f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
      <process id="p"><startEvent id="s"><timerEventDefinition><timeCycle>{timer}</timeCycle></timerEventDefinition>
      </startEvent><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>
    </definitions>""".encode()


def listener(timer: str) -> bytes:
    clock = f'<timerEventListener id="t"><timerExpression>{timer}</timerExpression></timerEventListener>'
    return cmmn(item("at", "t") + clock)


@pytest.mark.parametrize("model", [{"p.bpmn": process}, {"c.cmmn": listener}])
def test_a_cycle_that_is_too_fast_is_a_warning_at_deployment(model) -> None:
    ((name, made),) = model.items()
    for timer in ("R/PT0.001S", '="R/PT0.001S"', "R5/2026-01-01T00:00:00Z/PT0.5S"):
        built = build({name: made(timer)})
        assert isinstance(built, CompiledModels), built
        assert any("once in 1 seconds at most" in warning.sentence for warning in built.warnings), timer
    for timer in ("R/PT1S", "PT0.001S", "0 0 9 * * ?"):
        built = build({name: made(timer)})
        assert isinstance(built, CompiledModels) and not built.warnings, (timer, built)
