"""A person adds a step that the model offers: they ask the customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.models import HumanTask
from tests.casework.actions import Door, denials, door, kept, refusals

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


def ask(door: Door, item: str = "ask_customer") -> dict[str, Any]:
    return {"item": item} if door.is_api else {"definition": item}


def questions(case: Case) -> int:
    return HumanTask.objects.filter(instance=case.instance_id, form="question").count()


def test_the_step_is_there_and_that_is_kept(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door(people["anna"], "plan", case.pk, **ask(door)).status_code == door.done
    assert questions(case) == 1
    assert [entry.actor for entry in kept(case, "engine.ItemPlanned")] == ["person:anna"]


def test_what_the_model_does_not_offer_is_refused_and_kept(
    door: Door, people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    assert door(people["anna"], "plan", case.pk, **ask(door, "senior_review")).status_code == 409
    assert [actor for actor, _ in refusals(case)] == ["person:anna"] and questions(case) == 0


def test_nothing_is_added_to_a_case_that_is_closed(
    door: Door, people: People, analysed: Callable[..., Case], sends: Callable[[Case], Case]
) -> None:
    case = analysed()
    task = HumanTask.objects.get(instance=case.instance_id)
    door(people["anna"], "complete", task.pk, **door.answers(verdict="accept", category="refund_request"))
    assert sends(case).closed
    assert door(people["anna"], "plan", case.pk, **ask(door)).status_code == 409
    assert questions(case) == 0 and refusals(case)


def test_not_by_looking(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door.get(people["anna"], "plan", case.pk).status_code == 405
    assert questions(case) == 0


def test_not_by_outsiders_and_auditors(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for name, status in (("olga", 404), ("dora", 404), ("ada", 404), ("axel", 403)):
        assert door(people[name], "plan", case.pk, **ask(door)).status_code == status
    assert questions(case) == 0 and denials(case) == [("person:axel", "work")]
