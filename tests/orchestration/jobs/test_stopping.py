"""All of a kind, or all there are, are stopped by one act: nothing they give counts, and all is done when let loose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.selectors import timeline
from orchestration.actors import gauges
from orchestration.actors.registry import actor_enable, actor_ensure, register_model_version
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner, stopping
from orchestration.models import Actor, ActorCall, Job, Stop
from orchestration.shell.verification.control import verify_control
from tests.casework.conftest import complaint, open_case
from tests.orchestration.case_types import TEST
from tests.orchestration.machines import Machine, Machines, machines, work_jobs

__all__ = ["complaint", "machines", "open_case"]

pytestmark = pytest.mark.django_db


def test_work_that_only_stopped_actors_could_do_waits_and_is_done_when_they_are_let_loose(machines, open_case) -> None:
    stopping.stop("kind:intent", TEST, "It answers nonsense")
    case = open_case()
    work_jobs(case.instance_id)
    held = Job.objects.get(instance=case.instance_id, capability="intent")
    assert (held.state, held.actor, held.attempts) == ("held", "intent", 0)
    assert not case.instance.incidents.exists()
    assert stopping.end("kind:intent", TEST) == ("intent",)
    assert work_jobs(case.instance_id) >= 1
    held.refresh_from_db()
    assert held.state == "done"


def test_what_comes_after_a_stop_is_contained_and_done_again_afterwards(machines: Machines, open_case) -> None:
    case = open_case()
    machine = machines.by_kind["intent"]
    usual = type(machine).run

    def stopped_meanwhile(*given, **more):
        stopping.stop(stopping.ALL, TEST, "Something is wrong")
        return usual(machine, *given, **more)

    machine.run = stopped_meanwhile  # type: ignore[method-assign]
    job = Job.objects.get(instance=case.instance_id, capability="intent")
    assert runner.run(job.instance_id, job.job) is None
    job.refresh_from_db()
    assert job.state == "held" and ActorCall.objects.get(job=job).outcome == "contained"
    del machine.run
    stopping.end(stopping.ALL, TEST)
    work_jobs(case.instance_id)
    assert Job.objects.get(pk=job.pk).state == "done"


def test_an_actor_that_is_stopped_while_a_worker_chooses_it_is_not_called(machines, open_case) -> None:
    job = Job.objects.get(instance=open_case().instance_id, capability="intent").pk
    (chosen,) = gauges.candidates("intent", clock.utc_now(), 0)
    assert gauges.reserve(job, chosen, "automatic", clock.utc_now(), None)
    actor_enable("intent", False, TEST)
    assert not gauges.reserve(job, chosen, "automatic", clock.utc_now(), None)


def test_what_was_off_before_a_stop_stays_off_after_it(machines) -> None:
    actor_enable("sentiment", False, TEST)
    stopping.stop(stopping.ALL, TEST, "Something is wrong")
    assert not Actor.objects.filter(enabled=True).exists()
    assert stopping.end(stopping.ALL, TEST) == ("intent",)
    assert set(Actor.objects.filter(enabled=False).values_list("key", flat=True)) == {"sentiment"}
    assert verify_control().ok


def test_what_another_stop_holds_stays_stopped(machines) -> None:
    stopping.stop("kind:intent", TEST, "Nonsense")
    stopping.stop(stopping.ALL, TEST, "Something is wrong")
    assert stopping.end("kind:intent", TEST) == ()
    assert not Actor.objects.get(key="intent").enabled and verify_control().ok
    assert stopping.end(stopping.ALL, TEST) == ("intent", "sentiment")
    assert verify_control().ok and not Stop.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [{"reason": "Nothing"}, {"by": "person:eve"}, {"actors": []}, {"at": datetime(2020, 1, 1, tzinfo=UTC)},
     {"scope": "kind:sentiment"}, {}],
    ids=lambda forged: "".join(forged) or "gone",
)  # fmt: skip
def test_a_stop_that_is_not_as_it_was_made_is_named(machines, forged: dict[str, object]) -> None:
    stopping.stop("kind:intent", TEST, "Nonsense")
    assert verify_control().ok
    Stop.objects.update(**forged) if forged else Stop.objects.all().delete()
    assert any("stop" in fault.reason for fault in verify_control().faults)


def test_one_of_those_stopped_together_is_not_switched_on_by_itself(machines) -> None:
    stopping.stop("kind:intent", TEST, "Nonsense")
    outcome = stopping.actor_switch("intent", True, TEST)
    assert isinstance(outcome, Refused) and "Let them loose first" in outcome.message
    assert isinstance(stopping.stop("kind:intent", TEST, "Again"), Refused)


def held_for_a_stopped_intent(machines: Machines, open_case) -> Job:
    """A job that another actor's stop has left waiting."""
    case = open_case()
    machine = machines.by_kind["intent"]
    usual = type(machine).run

    def stopped_meanwhile(*given, **more):
        stopping.actor_switch("intent", False, TEST, "It answers nonsense")
        return usual(machine, *given, **more)

    machine.run = stopped_meanwhile  # type: ignore[method-assign]
    work_jobs(case.instance_id)
    return Job.objects.get(instance=case.instance_id, capability="intent")


def test_what_is_held_for_one_that_was_stopped_is_given_to_another_at_once(machines: Machines, open_case) -> None:
    job = held_for_a_stopped_intent(machines, open_case)
    assert (job.state, job.actor) == ("held", "intent")
    machines.by_kind["reader-b"] = Machine("intent", [{"label": "other", "confidence": 0.9}], key="reader-b")
    actor_ensure("reader-b", name="Reader B", kind="reader-b", capability="intent")
    register_model_version("reader-b", "1", b"another", {}, activate=True)
    assert stopping.give_to_others("intent", TEST) == 1
    work_jobs(job.instance_id)
    job.refresh_from_db()
    assert (job.state, job.actor) == ("done", "reader-b")
    (moved,) = timeline(job.instance_id, action="work.moved")
    assert (moved.actor, moved.detail["from"]) == (TEST.actor, "intent")
    assert stopping.give_to_others("intent", TEST) == 0


def test_what_nobody_else_can_do_stays_held(machines: Machines, open_case) -> None:
    job = held_for_a_stopped_intent(machines, open_case)
    refused = stopping.give_to_others("intent", TEST)
    assert isinstance(refused, Refused) and "No other actor" in refused.message
    job.refresh_from_db()
    assert job.state == "held"
    working = stopping.give_to_others("sentiment", TEST)
    assert isinstance(working, Refused) and "works" in working.message
