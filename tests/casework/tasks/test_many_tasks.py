"""A person does one thing to many tasks: each has its result, and what was done can be taken back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from casework.models import Case
from casework.tasks.many import Wish, carried_out, undo_word, undone
from casework.tasks.services import task_claim
from orchestration.ground.refusals import Refused
from tests.casework.actions import kept, open_task
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def done(by: User, cases: list[Case], action: str, **more: Any) -> list[str]:
    """What each came to: the message, empty where it was done."""
    results = carried_out(by, [open_task(case).pk for case in cases], Wish(action, **more))
    return [result.message for result in results]


def test_each_is_taken_by_itself_and_what_cannot_be_stays_chosen(people: People, analysed: Analysed) -> None:
    cases = [analysed() for _ in range(3)]
    task_claim(by=people["ben"], task=open_task(cases[1]))
    numbers = [open_task(case).pk for case in cases]
    browser = client(people["anna"])
    answer = browser.post("/tasks/many/", {"tasks": numbers, "action": "claim", "tab": "all"}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert [open_task(case).assignee for case in cases] == [people["anna"], people["ben"], people["anna"]]
    assert "2 tasks: each is yours now." in page and "1 task could not be done, and stays" in page
    assert f"Complaint {cases[1].reference}: Ben Bauer has taken this task." in page
    assert re.findall(r'value="(\d+)"\s+form="many"[^>]*checked', page) == [str(numbers[1])]
    assert "could not be done" not in browser.get("/?tab=all").content.decode()


def test_with_htmx_the_list_comes_back_with_what_came_of_it(people: People, analysed: Analysed) -> None:
    case = analysed()
    sent = {"tasks": open_task(case).pk, "action": "claim", "tab": "all"}
    answer = client(people["anna"]).post("/tasks/many/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "1 task is yours now." in answer.content.decode()
    assert "<html" not in answer.content.decode() and 'hx-swap-oob="true"' in answer.content.decode()


def test_a_refresh_of_the_list_leaves_what_was_said(people: People) -> None:
    answer = client(people["anna"]).get("/", headers={"HX-Request": "true"})
    assert "many-results" not in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [({}, "No task was chosen"), ({"tasks": "1", "action": "assign"}, "Say who is to have it"),
     ({"tasks": "1", "action": "due", "due": "soon"}, "Say when it is due"),
     ({"tasks": "1", "action": "due", "due": "2030-02-31T10:00"}, "Say when it is due"),
     ({"tasks": "1", "action": "priority"}, "Say how urgent it is"),
     ({"tasks": "1", "action": "burn"}, "cannot be done"),
     ({"tasks": "77", "action": "claim"}, "It is not there any more, or you may not see it.")],
)  # fmt: skip
def test_what_is_lacking_is_said(people: People, sent: dict[str, str], told: str) -> None:
    assert told in client(people["anna"]).post("/tasks/many/", sent, follow=True).content.decode()


def test_undo_gives_back_what_was_taken(people: People, analysed: Analysed) -> None:
    cases = [analysed() for _ in range(2)]
    browser = client(people["anna"])
    page = browser.post(
        "/tasks/many/", {"tasks": [open_task(case).pk for case in cases], "action": "claim", "tab": "mine"}, follow=True
    ).content.decode()
    word = re.search(r'name="word" value="([^"]+)"', page)
    assert word
    after = browser.post("/tasks/many/", {"action": "undo", "word": word[1], "next": "/"}, follow=True).content.decode()
    assert "2 tasks: each is as it was before." in after
    assert [open_task(case).assignee for case in cases] == [None, None]


def test_undo_takes_back_gifts_and_orders_as_far_as_they_stand(people: People, analysed: Analysed) -> None:
    first, second = analysed(), analysed()
    task_claim(by=people["anna"], task=open_task(first))
    clara, before = people["clara"], open_task(second)
    numbers = [open_task(first).pk, open_task(second).pk]
    later = Wish("due", due=timezone.now() + timedelta(days=9))
    for wish in (Wish("assign", people["ben"]), Wish("priority", priority=80), later):
        word = undo_word(clara, carried_out(clara, numbers, wish))
        results = undone(clara, word)
        assert not isinstance(results, Refused) and all(result.done for result in results), results
    assert [open_task(case).assignee for case in (first, second)] == [people["anna"], None]
    assert (open_task(second).priority, open_task(second).due) == (before.priority, before.due)


def test_undo_leaves_what_somebody_has_changed_since(people: People, analysed: Analysed) -> None:
    case, clara = analysed(), people["clara"]
    word = undo_word(clara, carried_out(clara, [open_task(case).pk], Wish("assign", people["ben"])))
    carried_out(clara, [open_task(case).pk], Wish("assign", people["anna"]))
    results = undone(clara, word)
    assert not isinstance(results, Refused)
    assert [(each.done, each.message) for each in results] == [
        (False, "Anna Adler has this task now, so it stays there.")
    ]
    assert open_task(case).assignee == people["anna"]


def test_undo_is_for_whoever_did_it_and_for_a_quarter_of_an_hour(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, anna = analysed(), people["anna"]
    word = undo_word(anna, carried_out(anna, [open_task(case).pk], Wish("claim")))
    assert isinstance(undone(people["ben"], word), Refused)
    now = time.time() + 15 * 60 + 1
    with monkeypatch.context() as later:
        later.setattr("django.core.signing.time.time", lambda: now)
        assert isinstance(undone(anna, word), Refused)
    assert open_task(case).assignee == anna


def test_tasks_are_finished_where_their_form_has_its_answer_already(people: People, analysed: Analysed) -> None:
    case = analysed()
    (told,) = done(people["anna"], [case], "complete")
    assert told.startswith("It asks for an answer (") and open_task(case).assignee is None
    assert kept(case, "task.claimed") == []


def test_a_program_does_the_same(people: People, analysed: Analysed) -> None:
    cases = [analysed() for _ in range(2)]
    task_claim(by=people["ben"], task=open_task(cases[1]))
    browser, numbers = client(people["anna"]), [open_task(case).pk for case in cases]
    asked = {"action": "claim", "tasks": numbers}
    answer = browser.post("/api/tasks/many/", asked, content_type="application/json").json()
    assert [(each["task"], each["done"]) for each in answer["results"]] == [(numbers[0], True), (numbers[1], False)]
    back = browser.post(
        "/api/tasks/many/", {"action": "undo", "undo": answer["undo"]}, content_type="application/json"
    ).json()
    assert [each["done"] for each in back["results"]] == [True] and open_task(cases[0]).assignee is None


@pytest.mark.parametrize("sent", [{"action": "assign", "to": "nobody-here"}, {"action": "due"}, {"action": "burn"}])
def test_a_program_is_told_what_is_lacking(people: People, sent: dict[str, Any]) -> None:
    asked = {"tasks": [1]} | sent
    answer = client(people["anna"]).post("/api/tasks/many/", asked, content_type="application/json")
    assert answer.status_code == 400


def test_only_whoever_may_order_sees_how(people: People, analysed: Analysed) -> None:
    analysed()
    assert 'value="priority">' in client(people["clara"]).get("/").content.decode()
    assert 'value="priority">' not in client(people["anna"]).get("/").content.decode()
