"""A person does a machine's work, as a suggestion or by rule, and the result counts as the machine's would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestration.actors.registry import actor_enable, actor_ensure
from orchestration.actors.routing import Choice, Way, Wish, route
from orchestration.engine.commands import CompleteTask
from orchestration.ground import clock
from orchestration.jobs import choosing, runner, stopping
from orchestration.models import ActorCall, HumanTask, Instance, Job
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.step_sql import NO_DUE_DATE
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST
from tests.orchestration.jobs.test_jobs import work
from tests.orchestration.machines import Machines, machines

__all__ = ["machines", "work"]

pytestmark = pytest.mark.django_db


def chosen_by(monkeypatch: pytest.MonkeyPatch, wish: Wish) -> None:
    """Have the routing of work say this."""
    monkeypatch.setattr(choosing, "_wishes", lambda *_: [wish])
    real = choosing.choose

    def choose(job: Job, case_type: Any, capability: Any) -> Choice:
        return real(job, replace(case_type, routing="a decision"), capability)

    monkeypatch.setattr(choosing, "choose", choose)


def holds(job: Job) -> None:
    verdict = verify(Instance.objects.get(pk=job.instance_id))
    assert verdict.ok, verdict


def finished_by_hand(job: Job, result: dict[str, object]) -> Instance:
    task = HumanTask.objects.get(instance=job.instance_id, form="capability:filing")
    assert isinstance(services.send(job.instance_id, CompleteTask(task.item, result), TEST), Done)
    holds(job)
    return Instance.objects.get(pk=job.instance_id)


def test_a_rule_gives_work_to_a_person_whose_result_counts_as_a_machine_s(
    work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    chosen_by(monkeypatch, Wish("person", rule="rule 1"))
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.state == Job.State.HANDED and not machines.by_kind["intent"].calls
    holds(job)
    assert finished_by_hand(job, {"shelf": 7}).status == "completed"


@pytest.mark.parametrize("within", [None, timedelta(hours=3)])
def test_a_person_has_the_time_that_their_rule_gives_and_none_of_a_machine_that_let_its_own_pass(
    within: timedelta | None, work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, before = work(), clock.utc_now()
    Job.objects.filter(pk=job.pk).update(deadline=before - timedelta(minutes=1))
    chosen_by(monkeypatch, Wish("person", deadline=within, rule="rule 1"))
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    due = HumanTask.objects.get(instance=job.instance_id, form="capability:filing").due
    if within is None:
        assert due == NO_DUE_DATE
    else:
        assert before + within <= due <= clock.utc_now() + within
    holds(job)


def test_a_suggestion_waits_for_a_person_and_is_kept(
    work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    chosen_by(monkeypatch, Wish("filing", mode="suggest", rule="rule 2"))
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    holds(job)
    call = ActorCall.objects.get(job=job)
    assert (call.outcome, call.mode) == ("suggested", "suggest") and call.output
    assert call.route == {"rule": "rule 2", "mode": "suggest"}
    assert finished_by_hand(job, {"shelf": 8}).status == "completed"


def test_the_time_that_a_rule_gives_an_actor_is_none_of_the_person_s_who_judges_its_suggestion(
    work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    chosen_by(monkeypatch, Wish("filing", mode="suggest", deadline=timedelta(minutes=1), rule="rule 2"))
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.deadline is not None and machines.by_kind["intent"].calls
    assert HumanTask.objects.get(instance=job.instance_id, form="capability:filing").due == NO_DUE_DATE
    holds(job)


def test_work_moves_to_another_actor_when_the_first_is_switched_off(work: Callable[[], Job]) -> None:
    from orchestration.actors.registry import register_model_version

    job = work()
    actor_ensure("second", name="Second", kind="filing", capability="filing", rank=1)
    register_model_version("second", "1", b"another", {}, activate=True)
    actor_enable("filing", False, TEST, "tried")
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    call = ActorCall.objects.get(job=job)
    assert (call.actor, call.route["passed"]) == ("second", {"filing": "It is switched off."})
    holds(job)


def test_what_an_actor_gives_after_it_was_stopped_does_not_count_until_it_is_let_loose(
    work: Callable[[], Job], machines: Machines
) -> None:
    job = work()
    machine = machines.by_kind["intent"]
    run = machine.run

    def stopped_meanwhile(input: dict[str, object], *, idempotency_key: str) -> object:
        actor_enable("filing", False, TEST, "it goes wrong")
        return run(input, idempotency_key=idempotency_key)

    machine.run = stopped_meanwhile  # type: ignore[method-assign]
    assert runner.run(job.instance_id, job.job) is None
    job.refresh_from_db()
    assert job.state == Job.State.HELD and ActorCall.objects.get(job=job).outcome == "contained"
    holds(job)
    del machine.run
    actor_enable("filing", True, TEST)
    assert stopping.let_loose("filing") == 1
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert Instance.objects.get(pk=job.instance_id).status == "completed"
    holds(job)


def test_nobody_is_asked_where_the_wished_actor_can_be_had_again_soon() -> None:
    choice = route([Wish("nobody-has-this-key")], [], runner.clock.utc_now())
    assert choice.way is Way.NOBODY
