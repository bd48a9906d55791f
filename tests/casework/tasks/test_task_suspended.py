"""Somebody suspends the case while another works on its task: it is said who did, and who can resume it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.access.permissions import task_for_user
from casework.cases.services import case_change
from casework.models import Case
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from tests.casework.actions import open_task, refusals

pytestmark = pytest.mark.django_db

People = dict[str, User]
ACCEPTED = {"verdict": "accept", "category": "refund_request"}


def open_or_suspended(case: Case) -> int:
    return HumanTask.objects.get(instance=case.instance_id, state__in=("open", "suspended")).pk


def change(case: Case, by: User, transition: str) -> None:
    assert isinstance(case_change(by=by, case=case, transition=transition, reason="The court decides first"), Done)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda by, task: task_complete(by=by, task=task, answers=ACCEPTED),
        lambda by, task: task_claim(by=by, task=task),
        lambda by, task: task_release(by=by, task=task),
    ],
)
def test_a_task_of_a_suspended_case_says_who_suspended_it_and_who_can_resume_it(
    people: People, analysed: Callable[..., Case], attempt: Any
) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    refused = attempt(people["anna"], task)
    assert isinstance(refused, Refused) and refused.code == "suspended"
    assert refused.message.startswith(f"{people['ben'].get_full_name()} suspended the case.")
    assert "can resume it" in refused.message
    assert refusals(case)[-1] == ("person:anna", "suspended")


@pytest.mark.parametrize(
    ("action", "service"),
    [("complete", lambda by, task: task_complete(by=by, task=task, answers=ACCEPTED)),
     ("claim", lambda by, task: task_claim(by=by, task=task))],
)  # fmt: skip
def test_who_comes_in_while_it_is_suspended_and_acts_when_it_is_resumed_must_be_offered_it_all_the_same(
    people: People, analysed: Callable[..., Case], action: str, service: Any
) -> None:
    """Clara may work the case, but the task is the analysts': between fetching it and doing it the case goes on."""
    case = analysed()
    change(case, people["ben"], "suspend")
    fetched = task_for_user(people["clara"], open_or_suspended(case), action)
    change(case, people["ben"], "resume")
    refused = service(people["clara"], fetched)
    assert isinstance(refused, Refused) and refused.code == "not-offered"
    assert refusals(case)[-1] == ("person:clara", "not-offered")
    assert open_task(case).assignee is None


def test_after_it_was_resumed_the_task_is_done_as_before(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    change(case, people["ben"], "resume")
    task.refresh_from_db()
    assert isinstance(task_complete(by=people["anna"], task=task, answers=ACCEPTED), Done)
