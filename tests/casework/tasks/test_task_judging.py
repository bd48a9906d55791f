"""Whoever gets a suggestion accepts it, changes it or rejects it by one button, and says why only where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.models import Case
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.actions import open_task
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def task(people: People, analysed: Callable[..., Case]) -> HumanTask:
    found = task_claim(by=people["anna"], task=open_task(analysed()))
    assert isinstance(found, HumanTask)
    return found


@pytest.fixture
def anna(people: People, client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def sends(client: Client, task: HumanTask, **typed: Any) -> Any:
    return client.post(f"/tasks/{task.pk}/complete/", typed)


def is_done(task: HumanTask) -> bool:
    task.refresh_from_db()
    return task.state == "completed"


def asked(answer: Any) -> list[str]:
    return list(answer.context["form"].fields)


def test_the_page_offers_three_buttons_and_asks_for_no_reason_yet(anna: Client, task: HumanTask) -> None:
    answer = anna.get(f"/tasks/{task.pk}/")
    page = told(answer)
    for words in ("Accept: send it as it is", "Change: send it changed", "Reject: a senior analyst takes over"):
        assert words in page
    assert asked(answer) == ["category", "tone", "answer"]


def test_accept_finishes_at_once_with_the_draft_as_it_is(anna: Client, task: HumanTask) -> None:
    assert sends(anna, task, verdict="accept").status_code == 302
    assert is_done(task)


def test_accept_takes_nothing_that_was_changed(anna: Client, task: HumanTask) -> None:
    answer = sends(anna, task, verdict="accept", answer="Something else")
    assert answer.status_code == 400 and "was not right as it is" in told(answer)
    assert not is_done(task)


def test_change_keeps_what_was_typed_and_then_asks_what_was_not_right(anna: Client, task: HumanTask) -> None:
    typed = {"verdict": "change", "category": "other", "answer": "We look into it."}
    answer = sends(anna, task, **typed)
    assert answer.status_code == 400 and not is_done(task)
    assert asked(answer) == ["category", "tone", "answer", "reason_kind", "reason"]
    assert "We look into it." in told(answer) and "Please answer this" not in told(answer)
    answer = sends(anna, task, **typed, reason_kind="", reason="")
    assert answer.status_code == 400 and "Please answer this" in told(answer)
    assert sends(anna, task, **typed, reason_kind="tone", reason="").status_code == 302
    assert is_done(task)


def test_reject_asks_for_the_reason_alone(anna: Client, task: HumanTask) -> None:
    answer = sends(anna, task, verdict="reject", category="other", answer="My words")
    assert answer.status_code == 400 and asked(answer) == ["reason_kind", "reason"]
    assert sends(anna, task, verdict="reject", reason_kind="facts", reason="").status_code == 302
    assert is_done(task) and task.instance.tasks.get(state="open").name == "Senior review"


def test_an_address_opens_the_page_with_what_somebody_chose(anna: Client, task: HumanTask) -> None:
    assert asked(anna.get(f"/tasks/{task.pk}/?verdict=reject")) == ["reason_kind", "reason"]
    assert asked(anna.get(f"/tasks/{task.pk}/?verdict=nothing")) == ["category", "tone", "answer"]


def test_the_suggestion_leads_to_what_it_rests_on(anna: Client, task: HumanTask) -> None:
    answer = anna.get(f"/tasks/{task.pk}/")
    page = answer.content.decode()
    for place in ("message", "results", f"decision-{answer.context['page'].made[0].sequence}"):
        assert f'href="#{place}"' in page and f'id="{place}"' in page


def test_programs_judge_by_the_field_as_before(anna: Client, task: HumanTask) -> None:
    address = f"/api/tasks/{task.pk}/"
    assert "verdict" in [question["path"] for question in anna.get(address).json()["form"]]
    refused = anna.post(f"{address}complete/", {"answers": {"verdict": "change"}}, content_type="application/json")
    assert refused.status_code == 400 and "answers.reason" in refused.json()["errors"]
    done = anna.post(f"{address}complete/", {"answers": {"verdict": "accept"}}, content_type="application/json")
    assert done.status_code == 200 and is_done(task)
