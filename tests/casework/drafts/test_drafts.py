"""What somebody has begun to write is there again, for them alone, until they send it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from casework.models import Case, CaseGroupObjectPermission, Draft
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.ground import clock
from orchestration.models import HumanTask
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db

TEXT = "Dear Maria, we look into it <today> & write again."


@pytest.fixture
def task(analysed: Callable[..., Case], people: dict[str, User]) -> HumanTask:
    found = HumanTask.objects.get(instance=analysed().instance_id, state="open")
    taken = task_claim(by=people["anna"], task=found)
    assert isinstance(taken, HumanTask)
    return taken


def page(browser: Client, task: HumanTask) -> str:
    return " ".join(browser.get(reverse("task", args=[task.pk])).content.decode().split())


def types(browser: Client, task: HumanTask, answer: str = TEXT, seen: int = 0, **more: str) -> Any:
    """What the page sends a moment after somebody has typed."""
    form = urlencode({"form": reverse("task-complete", args=[task.pk]), "seen": seen})
    return browser.post(f"{reverse('drafts')}?{form}", {"answer": answer, **more})


def shown(browser: Client, task: HumanTask) -> str:
    form = browser.get(reverse("task", args=[task.pk])).context["form"]
    return str(form["answer"].value())


def test_what_was_typed_is_in_the_form_again_in_another_browser_after_the_session_has_ended(task, people):
    first = client(people["anna"])
    said = types(first, task).json()
    Session.objects.all().delete()
    later = client(people["anna"])
    assert shown(later, task) == TEXT
    assert f"Kept {said['at']}." in page(later, task) and "at most 14 days" in page(later, task)


def test_what_was_not_touched_is_as_the_page_shows_it_not_as_the_draft_has_it(task, people):
    anna = client(people["anna"])
    types(anna, task)
    form = anna.get(reverse("task", args=[task.pk])).context["form"]
    assert form["category"].value() == "refund_request"


def test_a_draft_is_shown_to_nobody_else(task, people):
    types(client(people["anna"]), task)
    task_release(by=people["anna"], task=task)
    assert TEXT not in shown(client(people["ben"]), task)
    told = page(client(people["ben"]), task) + page(client(people["axel"]), task)
    assert "we look into it" not in told


def test_giving_a_task_back_keeps_the_draft_and_taking_it_again_brings_it_back(task, people):
    anna = client(people["anna"])
    types(anna, task)
    task_release(by=people["anna"], task=task)
    task_claim(by=people["anna"], task=task)
    assert shown(anna, task) == TEXT


def test_who_loses_the_task_to_somebody_else_reads_what_they_had_written(task, people):
    anna = client(people["anna"])
    types(anna, task)
    task_release(by=people["anna"], task=task)
    task_claim(by=people["ben"], task=task)
    assert "What you had written" in page(anna, task) and "we look into it" in page(anna, task)
    assert types(anna, task, "and one more", seen=1).status_code == 200


def test_who_may_no_longer_see_the_task_may_neither_read_nor_write_the_draft(task, people):
    anna = client(people["anna"])
    types(anna, task)
    CaseGroupObjectPermission.objects.all().delete()
    people["anna"].groups.clear()
    assert anna.get(reverse("task", args=[task.pk])).status_code == 404
    answer = types(anna, task, "more", seen=1)
    assert answer.status_code == 404 and "we look into it" not in answer.content.decode()


def test_a_draft_ends_when_the_form_is_taken_by_page_or_api(task, people):
    types(client(people["anna"]), task)
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept"})
    task.refresh_from_db()
    assert task.state == HumanTask.State.COMPLETED and not Draft.objects.exists()
    late = types(client(people["anna"]), task)
    assert late.status_code == 410 and not Draft.objects.exists()


def test_a_form_that_was_refused_keeps_its_draft(task, people):
    anna = client(people["anna"])
    types(anna, task)
    answer = anna.post(reverse("task-complete", args=[task.pk]), {"verdict": "change", "answer": "Newer words"})
    assert answer.status_code == 400 and 'data-draft-unkept="1"' in answer.content.decode()
    assert Draft.objects.get().version == 1


def test_two_windows_of_one_person_never_overwrite_each_other(task, people):
    one, two = client(people["anna"]), client(people["anna"])
    first = types(one, task, "In the first window").json()
    answer = types(two, task, "In the second window")
    assert answer.status_code == 409
    assert answer.json()["fields"] == [["answer", "In the first window"]]
    assert shown(one, task) == "In the first window"
    assert types(two, task, "Both together", seen=first["version"]).status_code == 200


def test_a_draft_is_gone_after_the_time_that_the_page_says(task, people):
    anna = client(people["anna"])
    types(anna, task)
    Draft.objects.update(kept=clock.utc_now() - timedelta(days=14, minutes=1))
    assert shown(anna, task) != TEXT
    ben = client(people["ben"])
    types(ben, task)
    assert [row.person_id for row in Draft.objects.all()] == [people["ben"].pk]


def test_throwing_a_draft_away_leads_back_to_the_form_as_it_was(task, people):
    anna = client(people["anna"])
    before = shown(anna, task)
    types(anna, task)
    away = urlencode({"form": reverse("task-complete", args=[task.pk]), "away": 1})
    assert anna.post(f"{reverse('drafts')}?{away}", {"answer": TEXT}).headers["Location"] == reverse(
        "task", args=[task.pk]
    )
    assert shown(anna, task) == before


def test_after_the_session_nothing_is_kept_and_the_page_is_told(task, people):
    anna = client(people["anna"])
    Session.objects.all().delete()
    answer = types(anna, task)
    assert answer.status_code == 401 and not Draft.objects.exists()


@pytest.mark.parametrize(
    "address", ["//elsewhere.example/tasks/1/complete/", "/login/", "/no/such/", "\0", "", "http://["]
)
def test_only_the_forms_of_tasks_and_replies_are_kept(people, address):
    answer = client(people["anna"]).post(f"{reverse('drafts')}?{urlencode({'form': address, 'away': 1})}")
    assert answer.status_code == 404


def test_a_draft_goes_with_its_case(task, people):
    types(client(people["anna"]), task)
    assert Draft.objects.get().case == task.instance.case


def test_what_is_typed_stands_in_no_log(task, people, capfd):
    types(client(people["anna"]), task)
    written = capfd.readouterr()
    assert "we look into it" not in written.out + written.err


def test_an_answer_that_comes_too_late_stands_beside_the_one_that_was_taken(task, people):
    taken = {
        "verdict": "change",
        "category": "other",
        "answer": "The answer that was sent.",
        "reason": "It fits better.",
    }
    task_complete(by=people["anna"], task=task, answers=taken)
    late = client(people["anna"]).post(reverse("task-complete", args=[task.pk]), taken | {"answer": TEXT})
    told = late.content.decode()
    assert late.status_code == 409 and "You finished this in another window" in told
    yours, stands = told.split("What stands in the case now")
    assert "we look into it" in yours and "The answer that was sent." in stands
