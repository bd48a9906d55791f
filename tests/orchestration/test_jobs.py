"""Whatever a machine answers and however often its worker dies, a job ends: done, or with a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from orchestration import jobs, services, tasks
from orchestration.engine.commands import CompleteTask, StartProcess
from orchestration.models import ActorCall, Definition, HumanTask, Incident, Instance, Job
from orchestration.registry import actor_ensure, register_model_version
from orchestration.services import Done
from orchestration.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.machines import Machines, machines

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
    monkeypatch.setattr(jobs.actors, "load", lambda *_: machine)

    def begun() -> Job:
        done = services.start(version, StartProcess("reminder", {"number": "1"}), TEST)
        assert isinstance(done, Done)
        task = HumanTask.objects.get(instance=done.instance)
        assert isinstance(services.send(done.instance, CompleteTask(task.item), TEST), Done)
        with pytest.MonkeyPatch.context() as patch:
            later = services.utc_now() + timedelta(hours=1)
            patch.setattr(services, "utc_now", lambda: later)
            tasks.fire_timers()
        Job.objects.filter(instance=done.instance).update(run_at=services.utc_now())
        return Job.objects.get(instance=done.instance)

    return begun


def holds(job: Job) -> bool:
    verdict = verify(Instance.objects.get(pk=job.instance_id))
    assert verdict.ok, verdict
    return True


def test_a_job_is_done_once_under_one_key(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machine = machines.by_kind["intent"]
    assert isinstance(jobs.run(job.instance_id, job.job), Done)
    assert jobs.run(job.instance_id, job.job) is None
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
    assert isinstance(jobs.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.state == "incident" and job.last_error
    assert Incident.objects.get(instance=job.instance_id, resolved=None).code == "job"
    assert ActorCall.objects.get(job=job).outcome == "failed" and holds(job)


def test_an_answer_may_speak_of_the_sign_that_cannot_be_kept(work: Callable[[], Job], machines: Machines) -> None:
    job = work()
    machines.by_kind["intent"].answers = [{"shelf": r"write \u0000 for it"}]
    assert isinstance(jobs.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert job.state == "done" and holds(job)


@pytest.mark.parametrize("error", [RuntimeError("a\0b"), OSError("\udcff"), ValueError("x" * 100_000)])
def test_an_error_that_cannot_be_kept_as_it_is_is_kept_as_well_as_it_can(
    work: Callable[[], Job], machines: Machines, error: Exception
) -> None:
    job = work()
    machines.by_kind["intent"].answers = [error]
    assert isinstance(jobs.run(job.instance_id, job.job), Done)
    assert AuditEvent.objects.filter(chain=job.instance_id, action="actor.failed").count() == 1 and holds(job)


def test_a_job_over_which_workers_die_again_and_again_comes_to_a_person(work: Callable[[], Job]) -> None:
    job = work()
    deaths = 0
    while not Incident.objects.filter(instance=job.instance_id).exists():
        Job.objects.filter(pk=job.pk, state="waiting").update(run_at=services.utc_now())
        assert jobs.claim(job.instance_id, job.job) is not None
        Job.objects.filter(pk=job.pk).update(lease_until=services.utc_now() - timedelta(seconds=1))
        deaths += 1
        assert deaths < 20
        tasks.sweep()
    assert deaths == job.max_attempts + tasks.DEATHS
    job.refresh_from_db()
    assert job.state == "incident" and f"No worker came back from this job, {deaths} times." in job.last_error
    assert holds(job)


def test_a_worker_that_died_once_is_replaced_and_nobody_is_asked(work: Callable[[], Job]) -> None:
    job = work()
    jobs.claim(job.instance_id, job.job)
    tasks.sweep()
    assert jobs.run(job.instance_id, job.job) is None, "its lease has not run out"
    Job.objects.filter(pk=job.pk).update(lease_until=services.utc_now() - timedelta(seconds=1))
    tasks.sweep()
    assert isinstance(jobs.run(job.instance_id, job.job), Done)
    assert not Incident.objects.exists() and ActorCall.objects.filter(job=job).count() == 1 and holds(job)


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
