"""A step makes two SQL statements beside BEGIN and COMMIT, one that reads and one that writes, whatever its events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from audit.db.sql import connected, cursor
from audit.services import Origin
from casework.models import Case
from orchestration.actors.contract import Answer
from orchestration.engine.commands import CompleteJob, CompleteTask, PlanItem, StartCase
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import Definition, HumanTask, Job
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.benchmarks import floor
from tests.benchmarks.shell import complaint_to_check
from tests.orchestration.machines import Machines
from tests.sql import statements

pytestmark = pytest.mark.django_db

MOST = 2
ORIGIN = Origin("system:test")
INTENT = {"label": "refund_request", "confidence": 0.93, "alternatives": []}


def done_within(work: Callable[[], object], most: int = MOST) -> Done:
    """What the step did, within the statements allowed to it."""
    with statements() as sent:
        outcome = work()
    assert isinstance(outcome, Done), outcome
    assert len(sent) <= most, "\n".join(sent)
    return outcome


def test_every_step_of_a_complaint_keeps_to_two_statements(
    complaint: Definition, people: dict[str, User], open_case: Callable[..., Case], machines: Machines
) -> None:
    services.by_definition(complaint.pk)  # compiled once a process, at its first case
    done_within(lambda: services.start(complaint, StartCase("complaint", {"message": "Where is my money?"}), ORIGIN))
    case = open_case().instance_id
    intent, sentiment = Job.objects.filter(instance=case).order_by("capability").values_list("job", flat=True)
    done_within(lambda: services.send(case, CompleteJob(intent, INTENT), ORIGIN))
    decided = done_within(lambda: services.send(case, CompleteJob(sentiment, {"label": "neutral"}), ORIGIN))
    assert len(decided.events) > 15
    done_within(lambda: services.send(case, PlanItem("ask_customer"), ORIGIN))
    task = HumanTask.objects.get(instance=case, definition_item="check_draft_task")
    done_within(lambda: services.send(case, CompleteTask(task.item, {"verdict": "accept"}), ORIGIN))
    sending = Job.objects.get(instance=case, definition_item="send_answer_task").job
    ended = done_within(lambda: services.send(case, CompleteJob(sending, {"how": "e-mail"}), ORIGIN))
    assert ended.ended


def test_a_worker_s_result_costs_no_more_than_another_step_with_its_row_in_the_ledger(
    complaint: Definition, people: dict[str, User], open_case: Callable[..., Case], machines: Machines
) -> None:
    case = open_case().instance_id
    number = Job.objects.filter(instance=case).values_list("job", flat=True)[0]
    job = runner.claim(case, number)
    assert job is not None
    attempt = runner.Attempt("intent", "1", 1.0, answer=Answer(INTENT, 0.93))
    done_within(lambda: runner.bring_back(job, attempt, clock.utc_now()))


def test_a_whole_handoff_takes_four_statements(
    complaint: Definition, people: dict[str, User], open_case: Callable[..., Case], machines: Machines
) -> None:
    first, second = (Job.objects.get(instance=open_case().instance_id, capability="intent") for _ in range(2))
    runner.run(first.instance_id, first.job)  # a worker says once who it is
    with statements() as sent:
        assert isinstance(runner.run(second.instance_id, second.job), Done)
    assert len(sent) == 2 + MOST, "\n".join(sent)  # claimed with who can do it, reserved; then the step


def test_a_refusal_is_kept_for_two_statements(open_case: Callable[..., Case]) -> None:
    case = open_case().instance_id
    with statements() as sent:
        outcome = services.send(case, CompleteTask(999), ORIGIN)
    assert isinstance(outcome, Refused) and outcome.code == "unknown"
    assert len(sent) <= MOST


def rows_of(case: int) -> dict[str, int]:
    """How many rows each table has of a root case."""
    tables = {
        "orchestration_instance": "id", "orchestration_job": "instance_id", "orchestration_humantask": "instance_id",
        "audit_auditevent": "chain", "audit_auditpayload": "chain", "casework_case": "instance_id",
        "casework_listedvalue": "instance_id", "casework_deadline": "instance_id",
    }  # fmt: skip
    said = [f"select '{table}', count(*) from {table} where {owner} = {case}" for table, owner in tables.items()]  # noqa: S608
    return dict(cursor().execute(" union all ".join(said)).fetchall())


def test_the_bare_writes_that_a_step_is_measured_against_are_those_of_the_product(
    complaint: Definition, people: dict[str, User], machines: Machines
) -> None:
    number = floor.FIRST_REFERENCE
    kept = floor.recorded(lambda: complaint_to_check(f"floor {number}"), number)
    mine = Case.objects.get(reference=f"floor {number}")
    floor.again(connected(), kept, number)
    bare = Case.objects.exclude(pk=mine.pk).get()
    assert number and str(number) not in bare.reference and bare.state == mine.state
    rows = rows_of(mine.instance_id)
    assert all(rows.values()), rows
    assert rows_of(bare.instance_id) == rows
