"""Whoever opens a finished task reads what stood in the case when it was finished, masked as they are today."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.engine.commands import SetVariables
from orchestration.models import HumanTask
from orchestration.shell.services import Done, send
from tests.casework.actions import open_task, statements
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

People = dict[str, User]
REJECTED = {"verdict": "reject", "category": "other", "reason": "Too delicate for me."}


def write(case: Case, **values: Any) -> None:
    assert isinstance(send(case.instance_id, SetVariables(values), Origin("system:test")), Done)


@pytest.fixture
def finished(people: People, analysed: Callable[..., Case]) -> HumanTask:
    """A task that was rejected, so that the case is still open; its message was written over since."""
    case = analysed(message="You took the money twice.")
    task = open_task(case)
    assert isinstance(task_complete(by=people["anna"], task=task, answers=REJECTED), Done)
    write(case, message="All is well again.", customer=PERSON | {"name": "Petra Neumann"})
    return HumanTask.objects.get(pk=task.pk)


def told(client: Client, who: User, task: HumanTask) -> str:
    client.force_login(who)
    return unescape(client.get(f"/tasks/{task.pk}/").content.decode())


def test_a_finished_task_shows_the_data_of_then_and_says_so(
    people: People, finished: HumanTask, client: Client
) -> None:
    page = told(client, people["anna"], finished)
    assert "as it was when this task was finished" in page
    assert "You took the money twice." in page and "All is well again." not in page


def test_a_finished_task_shows_what_was_answered_in_the_words_of_its_form(
    people: People, finished: HumanTask, client: Client
) -> None:
    page = told(client, people["ben"], finished).partition("What was answered")[2]
    assert "Too delicate for me." in page and "reject" not in page.partition("</section>")[0].replace("rejected", "")


def test_what_is_masked_for_the_reader_is_masked_in_the_data_of_then_too(
    people: People, finished: HumanTask, client: Client
) -> None:
    page = told(client, people["anna"], finished)
    for secret in (PERSON["name"], PERSON["iban"], "Petra Neumann"):
        assert secret not in page


def test_an_open_task_shows_the_data_of_now(people: People, analysed: Callable[..., Case], client: Client) -> None:
    case = analysed(message="You took the money twice.")
    write(case, message="All is well again.")
    page = told(client, people["anna"], open_task(case))
    assert "All is well again." in page and "as it was when" not in page


def test_what_is_kept_of_a_finished_task_costs_the_same_however_long_the_case_went_on(
    people: People, finished: HumanTask, client: Client
) -> None:
    told(client, people["anna"], finished)
    short = statements(lambda: client.get(f"/tasks/{finished.pk}/"))
    for number in range(40):
        write(finished.instance.case, message=f"Word {number}")
    told(client, people["anna"], finished)
    assert statements(lambda: client.get(f"/tasks/{finished.pk}/")) == short


def test_programs_read_the_data_of_then(people: People, finished: HumanTask, client: Client) -> None:
    client.force_login(people["anna"])
    assert client.get(f"/api/tasks/{finished.pk}/").json()["data"]["message"] == "You took the money twice."
