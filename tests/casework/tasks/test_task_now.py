"""Does an open page of a task learn who has taken or finished it, and is what it says true?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casework.access.permissions import task_for_user
from casework.models import Case
from casework.tasks.assigning import task_assign
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(analysed: Callable[..., Case]) -> HumanTask:
    return HumanTask.objects.get(instance=analysed().instance_id, state="open")


def hears(who: User, task: HumanTask, shown: str) -> str:
    browser = Client()
    browser.force_login(who)
    return browser.get(reverse("task-now", args=[task.pk]), {"shown": shown}).content.decode()


def opened(who: User, task: HumanTask) -> str:
    browser = Client()
    browser.force_login(who)
    return str(browser.get(reverse("task", args=[task.pk])).context["standing"])


def test_it_says_who_has_taken_the_task_and_who_has_finished_it(task: HumanTask, people: dict[str, User]) -> None:
    ben, anna = people["ben"], people["anna"]
    shown = opened(anna, task)
    task_claim(by=ben, task=task)
    assert f"{ben.get_full_name()} has taken this task." in hears(anna, task, shown)
    task_complete(by=ben, task=task, answers={"verdict": "accept"})
    assert f"{ben.get_full_name()} has finished this task." in hears(anna, task, shown)


def test_it_says_who_gave_the_task_to_whom(task: HumanTask, people: dict[str, User]) -> None:
    anna, ben, clara = people["anna"], people["ben"], people["clara"]
    giver = clara.get_full_name()
    shown = opened(anna, task)
    task_assign(by=clara, task=task_for_user(clara, task.pk, "assign"), to=ben)
    assert f"{giver} has given this task to {ben.get_full_name()}." in hears(anna, task, shown)
    assert f"{giver} has given this task to you." in hears(ben, task, shown)
    held = task_claim(by=anna, task=HumanTask.objects.get(pk=task.pk))
    assert isinstance(held, Refused) and held.message.startswith(
        f"{giver} has given this task to {ben.get_full_name()}. "
    )


def test_ones_own_other_window_is_never_told_as_somebody_else(task: HumanTask, people: dict[str, User]) -> None:
    anna = people["anna"]
    task_claim(by=anna, task=task)
    shown = opened(anna, task)
    task_release(by=anna, task=task)
    assert "Nobody has this task now" in hears(anna, task, shown)
    task_claim(by=anna, task=task)
    assert "the task itself is as it was" in hears(anna, task, shown)
    task_complete(by=anna, task=task, answers={"verdict": "accept"})
    told = hears(anna, task, shown)
    assert "You have finished this task in another window" in told and "Anna" not in told
