"""Somebody says that they are away: they are given nothing meanwhile, and what they have goes back if they want."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from casework.models import Absence, Case
from casework.tasks.assigning import task_assign
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.actions import open_task, refusals
from tests.casework.browsing import client
from tests.casework.conftest import refused

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def day(days: int) -> str:
    return (timezone.localtime() + timedelta(days=days)).date().isoformat()


def test_who_is_away_is_given_nothing(people: People, analysed: Analysed) -> None:
    case = analysed()
    client(people["ben"]).post("/away/", {"until": day(5), "note": "At the sea"})
    outcome = refused(task_assign(by=people["clara"], task=open_task(case), to=people["ben"]))
    assert outcome.message.startswith("Ben Bauer is away until ")
    assert refusals(case) == [("person:clara", "away")] and open_task(case).assignee is None
    board = client(people["clara"]).get("/board/").content.decode()
    assert "away until" in board and "At the sea" in board


def test_what_they_have_goes_back_if_they_want(people: People, analysed: Analysed) -> None:
    kept, freed = analysed(), analysed()
    task_claim(by=people["anna"], task=open_task(kept))
    task_claim(by=people["ben"], task=open_task(freed))
    client(people["anna"]).post("/away/", {"until": day(5)})
    answer = client(people["ben"]).post("/away/", {"until": day(5), "give_back": "1"}, follow=True)
    assert "Of your tasks, 1 went back to their groups." in answer.content.decode()
    assert (open_task(kept).assignee, open_task(freed).assignee) == (people["anna"], None)


def test_they_are_back_when_they_say_so(people: People, analysed: Analysed) -> None:
    case, ben = analysed(), client(people["ben"])
    ben.post("/away/", {"until": day(5)})
    assert "You are away until" in ben.get("/away/").content.decode()
    ben.post("/away/", {"back": "1"})
    assert "First day back" in ben.get("/away/").content.decode()
    assert isinstance(task_assign(by=people["clara"], task=open_task(case), to=people["ben"]), HumanTask)


def test_they_are_back_by_themselves_on_the_day(people: People, analysed: Analysed) -> None:
    case = analysed()
    Absence.objects.create(person=people["ben"], until=timezone.now() - timedelta(seconds=1))
    assert "away until" not in client(people["clara"]).get("/board/").content.decode()
    assert isinstance(task_assign(by=people["clara"], task=open_task(case), to=people["ben"]), HumanTask)


@pytest.mark.parametrize("until", ["", "soon", "2026-02-31", "2020-01-01", "2999-01-01"])
def test_a_day_that_is_none_is_refused(people: People, until: str) -> None:
    assert client(people["ben"]).post("/away/", {"until": until}).status_code == 400
    assert not Absence.objects.exists()
