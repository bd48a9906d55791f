"""What is a reader told of tasks that have left their list?"""

from __future__ import annotations

import pytest

from casework.access.permissions import case_for_user, task_for_user
from casework.tasks.assigning import task_assign
from casework.tasks.gone import become_of
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db

LIVE = {"HX-Request": "true", "HX-Trigger": "inbox-live"}


def test_a_list_that_asks_what_there_is_now_hears_who_took_what_it_showed(people, analysed, client):
    taken, there = (analysed().instance.tasks.get() for _ in range(2))
    task_claim(by=people["ben"], task=taken)
    client.force_login(people["anna"])
    said = told(client.get("/", {"tab": "unassigned", "had": f"{taken.pk},{there.pk}"}, headers=LIVE))
    assert f'<li data-row="row-{taken.pk}">taken by Ben Bauer</li>' in said
    assert f'data-row="row-{there.pk}"' not in said and f'id="row-{there.pk}"' in said


def test_what_somebody_was_given_is_not_said_to_be_taken_by_them(people, analysed):
    given = task_for_user(people["clara"], analysed().instance.tasks.get().pk, "assign")
    task_assign(by=people["clara"], task=given, to=people["ben"])
    assert become_of(people["anna"], [given.pk]) == {given.pk: "given to Ben Bauer"}


@pytest.mark.parametrize(
    ("state", "words"),
    [("completed", "done"), ("terminated", "not to be done any more"), ("suspended", "suspended with its case")],
)
def test_what_is_over_says_how_it_ended(people, analysed, state, words):
    task = analysed().instance.tasks.get()
    HumanTask.objects.filter(pk=task.pk).update(state=state)
    assert become_of(people["anna"], [task.pk]) == {task.pk: words}


def test_what_is_mine_now_and_what_only_stands_on_another_page_say_so(people, analysed):
    mine, free = (analysed().instance.tasks.get() for _ in range(2))
    task_claim(by=people["anna"], task=mine)
    assert become_of(people["anna"], [mine.pk, free.pk]) == {mine.pk: "yours now", free.pk: "not on this page any more"}


def test_of_what_may_not_be_seen_nothing_is_told(people, analysed):
    case = analysed()
    task = case.instance.tasks.get()
    assert case_for_user(people["anna"], case.pk, "view")
    assert become_of(people["dora"], [task.pk]) == {}


def test_it_costs_one_statement_and_none_where_nothing_has_gone(people, analysed):
    tasks = [analysed().instance.tasks.get().pk for _ in range(3)]
    become_of(people["anna"], tasks)
    with statements() as sent:
        become_of(people["anna"], tasks)
    with statements() as none:
        become_of(people["anna"], [])
    assert len(sent) == 1 and none == []


@pytest.mark.parametrize("had", ["x", "1,,2", "-3", "²", "9" * 30, ",".join(map(str, range(5000)))])
def test_an_address_that_nobody_made_is_answered_too(people, client, had):
    client.force_login(people["anna"])
    assert client.get("/", {"tab": "unassigned", "had": had}, headers=LIVE).status_code == 200
