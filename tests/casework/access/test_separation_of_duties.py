"""Four eyes: who asked for something may not approve it, by neither door, and the attempt is in the history."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.assigning import task_assign
from casework.tasks.barred import left_out
from casework.tasks.many import Wish, carried_out
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, HumanTask
from orchestration.shell.services import Done
from tests.casework.access.tokens import token_for
from tests.casework.actions import Door, door, open_task, refusals  # noqa: F401 - door is a fixture
from tests.orchestration.machines import Machines, work_jobs

pytestmark = pytest.mark.django_db

FILES = folder_files(CASE_TYPES / "refund")
WHOLE = {"message": "The lamp broke.", "about": "purchase", "amount": 80, "purchase": {"receipt": "R-1"},
         "customer": {"iban": "DE89 3704 0044 0532 0130 00"}}  # fmt: skip


@pytest.fixture
def refund_type(complaint: Definition) -> Definition:
    outcome = deploy(FILES, Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    return outcome.definition


@pytest.fixture
def staff(refund_type: Definition, people: dict[str, User], machines: Machines) -> dict[str, User]:
    machines.say("refund_request", 0.9, "neutral")
    return people


def approval(by: User | None, **data: Any) -> tuple[Case, HumanTask]:
    """A refund that waits to be approved, opened by this person."""
    outcome = case_open(by=by, case_type="refund", reference="F-1", source="test", data=WHOLE | data)
    assert isinstance(outcome, Opened), outcome
    work_jobs(outcome.case.instance_id)
    return outcome.case, open_task(outcome.case)


def test_who_opened_the_case_does_not_approve_it(staff: dict[str, User], door: Door) -> None:  # noqa: F811
    case, task = approval(staff["anna"])
    answer = door(staff["anna"], "claim", task.pk)
    assert answer.status_code == 409
    assert "You opened this case, so somebody else has to do this." in answer.content.decode()
    assert refusals(case) == [("person:anna", "four-eyes")]
    assert door(staff["ben"], "claim", task.pk).status_code == door.done
    assert HumanTask.objects.get(pk=task.pk).assignee == staff["ben"]


def test_who_completed_the_request_does_not_approve_it(staff: dict[str, User]) -> None:
    case, first = _incomplete()
    assert isinstance(task_claim(by=staff["anna"], task=first), HumanTask)
    assert isinstance(task_complete(by=staff["anna"], task=first, answers={"amount": "80"}), Done)
    work_jobs(case.instance_id)
    task = open_task(case)
    for refused in (task_claim(by=staff["anna"], task=task), task_complete(by=staff["anna"], task=task, answers={})):
        assert isinstance(refused, Refused)
        assert refused.message == "You did “Complete the request”, so somebody else has to do this."
    assert isinstance(task_complete(by=staff["ben"], task=task, answers={"verdict": "approve"}), Done)


def _incomplete() -> tuple[Case, HumanTask]:
    data = {name: value for name, value in WHOLE.items() if name != "amount"}
    outcome = case_open(by=None, case_type="refund", reference="F-2", source="test", data=data)
    assert isinstance(outcome, Opened)
    return outcome.case, open_task(outcome.case)


def test_who_only_took_and_gave_back_a_task_has_not_done_it(staff: dict[str, User]) -> None:
    case, first = _incomplete()
    task_claim(by=staff["anna"], task=first)
    task_release(by=staff["anna"], task=first)
    assert isinstance(task_complete(by=staff["ben"], task=first, answers={"amount": "80"}), Done)
    work_jobs(case.instance_id)
    assert isinstance(task_claim(by=staff["anna"], task=open_task(case)), HumanTask)


def test_what_came_in_by_a_program_may_be_approved_by_anybody_of_the_group(staff: dict[str, User]) -> None:
    _, task = approval(staff["intake-bot"])
    assert isinstance(task_complete(by=staff["anna"], task=task, answers={"verdict": "approve"}), Done)


def test_a_model_that_names_a_step_that_is_not_there_is_refused() -> None:
    files = FILES | {"refund.bpmn": FILES["refund.bpmn"].replace("complete_request,asked", "complete_requests")}
    outcome = deploy(files, Origin("system:test"))
    assert isinstance(outcome, Refused)
    assert any("refund.bpmn, approve: no model has an item 'complete_requests'" in f for f in outcome.errors.values())


def test_who_opened_the_case_is_not_given_its_approval_either(staff: dict[str, User]) -> None:
    case, task = approval(staff["anna"])
    outcome = task_assign(by=staff["clara"], task=task, to=staff["anna"])
    assert isinstance(outcome, Refused)
    assert outcome.message == "Anna Adler opened this case, so somebody else has to do this."
    assert refusals(case) == [("person:clara", "four-eyes")] and open_task(case).assignee is None


def test_no_other_group_no_program_and_no_bulk_leads_round_it(staff: dict[str, User]) -> None:
    anna = staff["anna"]
    case, task = approval(anna)
    anna.groups.add(*staff["clara"].groups.all())
    program = Client(headers={"Authorization": f"Bearer {token_for(anna)}"})
    for step, sent in (("claim", {}), ("complete", {"answers": {"verdict": "approve"}})):
        assert program.post(f"/api/tasks/{task.pk}/{step}/", sent, "application/json").status_code == 409
    (bulk,) = carried_out(anna, [task.pk], Wish("claim"))
    assert bulk.message == "You opened this case, so somebody else has to do this."
    assert open_task(case).assignee is None and task.pk in left_out(anna, utc_now()).barred
    assert set(refusals(case)) == {("person:anna", "four-eyes")}
