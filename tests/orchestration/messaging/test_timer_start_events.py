"""Time begins cases: each moment of a timer start event one case, on the newest version, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.selectors import timeline
from casework.models import Case
from orchestration import tasks
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.refusals import Refused
from orchestration.jobs import retry
from orchestration.messaging import start_events
from orchestration.models import Definition, HumanTask, Instance, StartTimer
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, files
from tests.orchestration.real import at_once, real_database, real_template
from tests.orchestration.shell.test_kill import every_moment

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VISITS = files("visits.bpmn", root="visit", key="visits")


class Clock:
    """The time that the product reads."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **much: float) -> list[str]:
        """Time goes by and the timers' task runs; the tasks that people then find in the cases that began."""
        self.now += timedelta(**much)
        before = set(Case.objects.values_list("pk", flat=True))
        tasks.fire_timers()
        return sorted(begun_tasks(Case.objects.exclude(pk__in=before)))


def begun_tasks(cases) -> list[str]:
    return list(HumanTask.objects.filter(instance__case__in=cases).values_list("name", flat=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("orchestration.ground.clock.utc_now", clock)
    return clock


def published(given: dict[str, str]) -> Definition:
    outcome = deploy(given, TEST)
    assert isinstance(outcome, Published), outcome
    return outcome.definition


def edited(was: str, becomes: str) -> dict[str, str]:
    assert was in VISITS["visits.bpmn"]
    return {**VISITS, "visits.bpmn": VISITS["visits.bpmn"].replace(was, becomes)}


def renamed(name: str) -> dict[str, str]:
    """The same model in a version of another name."""
    return {**VISITS, "manifest.yaml": VISITS["manifest.yaml"].replace("A trial", name)}


@pytest.fixture
def visits(clock: Clock, db: None) -> Definition:
    return published(VISITS)


LOOK, CHECK, OPEN = "Look after it", "Check everything", "Open the doors"


def test_a_cycle_a_duration_and_a_date_each_begin_their_cases_and_not_before(visits: Definition, clock: Clock) -> None:
    assert clock.passes(minutes=59) == []
    assert [clock.passes(hours=1) for _ in range(4)] == [[LOOK], [LOOK], [LOOK], []]
    assert clock.passes(hours=20) == [CHECK]
    assert clock.passes(days=7) == [OPEN]
    assert clock.passes(days=365) == []
    assert Case.objects.count() == 5 and all(verify(case.instance).ok for case in Case.objects.all())


def test_the_history_says_that_it_was_time(visits: Definition, clock: Clock) -> None:
    clock.passes(hours=1)
    case = Case.objects.get()
    assert (case.source, case.reference) == ("timer", f"T-{case.instance_id}")
    first = timeline(case.instance_id)[0]
    assert (first.action, first.actor) == ("case.opened", "system:timer")
    assert first.cause == "timer start hourly of 2026-03-02T10:00:00+00:00"
    assert first.detail == {"case_type": "visits", "source": "timer", "start": "hourly"}


def test_a_cycle_without_end_goes_on(clock: Clock, db: None) -> None:
    published(edited("R3/PT1H", "R/2026-03-02T12:00:00Z/PT30M"))
    assert clock.passes(hours=2) == []
    assert [clock.passes(minutes=30) for _ in range(6)] == [[], *[[LOOK]] * 5]


def test_a_cron_expression_begins_cases_too(clock: Clock, db: None) -> None:
    published(edited("R3/PT1H", "0 30 10 * * ?"))
    assert clock.passes(minutes=89) == []
    assert clock.passes(minutes=1) == [LOOK]
    assert clock.passes(hours=23, minutes=59) == [CHECK]
    assert clock.passes(minutes=1) == [LOOK]


def test_a_cron_expression_that_names_one_day_begins_one_case(clock: Clock, db: None) -> None:
    published(edited("R3/PT1H", "0 30 10 3 3 ? 2026"))
    assert clock.passes(days=2) == [CHECK, LOOK]
    assert clock.passes(days=365) == [OPEN]


def test_moments_missed_while_everything_was_down_begin_their_cases_one_by_one(
    visits: Definition, clock: Clock
) -> None:
    by_definition.cache_clear()  # what a process knows is gone with it
    assert clock.passes(hours=10) == [LOOK]
    assert [clock.passes(seconds=5) for _ in range(3)] == [[LOOK], [LOOK], []]


def test_a_clock_that_jumps_ahead_and_back_loses_no_moment_and_doubles_none(visits: Definition, clock: Clock) -> None:
    assert clock.passes(days=2) == [CHECK, LOOK]
    clock.passes(days=-2)
    assert clock.passes(hours=1) == []
    assert clock.passes(hours=1) == [LOOK]
    assert clock.passes(days=1) == [LOOK]
    assert sorted(begun_tasks(Case.objects.all())) == [CHECK, LOOK, LOOK, LOOK]


def test_a_change_of_something_else_lets_the_schedule_go_on_and_begins_on_the_new_version(
    visits: Definition, clock: Clock
) -> None:
    assert clock.passes(minutes=50) == []
    newer = published(renamed("A newer trial"))
    assert clock.passes(minutes=10) == [LOOK]
    assert Case.objects.get().instance.definition == newer
    clock.passes(days=2)
    published(renamed("The newest trial"))
    assert [clock.passes(seconds=5) for _ in range(3)] == [[LOOK], [], []]


def test_another_schedule_takes_the_place_of_the_one_before(visits: Definition, clock: Clock) -> None:
    clock.passes(minutes=30)
    published(edited("R3/PT1H", "R2/PT45M"))
    assert [clock.passes(minutes=15) for _ in range(7)] == [[], [], [LOOK], [], [], [LOOK], []]


def test_a_start_event_that_is_gone_begins_nothing_any_more(visits: Definition, clock: Clock) -> None:
    published(files("returns.bpmn", root="return", key="visits"))
    assert not StartTimer.objects.exists() and clock.passes(days=30) == []


def test_a_version_that_is_taken_away_takes_its_timers_along(visits: Definition, clock: Clock) -> None:
    visits.delete()
    assert clock.passes(days=30) == [] and not StartTimer.objects.exists()


def test_deploying_the_same_files_again_changes_nothing(visits: Definition, clock: Clock) -> None:
    before = list(StartTimer.objects.order_by("pk").values())
    clock.now += timedelta(minutes=30)
    published(VISITS)
    assert list(StartTimer.objects.order_by("pk").values()) == before and len(before) == 3


def test_a_version_that_is_refused_leaves_the_timers_of_the_one_that_is_there(visits: Definition, clock: Clock) -> None:
    assert isinstance(deploy(edited("R3/PT1H", "soon"), TEST), Refused)
    assert clock.passes(hours=1) == [LOOK]


def test_a_start_that_breaks_is_tried_again_later_and_holds_up_no_other(
    visits: Definition, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = start_events.start

    def breaks(definition: Definition, process: str, *more: object) -> object:
        if process == "visit":
            raise RuntimeError("this case cannot begin")
        return start(definition, process, *more)  # type: ignore[arg-type]

    clock.now += timedelta(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start_events, "start", breaks)
        assert clock.passes(seconds=0) == [CHECK]
    assert clock.passes(seconds=5) == []
    assert clock.passes(minutes=5) == [LOOK]


def test_of_many_at_once_a_sweep_takes_what_is_longest_due(
    visits: Definition, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SWEEP_AT_MOST", 1)
    clock.now += timedelta(days=30)
    assert sum((clock.passes(seconds=5) for _ in range(6)), []) == [LOOK, LOOK, LOOK, CHECK, OPEN]


def test_what_stands_for_a_start_event_begins_by_either_event(visits: Definition, clock: Clock) -> None:
    starts_by_message = list(start_events.begin("message", "asked", {}, TEST))
    assert len(starts_by_message) == 1
    assert begun_tasks(Case.objects.filter(source="message")) == [OPEN]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('="soon"', "visits.bpmn, hourly: The timer cannot be set: 'soon' is no date, duration or repeating interval"),
        ("=wanted", "visits.bpmn, hourly: The timer cannot be set: it depends on data, and before there is a case"),
        ('="R/PT0S"', "visits.bpmn, hourly: The timer cannot be set: 'R/PT0S' never moves on."),
        ('="R/-PT1H"', "visits.bpmn, hourly: The timer cannot be set: 'R/-PT1H' never moves on."),
    ],
)
def test_a_timer_that_cannot_be_set_is_refused_at_deployment(written: str, said: str, db: None) -> None:
    refused = deploy(edited("R3/PT1H", written), TEST)
    assert isinstance(refused, Refused) and refused.errors["1"].startswith(said), refused


TIMER = '<timerEventDefinition id="each_hour"><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>'
CONDITION = '<conditionalEventDefinition id="c"><condition>=number &gt; 3</condition></conditionalEventDefinition>'


def test_a_condition_begins_no_case(db: None) -> None:
    refused = deploy(edited(TIMER, CONDITION), TEST)
    assert isinstance(refused, Refused)
    said = (
        "visits.bpmn, hourly: A condition begins no case: before there is one, it has no data by which to become true."
    )
    assert list(refused.errors.values()) == [said]


def test_several_events_together_begin_no_case(db: None) -> None:
    both = 'id="on_demand" parallelMultiple="true"><signalEventDefinition id="s" signalRef="bell"/>'
    given = edited('<message id="asked"', '<signal id="bell" name="bell"/><message id="asked"')
    given["visits.bpmn"] = given["visits.bpmn"].replace('id="on_demand">', both)
    refused = deploy(given, TEST)
    assert isinstance(refused, Refused)
    (said,) = set(refused.errors.values())
    assert said.startswith(
        "visits.bpmn, on_demand: Several events together begin no case: before there is one, nothing"
    )


def test_they_are_found_by_an_index_however_many_there_are(visits: Definition) -> None:
    row = StartTimer.objects.all()[0]
    later = MORNING + timedelta(days=365)
    StartTimer.objects.bulk_create(
        StartTimer(definition=visits, process="visit", node=f"n{n}", written="", due=later, run_at=later)
        for n in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze orchestration_starttimer")
        cursor.execute(
            "explain select id from orchestration_starttimer where run_at <= %s order by run_at limit 500", [row.due]
        )
        plan = "\n".join(found[0] for found in cursor.fetchall())
    assert "Index" in plan and "Seq Scan" not in plan, plan


class Hourly:
    """What an R5/PT1H start timer should have done, told one thing after another."""

    def __init__(self) -> None:
        self.moments = [MORNING + timedelta(hours=hour) for hour in range(1, 6)]
        self.put_off: datetime | None = None
        self.begun = 0

    def looked_at(self, now: datetime, breaks: bool) -> None:
        rests = self.put_off is not None and now < self.put_off <= now + retry.TIMERS.pause(1)
        if not self.moments or now < self.moments[0] or rests:
            return
        if breaks:
            self.put_off = now + retry.TIMERS.pause(1)
            return
        self.put_off = None
        self.moments.pop(0)
        self.begun += 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.integers(-200, 200)),
        st.tuples(st.just("breaks"), st.integers(0, 90)),
        st.tuples(st.just("publishes"), st.integers(0, 3)),
    ),
    max_size=20,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_the_clock_and_people_do_each_moment_begins_one_case(db: None, steps: list[tuple[str, int]]) -> None:
    """Minutes go by (or back), starts break, versions are published: no moment is lost or comes twice."""
    clock, wanted = Clock(), Hourly()
    hourly = edited("R3/PT1H", "R5/PT1H")
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("orchestration.ground.clock.utc_now", clock)
        published(hourly)
        for what, much in steps:
            if what == "publishes":
                published({**hourly, "manifest.yaml": hourly["manifest.yaml"].replace("A trial", f"Trial {much}")})
                continue
            with pytest.MonkeyPatch.context() as broken:
                if what == "breaks":
                    broken.setattr(start_events, "start", lambda *_: 1 / 0)
                clock.passes(minutes=much)
            wanted.looked_at(clock.now, what == "breaks")
            assert Case.objects.filter(instance__tasks__name=LOOK).count() == wanted.begun
        transaction.set_rollback(True)
    by_definition.cache_clear()


# -- where transactions are real


def test_two_workers_at_once_begin_one_case(real_database: str, clock: Clock) -> None:
    published(VISITS)
    for times in range(1, 4):
        clock.now += timedelta(hours=1)
        assert at_once(*[tasks.fire_timers] * 4) == [None] * 4
        assert Case.objects.count() == times


def test_a_version_published_while_a_timer_fires_begins_nothing_twice(real_database: str, clock: Clock) -> None:
    published(VISITS)
    for times in range(1, 4):
        clock.now += timedelta(hours=1)
        newer = renamed(f"Trial {times}")
        fired, deployed, _ = at_once(tasks.fire_timers, lambda: published(newer), tasks.fire_timers)  # noqa: B023
        assert fired is None and isinstance(deployed, Definition), (fired, deployed)
        tasks.fire_timers()
        assert Case.objects.count() == times


def test_killed_at_any_moment_of_a_start_it_begins_one_case(real_database: str, clock: Clock) -> None:
    published(edited("R3/PT1H", "R/PT1H"))

    def prepared(_moment: int) -> int:
        clock.now += timedelta(hours=1)
        return Case.objects.count()

    def ends(before: int) -> str:
        tasks.fire_timers()
        case = Case.objects.order_by("-pk")[0]
        assert Case.objects.filter(source="timer", title__contains="T-").count() == before + 1
        assert StartTimer.objects.get(process="visit").due == clock.now + timedelta(hours=1)
        assert verify(Instance.objects.get(pk=case.instance_id)).ok
        return case.instance.status

    found = every_moment(prepared, lambda _before: tasks.fire_timers(), ends)
    assert len(found) > 7 and set(found) == {"active"}
