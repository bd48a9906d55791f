"""Whatever ends a session while somebody writes, what they wrote is there when they have signed in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from casework.models import Case, UnsentForm
from casework.tasks.services import task_claim
from casework.web.made_for import mark_of
from orchestration.ground import clock
from orchestration.models import HumanTask

pytestmark = pytest.mark.django_db

Analysed = Callable[..., Case]
ANSWER = "Dear Maria, <b>we</b> are sorry.\nYour money comes back & soon."


@pytest.fixture
def task(analysed: Analysed, people: dict[str, User]) -> HumanTask:
    case = analysed()
    found = HumanTask.objects.get(instance=case.instance_id, state="open")
    assert isinstance(task_claim(by=people["anna"], task=found), HumanTask)
    return found


def written_after_the_session(client: Client, task: HumanTask, **headers: str) -> str:
    """Where the browser is sent that finishes a task with an answer; its session has run out before."""
    Session.objects.update(expire_date=clock.utc_now() - timedelta(minutes=1))
    page = "http://testserver" + reverse("task", args=[task.pk])
    made_for = mark_of(User.objects.get(username="anna"))
    typed = {"verdict": "change", "answer": ANSWER, "reason": "", "csrfmiddlewaretoken": "x", "made_for": made_for}
    given = {"referer": page, **headers}
    return client.post(reverse("task-complete", args=[task.pk]), typed, headers=given).headers["Location"]


def test_a_browser_that_says_it_came_from_no_address_is_led_to_the_inbox(task: HumanTask) -> None:
    assert written_after_the_session(Client(), task, referer="http://[").startswith("/login/?next=")


def page_after_sign_in(person: User, sign_in: str) -> str:
    browser = Client()
    browser.force_login(person)
    back = parse_qs(urlsplit(sign_in).query)["next"][0]
    return unescape(browser.get(back).content.decode())


@pytest.mark.parametrize("characters", [3_000, 30_000])
def test_an_address_longer_than_any_of_ours_leads_to_the_inbox_by_way_of_signing_in(characters: int) -> None:
    answer = Client().get("/cases/", {"q": "x" * characters})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/?next=/")


def test_the_text_is_back_on_its_page_after_signing_in_again(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    sign_in = written_after_the_session(browser, task)
    said = browser.get(sign_in).content.decode()
    assert "Your session had ended" in said and ANSWER not in unescape(said)
    page = page_after_sign_in(people["anna"], sign_in)
    assert ANSWER in page and f'data-unsent="{reverse("task-complete", args=[task.pk])}"' in page
    task.refresh_from_db()
    assert task.state == HumanTask.State.OPEN


def test_nobody_else_gets_to_see_it(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    assert ANSWER not in page_after_sign_in(people["ben"], written_after_the_session(browser, task))


def test_a_link_that_was_kept_shows_it_no_longer_after_some_days(
    task: HumanTask, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    sign_in = written_after_the_session(browser, task)
    UnsentForm.objects.update(created=clock.utc_now() - timedelta(days=3))
    assert ANSWER not in page_after_sign_in(people["anna"], sign_in)


def test_another_site_cannot_put_its_words_before_a_person(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    sign_in = written_after_the_session(browser, task, **{"sec-fetch-site": "cross-site"})
    assert "unsent" not in sign_in and not UnsentForm.objects.exists()


def test_an_address_that_only_takes_forms_is_never_where_one_comes_back_to(
    task: HumanTask, people: dict[str, User]
) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    sign_in = written_after_the_session(browser, task, referer="https://elsewhere.example/tasks/")
    assert urlsplit(parse_qs(urlsplit(sign_in).query)["next"][0]).path == reverse("inbox")
    assert ANSWER in page_after_sign_in(people["anna"], sign_in)


def test_a_form_of_before_one_signed_in_anew_keeps_its_text(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["anna"])
    page = reverse("task", args=[task.pk])
    answer = browser.post(
        reverse("task-complete", args=[task.pk]), {"answer": ANSWER, "made_for": mark_of(people["anna"])},
        headers={"referer": f"http://testserver{page}"},
    )  # fmt: skip
    assert answer.status_code == 403
    token = UnsentForm.objects.get().token
    assert f'href="{page}?unsent={token}"' in answer.content.decode()
    assert ANSWER in unescape(browser.get(f"{page}?unsent={token}").content.decode())


@pytest.mark.parametrize("name", ["task-claim", "task-release", "task-complete"])
def test_who_opens_the_address_of_a_form_reads_why_there_is_no_page(
    task: HumanTask, people: dict[str, User], name: str
) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    answer = browser.get(reverse(name, args=[task.pk]))
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "This address only takes a form" in answer.content.decode()
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert browser.options(reverse(name, args=[task.pk])).status_code == 204


def test_nobody_else_sees_it_where_the_session_is_gone_for_good(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    Session.objects.all().delete()  # signed out in another tab, or swept away
    sign_in = written_after_the_session(browser, task)
    assert ANSWER not in page_after_sign_in(people["ben"], sign_in)
    assert ANSWER in page_after_sign_in(people["anna"], sign_in)


def test_what_was_emptied_is_remembered_as_empty(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    written_after_the_session(browser, task)
    assert "reason=" in UnsentForm.objects.get().fields.split("&")


@pytest.mark.parametrize("token", ["%00", "x" * 32, "../" * 10])
def test_a_token_that_nobody_was_given_shows_the_page_as_it_is(people: dict[str, User], token: str) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    assert browser.get(f"/?unsent={token}").status_code in (200, 400)


def test_one_person_fills_no_table(task: HumanTask, people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    for _ in range(25):
        written_after_the_session(browser, task)
    assert UnsentForm.objects.count() == 20
