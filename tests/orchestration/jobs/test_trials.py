"""A version is tried on recorded jobs and beside real ones: what it gives is kept, compared, and never used."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.services import Origin
from orchestration import tasks
from orchestration.actors import registration
from orchestration.actors.registry import actor_enable, card_change, register_model_version
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import choosing, trials
from orchestration.models import Actor, ActorCall, ActorVersion, Replay, Trial
from orchestration.shell.verification.control import verify_control
from tests.casework.conftest import analysed, complaint, open_case
from tests.orchestration.case_types import TEST
from tests.orchestration.machines import Machines, machines

__all__ = ["analysed", "complaint", "machines", "open_case"]

pytestmark = pytest.mark.django_db

EVE = Origin("person:eve")


@pytest.fixture
def second(machines: Machines) -> ActorVersion:
    """Another version of the intent model, registered by Ada."""
    return register_model_version("intent", "2", b"another", {"accuracy": 0.9}, activate=False, origin=TEST)


def moved(row: ActorVersion, *states: str, share: int = 0) -> ActorVersion:
    for state in states:
        outcome = registration.version_step(row=row, to=state, by=EVE, share=share)
        assert isinstance(outcome, ActorVersion), outcome
    row.refresh_from_db()
    return row


def replayed(row: ActorVersion, jobs: int = 100) -> Replay:
    outcome = trials.replay_begin(row, jobs, EVE)
    assert isinstance(outcome, Replay), outcome
    while trials.go_on(row.pk) is not None:
        pass
    outcome.refresh_from_db()
    return outcome


def test_a_replay_tries_a_version_on_the_recorded_jobs_and_says_where_it_differs(analysed, machines, second) -> None:
    for intent in ("refund_request", "refund_request", "card_issue"):
        analysed(intent=intent)
    calls = ActorCall.objects.count()
    machines.say("refund_request", 0.4, "neutral")
    replay = replayed(moved(second, "quarantined"))
    assert (replay.jobs, replay.done, replay.failed) == (3, 3, "") and replay.ended is not None
    agreed = Trial.objects.filter(version=second, way="replay").values_list("agrees", flat=True)
    assert sorted(map(bool, agreed)) == [False, True, True]
    assert ActorCall.objects.count() == calls


def test_a_replay_whose_nudge_was_lost_goes_on_with_the_next_sweep(analysed, second, monkeypatch) -> None:
    analysed()
    replay = trials.replay_begin(moved(second, "quarantined"), 1, EVE)
    assert isinstance(replay, Replay) and trials.stalled(clock.utc_now()) == []
    later = replay.began + trials.STALLED + timedelta(seconds=1)
    assert trials.stalled(later) == [second.pk]
    nudged = []
    monkeypatch.setattr(tasks, "nudge_replay", nudged.append)
    Replay.objects.update(began=replay.began - 2 * trials.STALLED)
    tasks.sweep()
    assert nudged == [second.pk]
    while trials.go_on(second.pk) is not None:
        pass
    assert trials.stalled(later + trials.STALLED) == []


def test_a_replay_of_one_takes_the_last_job(analysed, second) -> None:
    analysed()
    last = analysed()
    replay = replayed(moved(second, "quarantined"), jobs=1)
    assert replay.done == 1 and Trial.objects.get().job.instance_id == last.instance_id


def test_a_replay_is_refused_before_quarantine_without_jobs_and_where_something_would_happen(analysed, second) -> None:
    def why() -> str:
        outcome = trials.replay_begin(second, 10, EVE)
        assert isinstance(outcome, Refused)
        return outcome.message

    assert "Put it into quarantine first" in why()
    moved(second, "quarantined")
    assert "nothing to try it on" in why()
    analysed()
    Actor.objects.filter(key="intent").update(kind="http")
    second.refresh_from_db()
    assert "would happen once more" in why()


def test_a_stop_of_the_actor_ends_a_replay(analysed, second) -> None:
    analysed()
    moved(second, "quarantined")
    trials.replay_begin(second, 10, EVE)
    actor_enable("intent", False, TEST)
    assert trials.go_on(second.pk) is None
    assert Replay.objects.get().failed == "It is switched off." and not Trial.objects.exists()


def test_a_version_in_the_shadow_runs_beside_and_is_not_used(analysed, machines, second, monkeypatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(trials, "nudge_shadow", lambda job, version: asked.append((job, version)))
    moved(second, "quarantined", "shadow")
    case = analysed(intent="card_issue")
    assert [version for _, version in asked] == [second.pk]
    before = case.instance.head_sequence
    machines.say("refund_request", 0.4, "neutral")
    trial = trials.shadow(*asked[0])
    assert trial is not None and (trial.way, trial.agrees, trial.output["label"]) == ("shadow", False, "refund_request")
    case.instance.refresh_from_db()
    assert case.instance.head_sequence == before
    assert set(ActorCall.objects.filter(actor="intent").values_list("version", flat=True)) == {"1"}


def test_an_actor_that_the_routing_puts_in_the_shadow_runs_beside(analysed, monkeypatch) -> None:
    from dataclasses import replace

    asked: list[int] = []
    monkeypatch.setattr(trials, "nudge_shadow", lambda job, version: asked.append(version))
    usual = choosing.choose
    monkeypatch.setattr(choosing, "choose", lambda *given: replace(usual(*given), shadows=("sentiment",)))
    analysed()
    beside = ActorVersion.objects.get(actor__key="sentiment").pk
    assert asked and set(asked) == {beside}


def test_a_share_of_cases_gets_the_new_version_and_the_others_the_old(analysed, second) -> None:
    moved(second, "quarantined", "shadow")
    moved(second, "share", share=50)
    for _ in range(12):
        analysed()
    found = ActorCall.objects.filter(actor="intent").values_list("version", flat=True)
    assert set(found) == {"1", "2"}


def test_each_step_is_on_the_control_chain_and_agrees_with_the_rows(second) -> None:
    moved(second, "quarantined", "shadow")
    moved(second, "share", share=10)
    assert verify_control().ok
    moved(second, "in-use")
    assert ActorVersion.objects.get(actor__key="intent", version="1").state == "retired"
    assert verify_control().ok


def test_whoever_registered_a_version_does_not_take_it_on_where_the_card_says_so(second) -> None:
    card_change("intent", {"four-eyes": True}, TEST)
    second.refresh_from_db()
    outcome = registration.version_step(row=second, to="quarantined", by=TEST)
    assert isinstance(outcome, Refused) and "somebody else" in outcome.message
    assert isinstance(registration.version_step(row=second, to="quarantined", by=EVE), ActorVersion)
