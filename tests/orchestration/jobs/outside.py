"""What does a test of outside workers start from? Cases whose filing is fetched by a worker, and its token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration import tasks
from orchestration.actors.contract import version_of
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.actors.tokens import token_make
from orchestration.engine.commands import CompleteTask, StartProcess
from orchestration.ground import clock
from orchestration.jobs import fetching, runner
from orchestration.models import Actor, HumanTask, Instance, Job, WorkerToken
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

DESCRIPTION = b"""
program: a filing clerk
output:
  type: object
  required: [shelf]
  properties: {shelf: {type: integer}}
"""


def filing_actor(key: str, rank: int = 0, **card: Any) -> Actor:
    """An actor whose workers fetch what is to be filed."""
    actor = actor_ensure(key, name=key.title(), kind="external", capability="filing", rank=rank, card=card)
    register_model_version(key, version_of(DESCRIPTION), DESCRIPTION, {}, activate=True)
    return actor


def token_for(actor: Actor) -> WorkerToken:
    return token_make(actor, "test", None, TEST)[0]


def token_secret(actor: Actor) -> str:
    """What a program of the actor's workers shows."""
    return token_make(actor, "test", None, TEST)[1]


class Outside:
    """Cases that wait for a worker outside."""

    def __init__(self) -> None:
        self.definition = deployed("reminder.bpmn", root="reminder")
        self.actor = filing_actor("clerk")
        self.token = token_for(self.actor)

    def waiting(self) -> Job:
        """A case whose filing waits to be given to somebody."""
        done = services.start(self.definition, StartProcess("reminder", {"number": "1"}), TEST)
        assert isinstance(done, Done)
        task = HumanTask.objects.get(instance=done.instance)
        assert isinstance(services.send(done.instance, CompleteTask(task.item), TEST), Done)
        with pytest.MonkeyPatch.context() as patch:
            later = clock.utc_now() + timedelta(hours=1)
            patch.setattr("orchestration.ground.clock.utc_now", lambda: later)
            tasks.fire_timers()
        Job.objects.filter(instance=done.instance).update(run_at=clock.utc_now())
        return Job.objects.get(instance=done.instance)

    def offered(self) -> Job:
        """One that was offered to the clerk's workers."""
        job = self.waiting()
        assert runner.run(job.instance_id, job.job) is None
        job.refresh_from_db()
        assert job.state == Job.State.OFFERED
        return job

    def fetched(self, seconds: float = 60) -> fetching.Handed:
        """One that a worker has fetched."""
        self.offered()
        (handed,) = fetching.fetch(self.token, fetching.Wanted(seconds=seconds))
        return handed


@pytest.fixture
def outside(db: None) -> Outside:
    return Outside()


def after(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock so many seconds on."""
    now = clock.utc_now() + timedelta(seconds=seconds)
    patch.setattr("orchestration.ground.clock.utc_now", lambda: now)


def holds(job: Job) -> None:
    verdict = verify(Instance.objects.get(pk=job.instance_id))
    assert verdict.ok, verdict
