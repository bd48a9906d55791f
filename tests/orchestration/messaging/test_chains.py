"""Models whose cases move one another round and round: after so many hops a person is asked, on the database too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration import tasks
from orchestration.engine.commands import Command, CompleteJob, ResolveIncident, StartProcess
from orchestration.ground import clock
from orchestration.models import Definition, Incident, Instance, Job, Outbox
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db

HOPS = 6


@pytest.fixture
def chains(db: None, settings: Any) -> Definition:
    settings.MESSAGE_MOST_HOPS = HOPS
    return deployed("chains.bpmn", root="relay")


def begin(chains: Definition, process: str) -> int:
    done = services.start(chains, StartProcess(process), TEST)
    assert isinstance(done, Done), done
    return done.instance


def do(instance: int, command: Command) -> None:
    assert isinstance(services.send(instance, command, TEST), Done)


def settle(answering: bool = False) -> int:
    """Bring letters, and answer jobs, until nothing is left; how many cases there are then."""
    for _ in range(200):
        tasks.deliver_outbox()
        waiting = list(Job.objects.filter(state="waiting")) if answering else []
        for job in waiting:
            do(job.instance_id, CompleteJob(job.job, {}))
        if not waiting and not Outbox.objects.filter(delivered=None).exists():
            return Instance.objects.count()
    raise AssertionError("the models do not come to rest")


def asked() -> list[str]:
    return [incident.message for incident in Incident.objects.filter(resolved=None).order_by("id")]


def all_hold() -> None:
    for instance in Instance.objects.all():
        assert verify(instance).ok


def test_a_signal_that_begins_its_own_sender_waits_for_a_person_after_so_many_hops(chains: Definition) -> None:
    begin(chains, "echo")
    assert settle() == HOPS + 2
    (said,) = asked()
    assert "'echo' is not thrown" in said and f"chain of {HOPS} messages and signals" in said
    assert Instance.objects.filter(status="active").count() == 1
    all_hold()


def test_a_person_who_has_looked_may_let_it_go_on_for_as_long_again(chains: Definition) -> None:
    begin(chains, "echo")
    before = settle()
    stopped = Incident.objects.get(resolved=None)
    do(stopped.instance_id, ResolveIncident(stopped.incident, "retry"))
    assert settle() == before + HOPS + 1 and len(asked()) == 1


def test_a_person_may_leave_the_signal_out_and_the_case_goes_on(chains: Definition) -> None:
    begin(chains, "echo")
    before = settle()
    stopped = Incident.objects.get(resolved=None)
    do(stopped.instance_id, ResolveIncident(stopped.incident, "skip"))
    assert settle() == before and asked() == []
    assert not Instance.objects.filter(status="active").exists()


def test_a_machine_in_between_does_not_break_the_chain(chains: Definition) -> None:
    begin(chains, "ping")
    assert settle(answering=True) == HOPS + 2
    assert len(asked()) == 1
    all_hold()


def test_a_chain_that_has_rested_for_an_hour_begins_anew(chains: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(chains, "ping")
    now = clock.utc_now()
    for turn in range(2 * HOPS):
        monkeypatch.setattr(clock, "utc_now", lambda hours=turn: now + timedelta(hours=2 * hours))
        job = Job.objects.get(state="waiting")
        do(job.instance_id, CompleteJob(job.job, {}))
        tasks.deliver_outbox()
    assert asked() == [] and Instance.objects.count() == 2 * HOPS + 1


def test_where_one_becomes_many_the_crowd_is_bounded(chains: Definition, settings: Any) -> None:
    settings.MESSAGE_MOST_HOPS, settings.MESSAGE_MOST_LETTERS = 50, 20
    begin(chains, "double")
    cases = settle()
    assert 20 < cases < 100 and asked()
    all_hold()


def test_other_cases_go_on_beside_a_storm(chains: Definition) -> None:
    begin(chains, "echo")
    relay = begin(chains, "relay")
    settle()
    assert Instance.objects.get(pk=relay).tasks.filter(state="open").count() == 1
