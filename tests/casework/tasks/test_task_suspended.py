"""Somebody suspends the case while another works on its task: it is said who did, and who can resume it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.permissions import task_for_user
from casework.cases.services import case_change
from casework.models import Case
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.next_task import next_task
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Instance
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.casework.actions import open_task, refusals

pytestmark = pytest.mark.django_db

People = dict[str, User]
ACCEPTED = {"verdict": "accept", "category": "refund_request"}


def open_or_suspended(case: Case) -> int:
    return HumanTask.objects.get(instance=case.instance_id, state__in=("open", "suspended")).pk


def change(case: Case, by: User, transition: str) -> None:
    assert isinstance(case_change(by=by, case=case, transition=transition, reason="The court decides first"), Done)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda by, task: task_complete(by=by, task=task, answers=ACCEPTED),
        lambda by, task: task_claim(by=by, task=task),
        lambda by, task: task_release(by=by, task=task),
    ],
)
def test_a_task_of_a_suspended_case_says_who_suspended_it_and_who_can_resume_it(
    people: People, analysed: Callable[..., Case], attempt: Any
) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    refused = attempt(people["anna"], task)
    assert isinstance(refused, Refused) and refused.code == "suspended"
    assert refused.message.startswith(f"{people['ben'].get_full_name()} suspended the case.")
    assert "can resume it" in refused.message
    assert refusals(case)[-1] == ("person:anna", "suspended")


@pytest.mark.parametrize(
    ("action", "service"),
    [("complete", lambda by, task: task_complete(by=by, task=task, answers=ACCEPTED)),
     ("claim", lambda by, task: task_claim(by=by, task=task))],
)  # fmt: skip
def test_who_comes_in_while_it_is_suspended_and_acts_when_it_is_resumed_must_be_offered_it_all_the_same(
    people: People, analysed: Callable[..., Case], action: str, service: Any
) -> None:
    """Clara may work the case, but the task is the analysts': between fetching it and doing it the case goes on."""
    case = analysed()
    change(case, people["ben"], "suspend")
    fetched = task_for_user(people["clara"], open_or_suspended(case), action)
    change(case, people["ben"], "resume")
    refused = service(people["clara"], fetched)
    assert isinstance(refused, Refused) and refused.code == "not-offered"
    assert refusals(case)[-1] == ("person:clara", "not-offered")
    assert open_task(case).assignee is None


def test_after_it_was_resumed_the_task_is_done_as_before(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    change(case, people["ben"], "resume")
    task.refresh_from_db()
    assert isinstance(task_complete(by=people["anna"], task=task, answers=ACCEPTED), Done)


def lists(who: User) -> dict[str, list[int]]:
    pages = {tab: inbox_page(user=User.objects.get(pk=who.pk), tab=tab, now=clock.utc_now()) for tab in TABS}
    assert all(len(page.rows) == page.counts[tab] for tab, page in pages.items())
    return {tab: [row.id for row in page.rows] for tab, page in pages.items() if page.rows}


def is_sound(case: Case) -> bool:
    return verify(Instance.objects.get(pk=case.instance_id)).ok


@pytest.mark.parametrize("held", [True, False])
def test_a_suspended_task_stays_in_the_lists_of_those_who_may_take_it_but_not_among_what_is_to_be_done(
    people: People, analysed: Callable[..., Case], held: bool
) -> None:
    case = analysed()
    task = open_task(case)
    if held:
        task_claim(by=people["anna"], task=task)
    change(case, people["ben"], "suspend")
    assert lists(people["anna"]) == dict.fromkeys(("mine", "groups", "all") if held else ("groups", "all"), [task.pk])
    assert next_task(user=people["anna"], tab="all", now=clock.utc_now()) is None
    assert is_sound(case)
    change(case, people["ben"], "resume")
    assert lists(people["anna"])["mine" if held else "unassigned"] == [task.pk]
    assert is_sound(case)


def test_a_row_of_a_suspended_task_says_so_and_offers_nothing_that_would_be_refused(
    people: People, analysed: Callable[..., Case], client: Client
) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    client.force_login(people["anna"])
    told = client.get("/?tab=groups").content.decode()
    assert "suspended" in told and f"/tasks/{task.pk}/" in told
    assert f"/tasks/{task.pk}/claim/" not in told and f'value="{task.pk}"' not in told
    (row,) = client.get("/api/tasks/?scope=groups").json()["results"]
    assert row["suspended"] and not row["at_risk"] and not row["overdue"]


@pytest.mark.parametrize("address", ["/cases/{case}/", "/tasks/{task}/"])
@pytest.mark.parametrize(("who", "may"), [("anna", True), ("axel", False)])
def test_the_pages_of_a_suspended_case_say_who_suspended_it_why_and_who_can_resume_it(
    people: People, analysed: Callable[..., Case], client: Client, address: str, who: str, may: bool
) -> None:
    case = analysed()
    task = open_task(case)
    change(case, people["ben"], "suspend")
    client.force_login(people[who])
    told = client.get(address.format(case=case.pk, task=task.pk)).content.decode()
    assert "Ben Bauer suspended the case" in told and "The court decides first" in told
    assert task.name in told and f"/tasks/{task.pk}/claim/" not in told
    assert (f"/cases/{case.pk}/change/?transition=resume" in told) == may


def test_the_tasks_of_a_case_that_is_ended_while_it_is_suspended_are_in_nobodys_list(
    people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    task = task_claim(by=people["anna"], task=open_task(case))
    change(case, people["ben"], "suspend")
    change(case, people["ben"], "terminate")
    assert lists(people["anna"]) == {} and isinstance(task, HumanTask)
    task.refresh_from_db()
    assert (task.state, task.candidates.exists()) == ("terminated", False)
    assert is_sound(case)


def test_an_open_inbox_hears_that_a_case_was_suspended_and_resumed(
    people: People, analysed: Callable[..., Case]
) -> None:
    case, now = analysed(), clock.utc_now()
    states = [inbox_states([people["anna"].pk], now)]
    for transition in ("suspend", "resume"):
        change(case, people["ben"], transition)
        states.append(inbox_states([people["anna"].pk], now))
    assert states[0] != states[1] and states[0] == states[2]
