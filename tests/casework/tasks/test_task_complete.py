"""A person accepts, changes or rejects what the product suggests, and the case goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.models import HumanTask
from orchestration.shell.selectors import data_of
from tests.casework.actions import Door, denials, door, kept, open_task, refusals

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
ACCEPTED = {"verdict": "accept", "category": "refund_request"}


def data(case: Case) -> dict[str, Any]:
    case.refresh_from_db()
    case.instance.refresh_from_db()
    return data_of(case.instance)


def test_what_is_accepted_goes_out_with_the_name_that_the_analyst_may_not_see(
    door: Door, people: People, analysed: Callable[..., Case], sends: Callable[[Case], Case]
) -> None:
    case = analysed()
    assert door(people["anna"], "complete", open_task(case).pk, **door.answers(**ACCEPTED)).status_code == door.done
    assert data(case)["answer"].startswith("Dear Maria Sandoval,") and sends(case).closed
    assert [entry.actor for entry in kept(case, "engine.TaskClosed")] == ["person:anna"]


def test_what_is_changed_needs_a_reason(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    changed = {"verdict": "change", "category": "fees_and_charges", "answer": "It was a fee."}
    answer = door(people["anna"], "complete", open_task(case).pk, **door.answers(**changed))
    assert answer.status_code == 400 and open_task(case)
    changed["reason"] = "It is a fee, no refund."
    assert door(people["anna"], "complete", open_task(case).pk, **door.answers(**changed)).status_code == door.done
    assert (data(case)["category"], data(case)["answer"]) == ("fees_and_charges", "It was a fee.")


def test_what_is_rejected_goes_to_a_senior_analyst(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    rejected = {"verdict": "reject", "category": "other", "reason": "It is about two things."}
    door(people["anna"], "complete", open_task(case).pk, **door.answers(**rejected))
    assert open_task(case).name == "Senior review"


def test_a_task_that_nobody_has_becomes_theirs_by_it(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    door(people["anna"], "complete", open_task(case).pk, **door.answers(**ACCEPTED))
    assert HumanTask.objects.get(instance=case.instance_id).assignee == people["anna"]


def test_twice_is_refused_and_kept(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    task = open_task(case)
    door(people["anna"], "complete", task.pk, **door.answers(**ACCEPTED))
    before = data(case)
    assert door(people["anna"], "complete", task.pk, **door.answers(**ACCEPTED)).status_code == 409
    assert data(case) == before and refusals(case) == [("person:anna", "unknown")]


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"verdict": "perhaps"}, {"verdict": "accept", "answer": "Something else."}, {"verdict": "reject"},
        {"verdict": "change", "reason": "Better so.", "category": "other", "answer": "Dear M••• S•••, yes."},
        {"verdict": "change", "reason": "Better so.", "category": "other", "answer": "x" * 5001},
    ],
)  # fmt: skip
def test_wrong_answers_leave_the_task_open(
    door: Door, people: People, analysed: Callable[..., Case], wrong: dict[str, Any]
) -> None:
    case = analysed()
    before = data(case)
    answer = door(people["anna"], "complete", open_task(case).pk, **door.answers(**wrong))
    assert answer.status_code == 400 and open_task(case) and data(case) == before


def test_not_the_task_of_another(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    door(people["ben"], "claim", open_task(case).pk)
    assert door(people["anna"], "complete", open_task(case).pk, **door.answers(**ACCEPTED)).status_code == 403
    assert open_task(case).assignee == people["ben"] and denials(case) == [("person:anna", "complete")]


def test_not_by_looking(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door.get(people["anna"], "complete", open_task(case).pk).status_code == 405
    assert open_task(case)


def test_not_by_outsiders(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for name, status in (("olga", 404), ("dora", 404), ("ada", 404), ("axel", 403)):
        answer = door(people[name], "complete", open_task(case).pk, **door.answers(**ACCEPTED))
        assert answer.status_code == status
    assert open_task(case) and not data(case).get("answer")
