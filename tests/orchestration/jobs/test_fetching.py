"""Workers outside fetch work and bring results; whoever comes twice, late or in another's name changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import tasks
from orchestration.actors import disturbed
from orchestration.actors.contract import Answer, version_of
from orchestration.actors.disturbed import Disturbance
from orchestration.actors.registry import actor_enable
from orchestration.engine.commands import Terminate
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import bringing, fetching, leases, runner, stopping
from orchestration.jobs.bringing import Brought
from orchestration.jobs.fetching import Wanted
from orchestration.models import ActorCall, Gauge, Incident, Instance, Job
from orchestration.shell import services
from tests.orchestration.case_types import TEST
from tests.orchestration.jobs.outside import DESCRIPTION, Outside, after, filing_actor, holds, outside, token_for

__all__ = ["outside"]

pytestmark = pytest.mark.django_db

SHELVED = Brought(Answer({"shelf": 7}, 0.9))


def test_a_worker_fetches_a_job_and_its_result_goes_on_in_the_case(outside: Outside) -> None:
    handed = outside.fetched()
    assert handed.job.state == Job.State.RUNNING and Gauge.objects.get().running == 1
    told = bringing.bring(outside.token, handed.lease.key, SHELVED)
    assert told == {"state": "done", "message": "Taken into the case."}
    assert Instance.objects.get().status == "completed" and Gauge.objects.get().running == 0
    call = ActorCall.objects.get()
    assert (call.actor, call.version, call.outcome, call.output) == (
        "clerk",
        version_of(DESCRIPTION),
        "done",
        {"shelf": 7},
    )
    assert call.route == {"rule": "no rule of routing applies: by rank", "mode": "automatic"}
    assert [one["stage"] for one in call.verdicts][:1] == ["before"] and call.verdicts[-1]["stage"] == "after"
    holds(handed.job)


def test_the_same_result_twice_has_the_same_answer_and_counts_once(outside: Outside) -> None:
    handed = outside.fetched()
    first = bringing.bring(outside.token, handed.lease.key, SHELVED)
    assert bringing.bring(outside.token, handed.lease.key, SHELVED) == first
    other = bringing.bring(outside.token, handed.lease.key, Brought(Answer({"shelf": 8}, 0.9)))
    assert isinstance(other, Refused) and other.code == "finished"
    assert ActorCall.objects.count() == 1
    holds(handed.job)


def test_what_comes_late_changes_nothing_and_the_job_is_offered_again(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = outside.fetched(seconds=5)
    after(monkeypatch, 6)
    told = bringing.bring(outside.token, late.lease.key, SHELVED)
    assert isinstance(told, Refused) and told.code == "late" and not ActorCall.objects.exists()
    tasks.sweep()
    runner.run(late.job.instance_id, late.job.job)
    assert Gauge.objects.get().running == 0
    (again,) = fetching.fetch(outside.token, Wanted())
    assert again.job.pk == late.job.pk and again.lease.key != late.lease.key
    assert isinstance(bringing.bring(outside.token, late.lease.key, SHELVED), Refused)
    assert bringing.bring(outside.token, again.lease.key, SHELVED)["state"] == "done"
    assert sorted(ActorCall.objects.values_list("outcome", flat=True)) == ["done", "lost"]
    holds(again.job)


def test_a_worker_that_is_made_slow_and_wrong_gets_its_job_later_and_what_it_brings_is_refused(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(disturbed.FILE, str(tmp_path / "disturbed.json"))
    outside.offered()
    disturbed.disturb("clerk", Disturbance(disturbed.SLOW, 30))
    assert fetching.fetch(outside.token, Wanted()) == []
    after(monkeypatch, 31)
    (handed,) = fetching.fetch(outside.token, Wanted())
    disturbed.disturb("clerk", Disturbance(disturbed.WRONG))
    assert bringing.bring(outside.token, handed.lease.key, SHELVED)["state"] != "done"
    assert Instance.objects.get().status != "completed"


def test_another_actor_s_worker_neither_gets_nor_finishes_it(outside: Outside) -> None:
    stranger = token_for(filing_actor("stranger", rank=1))
    outside.offered()
    assert fetching.fetch(stranger, Wanted()) == []
    (handed,) = fetching.fetch(outside.token, Wanted())
    told = bringing.bring(stranger, handed.lease.key, SHELVED)
    assert isinstance(told, Refused) and told.code == "foreign"
    assert leases.extend(stranger, handed.lease.key, 60).code == "foreign"  # type: ignore[union-attr]
    assert bringing.bring(outside.token, handed.lease.key, SHELVED)["state"] == "done"


def test_a_lease_is_extended_up_to_the_limit_of_its_capability(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = outside.fetched(seconds=10)
    after(monkeypatch, 8)
    longer = leases.extend(outside.token, handed.lease.key, 60, "r1")
    assert longer > handed.lease.until  # type: ignore[operator]
    after(monkeypatch, 1)
    assert leases.extend(outside.token, handed.lease.key, 60, "r1") == longer
    assert leases.extend(outside.token, handed.lease.key, 3600) == handed.limit
    after(monkeypatch, 300)
    assert leases.extend(outside.token, handed.lease.key, 60).code == "late"  # type: ignore[union-attr]


def test_the_same_fetch_twice_gives_the_same_jobs(outside: Outside) -> None:
    outside.offered(), outside.offered()
    wanted = Wanted(most=1, request="a worker's first")
    (first,) = fetching.fetch(outside.token, wanted)
    (second,) = fetching.fetch(outside.token, wanted)
    assert second.lease.key == first.lease.key and second.value == first.value
    (third,) = fetching.fetch(outside.token, replace(wanted, request="its second"))
    assert third.job.pk != first.job.pk


def test_the_urgent_is_fetched_first_and_several_at_once(outside: Outside) -> None:
    usual, urgent = outside.offered(), outside.offered()
    Job.objects.filter(pk=urgent.pk).update(priority=1)
    handed = fetching.fetch(outside.token, Wanted(most=5))
    assert [one.job.pk for one in handed] == [urgent.pk, usual.pk]


def test_no_more_are_handed_out_than_the_actor_may_have_at_once(outside: Outside) -> None:
    outside.actor.card = {"concurrency": 1}
    outside.actor.save()
    outside.offered()
    outside.offered()
    (handed,) = fetching.fetch(outside.token, Wanted(most=5))
    assert fetching.fetch(outside.token, Wanted(most=5)) == []
    bringing.bring(outside.token, handed.lease.key, SHELVED)
    assert len(fetching.fetch(outside.token, Wanted(most=5))) == 1


def test_a_failure_that_may_pass_is_tried_again_and_a_lasting_one_is_an_incident(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = outside.fetched()
    told = bringing.bring(outside.token, handed.lease.key, Brought(error="No paper.", temporary=True, after=30))
    assert told["state"] == "retry"
    job = Job.objects.get()
    assert (job.run_at - clock.utc_now()).total_seconds() > 25
    after(monkeypatch, 40)
    runner.run(job.instance_id, job.job)
    (again,) = fetching.fetch(outside.token, Wanted())
    assert bringing.bring(outside.token, again.lease.key, Brought(error="No shelf."))["state"] == "incident"
    assert Incident.objects.get().message == "No shelf."
    holds(job)


def test_an_answer_that_does_not_fit_its_schema_is_an_incident(outside: Outside) -> None:
    handed = outside.fetched()
    told = bringing.bring(outside.token, handed.lease.key, Brought(Answer({"shelf": "seven"}, 0.9)))
    assert told["state"] == "incident" and "schema" in told["message"]
    assert Instance.objects.get().status == "active"
    holds(handed.job)


def test_a_stopped_actor_s_workers_get_nothing_and_what_they_bring_is_kept_and_not_used(outside: Outside) -> None:
    handed = outside.fetched()
    waiting = outside.offered()
    actor_enable("clerk", False, TEST, "it files wrongly")
    assert fetching.fetch(outside.token, Wanted()) == []
    assert leases.extend(outside.token, handed.lease.key, 60).code == "stopped"  # type: ignore[union-attr]
    assert bringing.bring(outside.token, handed.lease.key, SHELVED)["state"] == "stopped"
    assert bringing.bring(outside.token, handed.lease.key, SHELVED)["state"] == "stopped"
    held = Job.objects.get(pk=handed.job.pk)
    assert held.state == Job.State.HELD and ActorCall.objects.get().outcome == "contained"
    tasks.sweep()
    waiting.refresh_from_db()
    assert waiting.state == Job.State.WAITING
    actor_enable("clerk", True, TEST)
    assert stopping.let_loose("clerk") == 1
    runner.run(held.instance_id, held.job)
    (again,) = fetching.fetch(outside.token, Wanted())
    assert bringing.bring(outside.token, again.lease.key, SHELVED)["state"] == "done"
    holds(held)


def test_who_lets_the_deadline_pass_is_passed_over(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    other = token_for(filing_actor("other", rank=1))
    job = outside.offered()
    Job.objects.filter(pk=job.pk).update(deadline=clock.utc_now())
    assert fetching.fetch(outside.token, Wanted()) == []
    tasks.sweep()
    runner.run(job.instance_id, job.job)
    (handed,) = fetching.fetch(other, Wanted())
    assert handed.job.pk == job.pk
    assert handed.job.route["passed"] == {"clerk": "It did not do this job before its deadline."}
    assert bringing.bring(other, handed.lease.key, SHELVED)["state"] == "done"
    assert list(ActorCall.objects.order_by("pk").values_list("actor", "outcome")) == [
        ("clerk", "lapsed"), ("other", "done"),
    ]  # fmt: skip
    holds(job)


def test_what_no_worker_fetches_comes_to_a_person_also_where_no_rule_sets_a_deadline(outside: Outside) -> None:
    before = clock.utc_now()
    job = outside.offered()
    assert job.deadline is not None
    assert timedelta(days=1) < job.deadline - before < timedelta(days=2)
    Job.objects.filter(pk=job.pk).update(deadline=clock.utc_now())
    tasks.sweep()
    runner.run(job.instance_id, job.job)
    (incident,) = Incident.objects.filter(instance=job.instance_id, resolved=None)
    assert "clerk" in incident.message
    assert "did not do this job before its deadline" in incident.message
    holds(job)


def test_a_case_that_ends_meanwhile_takes_no_result_and_gives_the_place_back(outside: Outside) -> None:
    handed = outside.fetched()
    assert isinstance(services.send(handed.job.instance_id, Terminate(), TEST), services.Done)
    told = bringing.bring(outside.token, handed.lease.key, SHELVED)
    assert isinstance(told, Refused) and told.code == "late"
    leases.let_go(handed.lease)
    leases.let_go(handed.lease)
    assert Gauge.objects.get().running == 0
