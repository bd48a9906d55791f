"""A machine adds a step, a person removes it: both are kept, and nothing else can be removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from casework.cases.services import item_plan
from casework.models import Case
from orchestration.models import HumanTask
from tests.casework.actions import Door, denials, door, kept, refusals
from tests.casework.claims import claim, page_of
from tests.orchestration.machines import work_jobs

__all__ = ["claim", "door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
Claim = Callable[..., Case]


def remove(door: Door, who: User, case: Case, item: int, reason: str = "not needed") -> HttpResponse:
    client = Client()
    client.force_login(who)
    given: dict[str, Any] = {"how": "remove", "reason": reason}
    if door.is_api:
        return client.post(f"/api/cases/{case.pk}/items/{item}/", given, content_type="application/json")
    return client.post(f"/cases/{case.pk}/items/{item}/", given)


def story(case: Case, by: User) -> list[tuple[str, str]]:
    return [(line.who, line.told.text) for line in page_of(case, by).happened]


def test_a_machine_adds_what_its_task_allows_and_the_rest_is_refused_and_kept(people: People, claim: Claim) -> None:
    case = claim(amount=500, unclear=True)
    assert {task.name for task in page_of(case, people["anna"]).tasks} == {"Look at it", "Call the customer back"}
    (planned,), (refused,) = kept(case, "engine.ItemPlanned"), kept(case, "engine.PlanRefused")
    assert (planned.actor, planned.cause.split()[0]) == ("model:intent", "job")
    assert (refused.actor, refused.detail["definition"]) == ("model:intent", "ask_expert")
    told = story(case, people["anna"])
    assert ("Intent (AI), version 1", "added “Call the customer back”") in told
    wanted = "wanted to add “Ask an expert”, which was refused: Ask an expert is not offered now."
    assert ("Intent (AI), version 1", wanted) in told


def test_in_a_complaint_ai_has_the_customer_asked_and_an_analyst_thinks_otherwise(
    door: Door, people: People, analysed: Callable[..., Case]
) -> None:
    case, clara = analysed(confidence=0.5), people["clara"]
    assert {step.name for step in page_of(case, clara).offered} == {"Ask the customer", "Have AI read it again"}
    item_plan(by=clara, case=case, definition="read_again")
    work_jobs(case.instance_id)
    assert ("Intent (AI), version 1", "added “Ask the customer”") in story(case, clara)
    (step,) = page_of(case, clara).added
    assert remove(door, clara, case, step.item, "They wrote again").status_code == door.done
    assert ("Clara Conti", "removed “Ask the customer”: They wrote again") in story(case, clara)
    assert [task.name for task in page_of(case, clara).tasks] == ["Senior review"]


def test_a_machine_that_is_certain_adds_nothing(people: People, claim: Claim) -> None:
    case = claim(unclear=False)
    assert kept(case, "engine.ItemPlanned") == kept(case, "engine.PlanRefused") == []


def test_a_person_removes_what_the_machine_added_with_a_reason(door: Door, people: People, claim: Claim) -> None:
    case = claim(unclear=True)
    (step,) = page_of(case, people["anna"]).added
    assert step.name == "Call the customer back"
    assert remove(door, people["anna"], case, step.item).status_code == door.done
    page = page_of(case, people["anna"])
    assert page.added == () and {task.name for task in page.tasks} == {"Look at it"}
    assert HumanTask.objects.get(instance=case.instance_id, name=step.name).state == "terminated"
    assert ("Anna Adler", "removed “Call the customer back”: not needed") in story(case, people["anna"])
    assert remove(door, people["anna"], case, step.item).status_code == 409


def test_it_is_offered_again_afterwards(door: Door, people: People, claim: Claim) -> None:
    case = claim(unclear=True)
    remove(door, people["anna"], case, page_of(case, people["anna"]).added[0].item)
    assert "Call the customer back" in {step.name for step in page_of(case, people["anna"]).offered}


def test_a_stage_that_was_added_goes_with_all_inside_it(door: Door, people: People, claim: Claim) -> None:
    case = claim()
    item_plan(by=people["anna"], case=case, definition="wait_for_expert")
    (step,) = page_of(case, people["anna"]).added
    assert len(page_of(case, people["anna"]).awaited) == 1
    assert remove(door, people["anna"], case, step.item).status_code == door.done
    assert len(page_of(case, people["anna"]).awaited) == 0


def test_what_the_model_asks_for_anyway_is_not_removed(door: Door, people: People, claim: Claim) -> None:
    case = claim()
    item = HumanTask.objects.get(instance=case.instance_id, name="Look at it").item
    for wrong, status in ((item, 409), (99_999, 404), (0, 409)):
        assert remove(door, people["anna"], case, wrong).status_code == status
    assert [actor for actor, _ in refusals(case)] == ["person:anna"] * 3
    assert HumanTask.objects.get(instance=case.instance_id, name="Look at it").state == "open"


@pytest.mark.parametrize("reason", ["", "  ", "x", "y" * 501, "a\x00b"])
def test_not_without_a_reason(door: Door, people: People, claim: Claim, reason: str) -> None:
    case = claim(unclear=True)
    step = page_of(case, people["anna"]).added[0]
    assert remove(door, people["anna"], case, step.item, reason).status_code in (400, 409)
    assert page_of(case, people["anna"]).added == (step,)


def test_not_by_whoever_may_not_work_the_case(door: Door, people: People, claim: Claim) -> None:
    case = claim(unclear=True)
    item = page_of(case, people["anna"]).added[0].item
    for name, status in (("olga", 404), ("ada", 404), ("axel", 403)):
        assert remove(door, people[name], case, item).status_code == status
    assert denials(case) == [("person:axel", "work")]
    assert page_of(case, people["anna"]).added
