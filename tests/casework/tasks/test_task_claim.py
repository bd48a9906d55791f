"""A person takes a task that is offered to their group."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.models import TaskCandidate
from tests.casework.actions import Door, denials, door, kept, open_task, refusals

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


def test_it_is_theirs_and_that_is_kept(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door(people["anna"], "claim", open_task(case).pk).status_code == door.done
    assert open_task(case).assignee == people["anna"]
    assert TaskCandidate.objects.get(task__instance=case.instance_id).assigned
    assert [(e.actor, e.detail["task"]) for e in kept(case, "task.claimed")] == [
        ("person:anna", "Approve the answer")]  # fmt: skip


def test_twice_changes_nothing(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for _ in range(2):
        assert door(people["anna"], "claim", open_task(case).pk).status_code == door.done
    assert len(kept(case, "task.claimed")) == 1


def test_whoever_comes_second_is_told_who_has_it(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    door(people["anna"], "claim", open_task(case).pk)
    answer = door(people["ben"], "claim", open_task(case).pk)
    assert answer.status_code == 409 and "Anna Adler has taken this task" in answer.content.decode()
    assert open_task(case).assignee == people["anna"] and refusals(case) == [("person:ben", "taken")]


def test_a_task_that_is_over_cannot_be_taken(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    task = open_task(case)
    door(people["anna"], "complete", task.pk, **door.answers(verdict="accept", category="refund_request"))
    assert door(people["ben"], "claim", task.pk).status_code == 409
    assert refusals(case) == [("person:ben", "over")]


def test_not_by_looking(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door.get(people["anna"], "claim", open_task(case).pk).status_code == 405
    assert open_task(case).assignee is None


def test_not_by_outsiders(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for name in ("olga", "dora", "ada"):
        assert door(people[name], "claim", open_task(case).pk).status_code == 404
    assert open_task(case).assignee is None


def test_not_by_people_whom_it_is_not_offered_to(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for name in ("clara", "axel"):
        assert door(people[name], "claim", open_task(case).pk).status_code == 403
    assert denials(case) == [("person:clara", "claim"), ("person:axel", "claim")]
