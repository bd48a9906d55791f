"""What somebody wrote into a task that is not theirs any more is given back to them, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from casework.models import Case
from casework.tasks.services import task_claim
from casework.web.made_for import mark_of
from tests.casework.actions import denials, open_task

pytestmark = pytest.mark.django_db

People = dict[str, User]
WROTE = "The customer is right: the fee was charged twice."


def sent(who: User, address: str, made_for: User | None, **typed: str) -> HttpResponse:
    browser = Client()
    browser.force_login(who)
    mark = {} if made_for is None else {"made_for": mark_of(made_for)}
    return browser.post(address, typed | mark)


@pytest.fixture
def taken(people: People, analysed: Callable[..., Case]) -> Case:
    """Ben has taken the task while Anna was writing into it."""
    case = analysed()
    task_claim(by=people["ben"], task=open_task(case))
    return case


def test_a_task_that_another_took_meanwhile_gives_the_text_back_under_the_words_of_its_form(
    people: People, taken: Case
) -> None:
    address = f"/tasks/{open_task(taken).pk}/complete/"
    answer = sent(people["anna"], address, people["anna"], verdict="change", reason=WROTE)
    page = answer.content.decode()
    assert answer.status_code == 403 and denials(taken) == [("person:anna", "complete")]
    assert WROTE in page and "<h2>Verdict</h2>" not in page and ">change<" not in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Ben Bauer has taken this task." in page and "An administrator can" not in page


def test_who_has_a_task_is_the_reason_for_those_alone_to_whom_it_is_offered(people: People, taken: Case) -> None:
    page = sent(
        people["axel"], f"/tasks/{open_task(taken).pk}/complete/", people["axel"], reason=WROTE
    ).content.decode()
    assert "Ben Bauer has taken this task." not in page and "An administrator can" in page and WROTE in page


def test_a_form_that_was_made_for_nobody_known_is_not_repeated(people: People, taken: Case) -> None:
    answer = sent(people["anna"], f"/tasks/{open_task(taken).pk}/complete/", None, reason=WROTE)
    assert answer.status_code == 403 and WROTE not in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("axel", 403), ("olga", 404)])
def test_what_was_typed_into_any_form_comes_back_where_the_right_is_gone(
    people: People, taken: Case, who: str, status: int
) -> None:
    typed = {"transition": "suspend", "customer.last_wish": WROTE}
    answer = sent(people[who], f"/cases/{taken.pk}/change/", people[who], **typed)
    page = answer.content.decode()
    assert answer.status_code == status and WROTE in page and "Customer, last wish" in page
    assert "csrfmiddlewaretoken" not in page.split("</h1>")[1].split("<form")[0]
