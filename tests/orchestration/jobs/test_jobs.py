"""Whatever a machine answers and however often its worker dies, a job ends: done, or with a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from orchestration import tasks
from orchestration.actors.kinds import Answer
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.engine.commands import CompleteTask, StartProcess
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import ActorCall, Definition, HumanTask, Incident, Instance, Job
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.machines import Machines, machines
from tests.sql import statements

__all__ = ["machines"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(db: None, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Job]:
    """Makes a case whose work waits for a machine that can file."""
    version = deployed("reminder.bpmn", root="reminder")
    actor_ensure("filing", name="Filing", kind="filing", capability="filing")
    register_model_version("filing", "1", b"a test's model", {}, activate=True)
    machine = machines.by_kind["intent"]
    machine.capability, machine.input_schema, machine.output_schema = "filing", {}, {}
    monkeypatch.setattr(runner.kinds, "load", lambda *_: machine)

    def begun() -> Job:
        done = services.start(version, StartProcess("reminder", {"number": "1"}), TEST)
        assert isinstance(done, Done)
        task = HumanTask.objects.get(instance=done.instance)
        assert isinstance(services.send(done.instance, CompleteTask(task.item), TEST), Done)
        with pytest.MonkeyPatch.context() as patch:
            later = clock.utc_now() + timedelta(hours=1)
            patch.setattr("orchestration.ground.clock.utc_now", lambda: later)
            tasks.fire_timers()
        Job.objects.filter(instance=done.instance).update(run_at=clock.utc_now())
        return Job.objects.get(instance=done.instance)

    return begun


def holds(job: Job) -> bool:
    verdict = verify(Instance.objects.get(pk=job.instance_id))
    assert verdict.ok, verdict
    return True


def test_a_job_is_done_once_under_one_key(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machine = machines.by_kind["intent"]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert runner.run(job.instance_id, job.job) is None
    assert [key for _, key in machine.calls] == [f"{job.instance_id}-{job.job}"]
    assert Instance.objects.get(pk=job.instance_id).status == "completed" and holds(job)


@pytest.mark.parametrize(
    "answer",
    [
        {"shelf": "a\0b"}, {"shelf": 10**30}, {"shelf": float("nan")}, {"shelf": "\ud800"}, {"a\0": 1}, "text", None,
        {"shelf": {1, 2}},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_kept_is_an_incident_at_once(
    work: Callable[[], Job], machines: Machines, answer: Any
) -> None:
    job = work()
    machines.by_kind["intent"].answers = [answer]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.state == "incident" and job.last_error
    assert Incident.objects.get(instance=job.instance_id, resolved=None).code == "job"
    assert ActorCall.objects.get(job=job).outcome == "failed" and holds(job)


def test_an_answer_may_speak_of_the_sign_that_cannot_be_kept(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machines.by_kind["intent"].answers = [{"shelf": r"write \u0000 for it"}]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.state == "done" and holds(job)


@pytest.mark.parametrize("error", [RuntimeError("a\0b"), OSError("\udcff"), ValueError("x" * 100_000)])
def test_an_error_that_cannot_be_kept_as_it_is_is_kept_as_well_as_it_can(
    work: Callable[[], Job], machines: Machines, error: Exception
) -> None:
    job = work()
    machines.by_kind["intent"].answers = [error]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert AuditEvent.objects.filter(chain=job.instance_id, action="actor.failed").count() == 1 and holds(job)


def dies(job: Job) -> Job:
    """A worker takes the job and is killed: its session with the database ends."""
    assert runner.claim(job.instance_id, job.job) is not None
    Job.objects.filter(pk=job.pk).update(worker="a machine:17:that is gone")
    return Job.objects.get(pk=job.pk)


def lease_ends(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=clock.utc_now() - timedelta(seconds=1))


def test_a_job_over_which_workers_die_again_and_again_comes_to_a_person(work: Callable[[], Job]) -> None:
    job = work()
    deaths = 0
    while not Incident.objects.filter(instance=job.instance_id).exists():
        dies(job)
        deaths += 1
        assert deaths < 20
        tasks.sweep()
    assert deaths == runner.MOST_DEATHS
    job.refresh_from_db()
    assert job.state == "incident" and f"No worker came back from this job, {deaths} times." in job.last_error
    assert list(ActorCall.objects.filter(job=job).values_list("outcome", flat=True)) == ["lost"] * deaths
    assert holds(job)


def test_a_worker_that_was_killed_is_replaced_at_the_next_sweep(
    work: Callable[[], Job], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    dies(job)
    nudged: list[tuple[int, list[int]]] = []
    monkeypatch.setattr(runner, "nudge_jobs", lambda *nudge: nudged.append(nudge))
    tasks.sweep()
    assert nudged == [(job.instance_id, [job.job])]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert [key for _, key in machines.by_kind["intent"].calls] == [job.idempotency_key]
    calls = ActorCall.objects.filter(job=job).order_by("id").values_list("outcome", "error")
    assert list(calls) == [("lost", "The worker a machine:17:that is gone did not come back."), ("done", "")]
    assert not Incident.objects.exists() and holds(job)


def test_a_worker_that_is_there_keeps_its_job_until_its_lease_runs_out(work: Callable[[], Job]) -> None:
    job = work()
    runner.claim(job.instance_id, job.job)
    tasks.sweep()
    assert runner.run(job.instance_id, job.job) is None, "its lease has not run out"
    lease_ends(job)
    tasks.sweep()
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert not Incident.objects.exists() and holds(job)


def test_the_death_of_a_worker_is_no_failure_of_the_job(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machines.fail("intent", temporary=True)
    for left in reversed(range(job.max_attempts)):
        dies(job)
        tasks.sweep()
        assert isinstance(runner.run(job.instance_id, job.job), Done)
        job.refresh_from_db()
        assert job.state == ("waiting" if left else "incident")
        Job.objects.filter(pk=job.pk).update(run_at=clock.utc_now())
    assert job.attempts == job.max_attempts and holds(job)


def attempted(answer: Answer | None, error: str = "") -> runner.Attempt:
    return runner.Attempt("filing", "1", 1.0, answer=answer, error=error)


def test_of_two_workers_that_did_the_same_job_the_first_counts(work: Callable[[], Job]) -> None:
    """One was thought dead and comes back, while another one is at work."""
    job = work()
    thought_dead = dies(job)
    tasks.sweep()
    second = runner.claim(job.instance_id, job.job)
    assert second is not None and second.idempotency_key == thought_dead.idempotency_key
    found = attempted(Answer({"shelf": 7}, None))
    assert isinstance(runner.bring_back(thought_dead, found, clock.utc_now()), Done)
    assert isinstance(runner.bring_back(second, found, clock.utc_now()), Refused)
    outcomes = ActorCall.objects.filter(job=job).order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["lost", "done", "refused"]
    assert AuditEvent.objects.filter(chain=job.instance_id, action="command.refused").count() == 1 and holds(job)


def test_that_a_worker_thought_dead_failed_does_not_disturb_the_one_at_work(work: Callable[[], Job]) -> None:
    job = work()
    thought_dead = dies(job)
    tasks.sweep()
    second = runner.claim(job.instance_id, job.job)
    assert second is not None
    outcome = runner.bring_back(thought_dead, attempted(None, "The line is dead."), clock.utc_now())
    assert isinstance(outcome, Refused) and outcome.code == "late"
    assert not Incident.objects.exists() and Job.objects.get(pk=job.pk).state == "running"
    assert AuditEvent.objects.filter(chain=job.instance_id, action="command.refused").count() == 1
    assert isinstance(runner.bring_back(second, attempted(Answer({"shelf": 7}, None)), clock.utc_now()), Done)
    assert holds(job)


def test_a_nudge_is_heard_by_a_machine_whose_clock_is_a_little_behind(
    work: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    behind = job.run_at - timedelta(seconds=1)
    monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda: behind)
    assert runner.claim(job.instance_id, job.job) is not None


def test_a_job_written_before_the_clock_was_put_back_does_not_wait_for_it(
    work: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    earlier = job.run_at - timedelta(hours=3)
    monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda: earlier)
    assert runner.claim(job.instance_id, job.job) is None
    tasks.sweep()
    assert runner.claim(job.instance_id, job.job) is not None


# -- what the data makes of a task


@pytest.fixture
def odd(db: None) -> Definition:
    return deployed("odd.bpmn", root="odd")


def begin(odd: Definition, **data: Any) -> int:
    given = {"priority": 50, "due": None, "assignee": None, "groups": None, "number": "1"} | data
    done = services.start(odd, StartProcess("odd", given), TEST)
    assert isinstance(done, Done), done
    return done.instance


@pytest.mark.parametrize(
    "data",
    [
        {"priority": 100_000}, {"priority": -(10**12)}, {"priority": 1.5}, {"priority": "high"}, {"priority": None},
        {"due": "tomorrow"}, {"due": "9999-12-31T23:59:59+14:00"}, {"due": "0001-01-01T00:00:00-14:00"}, {"due": 5},
        {"assignee": "nobody of that name"}, {"assignee": 5}, {"assignee": "x" * 5000}, {"assignee": "a\0b"},
        {"groups": "No such group"}, {"groups": ["a", "b", "a"]}, {"groups": 7}, {"groups": "x" * 5000},
        {"groups": "a\0b"}, {"number": "7" * 5000}, {"number": "a\0b"}, {"number": None}, {"number": [1]},
    ],
)  # fmt: skip
def test_odd_data_makes_an_odd_task_or_an_incident_but_never_a_crash(odd: Definition, data: dict[str, Any]) -> None:
    case = begin(odd, **data)
    assert HumanTask.objects.filter(instance=case).exists() or Incident.objects.filter(instance=case).exists()
    verdict = verify(Instance.objects.get(pk=case))
    assert verdict.ok, verdict


def test_a_job_behind_a_long_queue_is_asked_for_ever_more_rarely(
    work: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    began, nudged = work().run_at, []
    monkeypatch.setattr(tasks, "nudge_jobs", lambda instance, numbers: nudged.append(seconds))
    for seconds in range(0, 1500, 5):
        moment = began + timedelta(seconds=seconds)
        monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda now=moment: now)
        tasks.sweep()
    assert nudged == [15, 75, 315, 1275]


def test_a_stale_nudge_costs_one_look_at_the_row(work: Callable[[], Job]) -> None:
    job = work()
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    with statements() as sent:
        assert runner.run(job.instance_id, job.job) is None
    assert len(sent) == 1


def test_what_explains_and_what_was_counted_stand_in_the_ledger(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machines.by_kind["intent"].answers = [Answer({"shelf": 7}, 0.9, {"probabilities": {"7": 0.9}}, {"tokens": 12})]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    call = ActorCall.objects.get(job=job)
    assert (call.detail, call.usage) == ({"probabilities": {"7": 0.9}}, {"tokens": 12})
