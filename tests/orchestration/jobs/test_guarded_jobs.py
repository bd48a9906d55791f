"""What becomes of a job whose guardrails have something against it, and what is kept of that?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from audit.models import AuditEvent, AuditPayload
from orchestration.actors.call import current
from orchestration.actors.capability import capability_of
from orchestration.actors.kinds import ActorError, Answer
from orchestration.casetypes.case_type import by_definition
from orchestration.jobs import by_hand, runner
from orchestration.models import ActorCall, Evaluation, Gauge, HumanTask, Job, Judgement
from orchestration.shell.services import Done
from tests.orchestration.jobs.test_jobs import holds, work
from tests.orchestration.machines import Machines, machines

__all__ = ["machines", "work"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the case type declare the capability `filing` like this."""

    def declare(**more: Any) -> None:
        own = capability_of({"key": "filing", "title": "Filing", **more})

        def with_it(definition: int) -> Any:
            return replace(by_definition(definition), capabilities={"filing": own})

        monkeypatch.setattr(runner, "by_definition", with_it)

    return declare


def told(job: Job) -> str:
    """All that ledger, row and history keep of what became of a job, beside what went in and came out."""
    calls = ActorCall.objects.filter(job=job).values_list("error", "verdicts", "route")
    events = AuditEvent.objects.filter(chain=job.instance_id, action__startswith="actor.")
    bodies = AuditPayload.objects.filter(chain=job.instance_id, sequence__in=events.values("sequence"))
    job.refresh_from_db()
    return str([list(calls), job.last_error, [bytes(one.body) for one in bodies]])


def test_an_answer_that_is_not_sure_enough_waits_for_a_person_with_its_verdicts(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None]
) -> None:
    job = work()
    promised(guardrails={"after": [{"confidence": {"below": 0.85, "then": "person"}}]})
    machines.by_kind["intent"].answers = [Answer({"shelf": 7}, 0.84)]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert HumanTask.objects.filter(instance=job.instance_id, form="capability:filing").count() == 1
    call = ActorCall.objects.get(job=job)
    said = {one["guardrail"]: one for one in call.verdicts}
    assert (call.outcome, said["confidence"]["outcome"]) == ("suggested", "person") and holds(job)
    assert said["confidence"]["sentence"] == "The actor is sure by 0.84; at least 0.85 is asked for."


def test_an_answer_is_repaired_once_with_the_objection(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None]
) -> None:
    job = work()
    promised(guardrails={"after": [{"consistent": {"that": "shelf > 3", "says": "The shelf must be above 3."}}]})
    machine, objections = machines.by_kind["intent"], []

    def run(input: dict[str, Any], *, idempotency_key: str) -> Answer:
        objections.append(current().objection)
        return Answer({"shelf": 1 if len(objections) == 1 else 9}, 0.9)

    machine.run = run  # type: ignore[method-assign]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert objections == ["", "The shelf must be above 3."]
    call = ActorCall.objects.get(job=job)
    assert (call.outcome, call.output) == ("done", {"shelf": 9}) and holds(job)


def test_an_answer_that_stays_wrong_is_an_incident_that_says_why(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None]
) -> None:
    job = work()
    promised(guardrails={"after": [{"consistent": {"that": "shelf > 3", "says": "The shelf must be above 3."}}]})
    machines.by_kind["intent"].answers = [Answer({"shelf": 1}, 0.9)]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    job.refresh_from_db()
    assert (job.state, job.last_error) == ("incident", "The shelf must be above 3.") and holds(job)


def test_work_waits_where_its_guardrail_lets_no_more_calls_pass_in_a_minute(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work()
    promised(guardrails={"before": [{"rate": 2}]})
    now = datetime(2031, 5, 4, 12, 0, 20, tzinfo=UTC)
    monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda: now)
    Gauge.objects.create(actor_id=_filing(), minute=now.replace(second=0), minute_calls=2)
    assert runner.run(job.instance_id, job.job) is None
    job.refresh_from_db()
    assert (job.state, job.attempts, machines.by_kind["intent"].calls) == ("waiting", 0, [])
    Gauge.objects.update(minute_calls=1)
    Job.objects.update(run_at=now)
    assert isinstance(runner.run(job.instance_id, job.job), Done)


