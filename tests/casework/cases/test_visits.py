"""Does a case say what is new to its reader, and do people find the cases again that they looked at last?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from casework.models import Case, Visit
from casework.tasks.services import task_claim
from orchestration.ground import clock
from tests.casework.actions import open_task

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
NEW = "new to you"


@pytest.fixture
def anna(people: People, client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def page(reader: Client, case: Case, asked: str = "") -> str:
    return reader.get(f"/cases/{case.pk}/{asked}").content.decode()


def an_hour_later() -> None:
    Visit.objects.update(at=F("at") - timedelta(hours=1))


def test_at_the_first_look_nothing_is_new(anna: Client, analysed: Opens) -> None:
    told = page(anna, analysed())
    assert NEW not in told and "Since you last looked" not in told


def test_what_another_did_since_one_last_looked_is_marked_until_the_visit_is_over(
    people: People, anna: Client, analysed: Opens
) -> None:
    case = analysed()
    page(anna, case)
    task_claim(by=people["ben"], task=open_task(case))
    an_hour_later()
    assert page(anna, case).count(NEW) == 1
    assert page(anna, case).count(NEW) == 1
    an_hour_later()
    assert NEW not in page(anna, case)


def test_what_is_new_can_be_read_alone(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    page(anna, case)
    task_claim(by=people["ben"], task=open_task(case))
    an_hour_later()
    told = page(anna, case, "?show=new")
    assert "Ben Bauer" in told and "took “Approve the answer”" in told
    assert "opened the case" not in told


def test_what_one_did_oneself_is_not_new(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    page(anna, case)
    an_hour_later()
    task_claim(by=people["anna"], task=open_task(case))
    assert NEW not in page(anna, case)


def test_looking_at_another_place_of_the_case_does_not_take_the_news_away(
    people: People, anna: Client, analysed: Opens
) -> None:
    case = analysed()
    page(anna, case)
    task_claim(by=people["ben"], task=open_task(case))
    an_hour_later()
    page(anna, case, "data/")
    an_hour_later()
    assert page(anna, case).count(NEW) == 1


def test_the_list_of_cases_begins_with_those_that_one_looked_at_last(anna: Client, analysed: Opens) -> None:
    first, second = analysed(), analysed()
    for case in (first, second, first):
        page(anna, case)
    told = anna.get("/cases/").content.decode().partition("You looked at")[2].partition("</nav>")[0]
    assert told.index(f'"/cases/{first.pk}/"') < told.index(f'"/cases/{second.pk}/"')
    assert "You looked at" not in anna.get("/cases/?q=R").content.decode()


def test_a_case_that_one_may_not_see_any_more_is_not_among_them(
    people: People, client: Client, analysed: Opens
) -> None:
    case = analysed()
    Visit.objects.create(case=case, person=people["olga"], at=clock.utc_now(), upto=1, before=1)
    client.force_login(people["olga"])
    told = client.get("/cases/").content.decode()
    assert "You looked at" not in told and case.title not in told
