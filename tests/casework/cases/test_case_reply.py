"""What a case waits for comes in from outside: the customer's reply."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.cases.services import item_plan
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.models import HumanTask
from orchestration.shell.selectors import data_of
from tests.casework.actions import Door, denials, door, kept, refusals

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def asked(people: People, analysed: Callable[..., Case]) -> Case:
    """A case that waits for the customer."""
    case = analysed()
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    task = HumanTask.objects.get(instance=case.instance_id, form="question")
    task_complete(by=people["anna"], task=task, answers={"question": "Which shop was it?"})
    case.refresh_from_db()
    assert case.state == "Awaiting external data"
    return case


def state(case: Case) -> str:
    case.refresh_from_db()
    case.instance.refresh_from_db()
    return case.state


def test_the_case_goes_on_with_it_and_that_is_kept(door: Door, people: People, asked: Case) -> None:
    answer = door(people["anna"], "reply", asked.pk, **door.answers(reply="The one in Lyon."))
    assert answer.status_code == door.done
    assert state(asked) == "Pending review" and data_of(asked.instance)["reply"] == "The one in Lyon."
    assert kept(asked, "engine.VariablesChanged")[-1].actor == "person:anna"


def test_twice_is_refused_and_changes_nothing(door: Door, people: People, asked: Case) -> None:
    door(people["anna"], "reply", asked.pk, **door.answers(reply="The one in Lyon."))
    assert door(people["anna"], "reply", asked.pk, **door.answers(reply="Another.")).status_code == 409
    assert state(asked) == "Pending review" and data_of(asked.instance)["reply"] == "The one in Lyon."
    assert refusals(asked) == [("person:anna", "not-waiting")]


@pytest.mark.parametrize("reply", ["", "x" * 5001, "bell\x07"])
def test_a_wrong_reply_is_refused_in_words(door: Door, people: People, asked: Case, reply: str) -> None:
    assert door(people["anna"], "reply", asked.pk, **door.answers(reply=reply)).status_code == 400
    assert state(asked) == "Awaiting external data"


def test_looking_hands_in_nothing(door: Door, people: People, asked: Case) -> None:
    assert door.get(people["anna"], "reply", asked.pk).status_code == (405 if door.is_api else 200)
    assert state(asked) == "Awaiting external data"


def test_not_by_outsiders_and_auditors(door: Door, people: People, asked: Case) -> None:
    for name, status in (("olga", 404), ("dora", 404), ("ada", 404), ("axel", 403)):
        assert door(people[name], "reply", asked.pk, **door.answers(reply="Hello")).status_code == status
    assert state(asked) == "Awaiting external data" and denials(asked) == [("person:axel", "reply")]


def test_a_program_hands_in_nothing_to_cases_of_other_senders(people: People, asked: Case, client: Client) -> None:
    client.force_login(people["intake-bot"])
    answer = client.post(
        f"/api/cases/{asked.pk}/replies/", {"answers": {"reply": "The one in Lyon."}}, content_type="application/json"
    )
    assert answer.status_code == 404 and state(asked) != "Pending review"


def test_a_program_hands_it_in_and_sees_nothing_of_the_case(people: People, asked: Case, client: Client) -> None:
    Case.objects.update(source="api:intake-bot/branch-12")
    client.force_login(people["intake-bot"])
    assert client.get(f"/api/cases/{asked.pk}/").status_code == 404
    answer = client.post(
        f"/api/cases/{asked.pk}/replies/", {"answers": {"reply": "The one in Lyon."}}, content_type="application/json"
    )
    assert answer.status_code == 200 and set(answer.json()) == {"case", "state", "closed"}
    assert state(asked) == "Pending review"
    assert kept(asked, "engine.VariablesChanged")[-1].actor == "person:intake-bot"