def _filing() -> int:
    from orchestration.models import Actor

    return Actor.objects.get(key="filing").pk


@pytest.mark.parametrize("kind", [ActorError("", temporary=False), KeyError("")])
def test_an_error_that_quotes_what_was_given_is_kept_without_it(
    work: Callable[[], Job], machines: Machines, kind: Exception
) -> None:
    job = work()
    given = {"text": "My neighbour Otto Kreuz took the blue parcel", "mail": "otto.kreuz@example.org"}
    Job.objects.filter(pk=job.pk).update(changed_input=str(given).replace("'", '"').encode())
    quote = f"no shelf for {given['text']}, ask {given['mail']} or hans@example.net"
    error = ActorError(quote, temporary=False) if isinstance(kind, ActorError) else KeyError(quote)
    machines.by_kind["intent"].answers = [error]
    assert isinstance(runner.run(job.instance_id, job.job), Done)
    said = told(job)
    assert "no shelf for" in said
    assert not [word for word in ("Otto", "Kreuz", "blue", "neighbour", "kreuz@", "hans@") if word in said]


def test_what_a_person_gives_in_a_machine_s_place_is_held_to_all_that_makes_sense_for_people(
    work: Callable[[], Job], promised: Callable[..., None]
) -> None:
    job = work()
    promised(guardrails={"after": ["leak", {"consistent": "shelf > 3"}, {"confidence": 0.9}]})
    case_type = runner.by_definition(job.instance.definition_id)
    given = by_hand.ByHand(job, case_type, case_type.capability("filing"), {"type": "object"}, None)
    said = by_hand.checked(given, "anna", {"shelf": 1, "note": "call otto@example.org"}, {})
    against = by_hand.objection(said)
    assert against is not None and against.guardrail == "consistent"
    assert by_hand.objection(by_hand.checked(given, "anna", {"shelf": 4, "note": "otto@example.org"}, {})) is None


def test_answers_are_scored_once_they_are_used_and_again_when_a_person_has_judged_them(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = work()
    promised(evaluators=[{"agrees-with": "reviewer"}, {"length": {"of": "/note", "most": 10}}])
    monkeypatch.setattr("orchestration.jobs.evaluating.by_definition", runner.by_definition)
    machines.by_kind["intent"].answers = [Answer({"shelf": 7, "note": "x" * 20}, 0.9)]
    with django_capture_on_commit_callbacks(execute=True):
        assert isinstance(runner.run(job.instance_id, job.job), Done)
    call = ActorCall.objects.get(job=job)
    assert list(Evaluation.objects.values_list("evaluator", "score")) == [("length", 0.5)]
    with django_capture_on_commit_callbacks(execute=True):
        judged = Judgement.objects.create(call=call, verdict="accepted", by="anna", at=call.started)
    assert Evaluation.objects.get(evaluator="agrees-with").score == 1
    with django_capture_on_commit_callbacks(execute=True):
        judged.verdict, judged.right = "changed", {"shelf": 8, "note": "x" * 20}
        judged.save()
    assert Evaluation.objects.get(evaluator="agrees-with").score == 0.5


def test_what_fails_while_an_answer_is_scored_stops_nothing(
    work: Callable[[], Job], machines: Machines, promised: Callable[..., None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = work()
    promised(evaluators=["grounded"])
    monkeypatch.setattr("orchestration.jobs.evaluating.scores", lambda *_: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert isinstance(runner.run(job.instance_id, job.job), Done)
    assert ActorCall.objects.get(job=job).outcome == "done" and not Evaluation.objects.exists()
