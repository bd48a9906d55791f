"""Somebody brings a case in, by the form or by the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.models import Job
from orchestration.shell.selectors import data_of
from tests.casework.actions import Door, door, kept

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


def sent(door: Door, reference: str = "R-1", message: str = "Where is my card?") -> dict[str, Any]:
    if door.is_api:
        return {"case_type": "complaint", "reference": reference, "data": {"message": message}}
    return {"reference": reference, "message": message}


def test_the_case_is_there_and_machines_begin_to_work_on_it(door: Door, people: People) -> None:
    answer = door(people["anna"], "open", **sent(door))
    case = Case.objects.get(reference="R-1")
    assert answer.status_code == (201 if door.is_api else 302)
    assert data_of(case.instance) == {"message": "Where is my card?"}
    assert Job.objects.filter(instance=case.instance_id).count() == 2
    assert [entry.actor for entry in kept(case, "case.opened")] == ["person:anna"]


def test_the_same_reference_again_is_the_same_case(door: Door, people: People) -> None:
    for message in ("Where is my card?", "Where is it?"):
        answer = door(people["anna"], "open", **sent(door, message=message))
    assert answer.status_code == door.done
    assert data_of(Case.objects.get().instance) == {"message": "Where is my card?"}


@pytest.mark.parametrize("message", ["", "x" * 5001, "bell\x07"])
def test_what_is_wrong_is_said_and_nothing_comes_in(door: Door, people: People, message: str) -> None:
    answer = door(people["anna"], "open", **sent(door, message=message))
    assert answer.status_code == 400 and not Case.objects.exists()


def test_looking_opens_nothing(door: Door, people: People) -> None:
    assert door.get(people["anna"], "open").status_code == 200
    assert not Case.objects.exists()


def test_not_by_people_who_may_not(door: Door, people: People) -> None:
    for name in ("olga", "dora", "axel", "ada"):
        assert door(people[name], "open", **sent(door)).status_code == 403
    assert not Case.objects.exists()


def test_a_case_that_was_there_is_not_shown_to_who_may_not_see_it(
    door: Door, people: People, open_case: Callable[..., Case]
) -> None:
    """The Intake group brings cases in and sees none: the answer says no more than that the reference is known."""
    people["olga"].groups.create(name="Doors")
    people["olga"].groups.set(people["olga"].groups.model.objects.filter(name="Intake"))
    for _ in range(2):
        answer = door(people["olga"], "open", **sent(door, message="A secret word"))
        assert "secret" not in answer.content.decode() and answer.status_code in (200, 201, 302, 409)
    assert door.get(people["olga"], "open").status_code == 200 and Case.objects.count() == 1
