"""A job that an actor fails at again and again is given to another one before it becomes an incident; at once, where
its capability says that work may move.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.actors.capability import Capability
from orchestration.actors.card import Card
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.actors.routing import Candidate, Choice, Way, Wish, route
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.models import ActorCall, Job
from orchestration.shell.services import Done
from tests.orchestration.jobs.test_jobs import work
from tests.orchestration.machines import Machine, Machines, machines

__all__ = ["machines", "work"]

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
WHY = "It has failed at this job."


def actor(key: str, **more: object) -> Candidate:
    given = {"card": Card(), "version": "1", "version_id": 1} | more
    return Candidate(0, key, key.title(), "fake", **given)  # type: ignore[arg-type]


def told(choice: Choice) -> tuple[Way, str]:
    return choice.way, "" if choice.candidate is None else choice.candidate.key


def test_the_one_that_failed_is_passed_over_where_another_can_be_had() -> None:
    choice = route([Wish()], [actor("first", failed=True), actor("second")], NOW)
    assert told(choice) == (Way.ACTOR, "second")
    assert choice.passed == {"first": WHY}


def test_one_that_no_rule_asks_for_is_said_to_be_left_out_and_is_no_second_one() -> None:
    cheap_alone = [Wish("any but dear")]
    for first in (actor("cheap"), actor("cheap", enabled=False)):
        choice = route(cheap_alone, [first, actor("dear")], NOW)
        assert choice.passed["dear"] == "By the rules it is not asked for here." and not choice.has_second
    assert route([Wish()], [actor("cheap"), actor("dear")], NOW).has_second


def test_it_is_tried_once_more_where_no_other_can_be_had_or_the_rules_wish_for_no_other() -> None:
    alone = [actor("first", failed=True), actor("second", enabled=False)]
    assert told(route([Wish()], alone, NOW)) == (Way.ACTOR, "first")
    either = [actor("first", failed=True), actor("second")]
    assert told(route([Wish("first"), Wish("person")], either, NOW)) == (Way.ACTOR, "first")


def test_it_tests_no_actor_that_has_failed_too_often_while_another_works() -> None:
    busy, dead = actor("busy", failed=True), actor("dead", open_until=NOW - timedelta(seconds=1))
    choice = route([Wish()], [dead, busy], NOW)
    assert told(choice) == (Way.ACTOR, "busy")
    assert told(route([Wish()], [dead, actor("off", failed=True, enabled=False)], NOW)) == (Way.ACTOR, "dead")


@pytest.fixture
def two(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two actors can do the filing; the first is dead."""
    machines.fail("intent", temporary=True)
    second = Machine("filing", [{"shelf": 7}], key="second", input_schema={}, output_schema={})
    by_key = {"filing": machines.by_kind["intent"], "second": second}
    monkeypatch.setattr(runner.kinds, "load", lambda key, *_: by_key[key])
    actor_ensure("second", name="Second", kind="second", capability="filing", rank=1)
    register_model_version("second", "1", b"another", {}, activate=True)


@pytest.mark.django_db
def test_the_last_try_of_a_job_goes_to_the_other_actor(
    work: Callable[[], Job], two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, later = work(), clock.utc_now()
    for _ in range(job.max_attempts):
        later += timedelta(hours=1)
        monkeypatch.setattr(clock, "utc_now", lambda moment=later: moment)
        outcome = runner.run(job.instance_id, job.job)
    assert isinstance(outcome, Done)
    job.refresh_from_db()
    calls = ActorCall.objects.filter(job=job).order_by("pk")
    assert job.state == "done" and [call.actor for call in calls] == ["filing", "filing", "second"]
    assert calls[2].route is not None and calls[2].route["passed"] == {"filing": WHY}


@pytest.mark.django_db
def test_where_work_may_move_the_other_is_asked_at_once(
    work: Callable[[], Job], two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, now = work(), clock.utc_now()
    monkeypatch.setattr(clock, "utc_now", lambda: now)
    monkeypatch.setattr(CaseType, "capability", lambda _, key: Capability(key, key, moves=True))
    for _ in range(2):
        outcome = runner.run(job.instance_id, job.job)
    assert isinstance(outcome, Done)
    job.refresh_from_db()
    assert job.state == "done"
    assert [call.actor for call in ActorCall.objects.filter(job=job).order_by("pk")] == ["filing", "second"]


@pytest.mark.django_db
def test_where_no_other_can_be_had_it_waits_as_before(
    work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.fail("intent", temporary=True)
    job, now = work(), clock.utc_now()
    monkeypatch.setattr(clock, "utc_now", lambda: now)
    monkeypatch.setattr(CaseType, "capability", lambda _, key: Capability(key, key, moves=True))
    runner.run(job.instance_id, job.job)
    job.refresh_from_db()
    assert job.state == "waiting" and job.run_at > now
    assert runner.run(job.instance_id, job.job) is None
