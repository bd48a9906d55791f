"""A person gives a task back to the groups that it was offered to."""

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


@pytest.fixture
def claimed(door: Door, people: People, analysed: Callable[..., Case]) -> Case:
    """A case whose task is anna's."""
    case = analysed()
    door(people["anna"], "claim", open_task(case).pk)
    return case


def test_others_can_take_it_then_and_that_is_kept(door: Door, people: People, claimed: Case) -> None:
    assert door(people["anna"], "release", open_task(claimed).pk).status_code == door.done
    assert open_task(claimed).assignee is None
    assert not TaskCandidate.objects.get(task__instance=claimed.instance_id).assigned
    assert [entry.actor for entry in kept(claimed, "task.released")] == ["person:anna"]
    assert door(people["ben"], "claim", open_task(claimed).pk).status_code == door.done


def test_twice_is_refused(door: Door, people: People, claimed: Case) -> None:
    door(people["anna"], "release", open_task(claimed).pk)
    assert door(people["anna"], "release", open_task(claimed).pk).status_code == 409
    assert refusals(claimed) == [("person:anna", "not-yours")] and len(kept(claimed, "task.released")) == 1


def test_not_the_task_of_another(door: Door, people: People, claimed: Case) -> None:
    assert door(people["ben"], "release", open_task(claimed).pk).status_code == 403
    assert open_task(claimed).assignee == people["anna"] and denials(claimed) == [("person:ben", "release")]


def test_not_by_looking(door: Door, people: People, claimed: Case) -> None:
    assert door.get(people["anna"], "release", open_task(claimed).pk).status_code == 405
    assert open_task(claimed).assignee == people["anna"]


def test_not_by_outsiders(door: Door, people: People, claimed: Case) -> None:
    for name in ("olga", "dora", "ada"):
        assert door(people[name], "release", open_task(claimed).pk).status_code == 404
    assert open_task(claimed).assignee == people["anna"]
