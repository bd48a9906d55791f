"""A timer is a row: it survives restarts and clock changes, fires once, and never holds up another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from orchestration import tasks
from orchestration.engine.commands import Command, CompleteTask, FireTimer, Resume, StartProcess, Suspend, Terminate
from orchestration.ground.refusals import Refused
from orchestration.jobs import retry
from orchestration.models import Definition, HumanTask, Instance, Job, Timer
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.clocks import MORNING, Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, tasks.fire_timers)


@pytest.fixture
def reminder(db: None) -> Definition:
    return deployed("reminder.bpmn", root="reminder")


@pytest.fixture
def begin(clock: Clock, reminder: Definition) -> Callable[[], int]:
    def begun() -> int:
        done = services.start(reminder, StartProcess("reminder", {"number": "1"}), TEST)
        assert isinstance(done, Done), done
        return done.instance

    return begun


def do(instance: int, command: Command) -> Done:
    outcome = services.send(instance, command, TEST)
    assert isinstance(outcome, Done), outcome
    return outcome


def names(instance: int) -> list[str]:
    return sorted(HumanTask.objects.filter(instance=instance, state="open").values_list("name", flat=True))


def fired(instance: int) -> int:
    return AuditEvent.objects.filter(chain=instance, action="engine.TimerFired").count()


def refusals(instance: int) -> int:
    return AuditEvent.objects.filter(chain=instance, action="command.refused").count()


def holds(instance: int) -> bool:
    verdict = verify(Instance.objects.get(pk=instance))
    assert verdict.ok, verdict
    return True


def broken(monkeypatch: pytest.MonkeyPatch, case: int) -> None:
    """From now on, nothing can be done to this case: it breaks with an error that nobody foresaw."""
    send = services.send

    def breaks(instance: int, *arguments: object) -> Done | Refused:
        if instance == case:
            raise RuntimeError("this case cannot be read")
        return send(instance, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "send", breaks)


def test_a_reminder_comes_every_ten_minutes_three_times_and_not_before(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    clock.passes(minutes=9)
    assert names(case) == ["Act"]
    for times in (1, 2, 3):
        clock.passes(minutes=10)
        assert names(case) == ["Act", *["Remind"] * times]
    clock.passes(days=1)
    assert fired(case) == 3 and refusals(case) == 0 and not Timer.objects.filter(instance=case).exists()
    assert holds(case)


def test_a_timer_that_fell_due_while_everything_was_down_fires_at_the_next_start(
    begin: Callable[[], int], clock: Clock
) -> None:
    case = begin()
    do(case, CompleteTask(HumanTask.objects.get(instance=case).item))
    assert Timer.objects.get(instance=case).due == MORNING + timedelta(hours=1)
    services.by_definition.cache_clear()  # what a process knows is gone with it
    clock.passes(days=30)
    assert Job.objects.get(instance=case).state == "waiting"
    assert holds(case)


def test_a_clock_that_is_put_back_keeps_the_timer_until_its_time_comes(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    clock.passes(minutes=5)
    clock.passes(hours=-3)
    assert names(case) == ["Act"] and Timer.objects.filter(instance=case).exists()
    clock.passes(hours=3)
    assert names(case) == ["Act"]
    clock.passes(minutes=5)
    assert names(case) == ["Act", "Remind"] and refusals(case) == 0
    assert holds(case)


def test_a_clock_that_is_put_forward_fires_once_what_is_due_then(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    do(case, CompleteTask(HumanTask.objects.get(instance=case).item))
    clock.passes(days=365)
    clock.passes(days=-365)
    clock.passes(hours=2)
    assert fired(case) == 1 and refusals(case) == 0
    assert holds(case)


@pytest.mark.parametrize(
    "before", [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
)
def test_an_hour_is_an_hour_also_when_summer_time_begins_or_ends(
    begin: Callable[[], int], clock: Clock, before: datetime
) -> None:
    clock.now = before
    with timezone.override("Europe/Berlin"):
        case = begin()
        do(case, CompleteTask(HumanTask.objects.get(instance=case).item))
        assert Timer.objects.get(instance=case).due == before + timedelta(hours=1)
        clock.passes(minutes=59)
        assert fired(case) == 0
        clock.passes(minutes=1)
        assert fired(case) == 1 and Job.objects.get(instance=case).state == "waiting"
    assert holds(case)


def test_asked_too_early_the_engine_refuses_and_the_timer_stays(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    timer = Timer.objects.get(instance=case)
    outcome = services.send(case, FireTimer(timer.timer), TEST)
    assert isinstance(outcome, Refused) and outcome.code == "not-due"
    assert Timer.objects.get(instance=case) == timer and names(case) == ["Act"] and refusals(case) == 1
    clock.passes(minutes=10)
    assert names(case) == ["Act", "Remind"]


def test_a_row_that_is_due_before_its_timer_is_left_alone_for_a_while(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    Timer.objects.filter(instance=case).update(due=MORNING - timedelta(days=1))
    for _ in range(4):
        clock.passes(seconds=5)
    assert refusals(case) == 1 and names(case) == ["Act"]
    clock.passes(minutes=11)
    assert names(case) == ["Act", "Remind"]


def test_a_timer_that_the_case_does_not_know_is_forgotten_after_one_refusal(
    begin: Callable[[], int], clock: Clock
) -> None:
    case = begin()
    Timer.objects.create(instance_id=case, timer=999, node="nowhere", due=MORNING)
    for _ in range(3):
        clock.passes(seconds=5)
    assert refusals(case) == 1 and not Timer.objects.filter(timer=999).exists()
    assert holds(case)


def test_a_case_that_cannot_go_on_does_not_hold_up_the_timers_of_others(
    begin: Callable[[], int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, sound = begin(), begin()
    broken(monkeypatch, sick)
    clock.passes(minutes=10)
    assert names(sick) == ["Act"] and names(sound) == ["Act", "Remind"]
    assert Timer.objects.get(instance=sick).due == clock.now + retry.TIMERS.pause(1)


def test_a_timer_that_could_not_fire_fires_later_when_the_case_is_well_again(
    begin: Callable[[], int], clock: Clock
) -> None:
    case = begin()
    with pytest.MonkeyPatch.context() as patch:
        broken(patch, case)
        clock.passes(minutes=10)
    clock.passes(seconds=5)
    assert names(case) == ["Act"]
    clock.passes(minutes=5)
    assert names(case) == ["Act", "Remind"] and holds(case)


def test_many_timers_that_cannot_fire_do_not_starve_the_one_behind_them(
    begin: Callable[[], int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick = begin()
    clock.now += timedelta(seconds=1)
    sound = begin()
    forged = [Timer(instance_id=sick, timer=1000 + n, due=MORNING) for n in range(5)]
    Timer.objects.bulk_create(forged)
    monkeypatch.setattr(tasks, "SWEEP_AT_MOST", 3)
    broken(monkeypatch, sick)
    clock.now += timedelta(minutes=10)
    for _ in range(4):
        clock.passes(seconds=5)
    assert names(sound) == ["Act", "Remind"]


def test_while_a_case_is_suspended_its_timers_rest_and_afterwards_they_go_on(
    begin: Callable[[], int], clock: Clock
) -> None:
    case = begin()
    do(case, Suspend())
    assert not Timer.objects.filter(instance=case).exists() and names(case) == []
    clock.passes(hours=5)
    assert fired(case) == 0 and refusals(case) == 0
    assert holds(case)
    do(case, Resume())
    assert Timer.objects.get(instance=case).due == MORNING + timedelta(minutes=10)
    clock.passes(seconds=5)
    assert fired(case) == 1 and "Remind" in names(case)
    assert holds(case)


def test_a_terminated_case_has_no_timers(begin: Callable[[], int], clock: Clock) -> None:
    case = begin()
    do(case, Terminate())
    assert not Timer.objects.filter(instance=case).exists()
    clock.passes(days=1)
    assert fired(case) == 0 and refusals(case) == 0
    assert holds(case)


def test_timers_are_found_by_an_index_however_many_there_are(begin: Callable[[], int]) -> None:
    case = begin()
    later = MORNING + timedelta(days=365)
    Timer.objects.bulk_create(Timer(instance_id=case, timer=1000 + n, due=later) for n in range(5000))
    with connection.cursor() as cursor:
        cursor.execute("analyze orchestration_timer")
        cursor.execute("explain select id from orchestration_timer where due <= %s order by due limit 500", [MORNING])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan and "Seq Scan" not in plan, plan
