"""Whoever finishes a task goes on with the next one of their list, at risk first, or stays if they like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.tasks.next_task import in_turn, next_task
from casework.tasks.row import TaskRow
from casework.tasks.services import task_claim
from orchestration.models import HumanTask, TaskCandidate
from tests.casework.reading import told

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ROW = TaskRow(
    id=1, name="Check", due=NOW + timedelta(hours=9), overdue=False, at_risk=False, urgent=False, assignee="",
    mine=False, groups=("Analysts",), case=1, title="Complaint A", reference="A", state="Pending review",
)  # fmt: skip


def numbers(*rows: TaskRow) -> list[int]:
    return [row.id for row in in_turn(rows, rows)]


def test_what_is_at_risk_comes_first_the_first_due_first() -> None:
    later = replace(ROW, id=2, at_risk=True, due=NOW + timedelta(hours=2))
    sooner = replace(ROW, id=3, at_risk=True, due=NOW + timedelta(hours=1))
    assert numbers(ROW, later, sooner) == [3, 2, 1]


def test_otherwise_the_order_is_that_of_the_list_without_what_somebody_else_has() -> None:
    taken, mine = replace(ROW, id=2, assignee="Ben Bauer"), replace(ROW, id=3, assignee="Anna Adler", mine=True)
    assert numbers(replace(ROW, id=4), taken, mine, ROW) == [4, 3, 1]
    assert numbers(replace(taken, at_risk=True)) == []


def answers(**more: str) -> dict[str, str]:
    return {"verdict": "accept", **more}


@pytest.fixture
def three(people: Any, analysed: Any) -> list[HumanTask]:
    """Three tasks for Anna's group, in the order in which they are due."""
    return [analysed(reference=f"N-{number}").instance.tasks.get() for number in range(3)]


def finished(client: Any, task: HumanTask, carry: str, **more: str) -> Any:
    return client.post(f"/tasks/{task.pk}/complete/{carry}", answers(**more), follow=True)


@pytest.mark.django_db
def test_finishing_a_task_opens_the_next_of_the_list_that_one_came_from(people, three, client):
    client.force_login(people["anna"])
    task_claim(by=people["ben"], task=three[1])
    answer = finished(client, three[0], "?inbox=tab%3Dgroups")
    assert answer.redirect_chain[-1][0] == f"/tasks/{three[2].pk}/?inbox=tab%3Dgroups"
    case = three[0].instance.case
    assert "Finished “Approve the answer”" in told(answer)
    assert f"<a href='/cases/{case.pk}/'>Stay with the case" in told(answer)


@pytest.mark.django_db
def test_the_list_s_order_and_search_go_on(people, three, client):
    client.force_login(people["anna"])
    late = finished(client, three[0], "?inbox=tab%3Dgroups%26sort%3Dlate")
    assert late.redirect_chain[-1][0].startswith(f"/tasks/{three[2].pk}/")
    searched = finished(client, three[2], "?inbox=tab%3Dgroups%26q%3DN-2")
    assert searched.redirect_chain[-1][0] == f"/cases/{three[2].instance.case.pk}/"
    assert "nothing is left to do in the list" in told(searched) and "Back to the inbox" in told(searched)


@pytest.mark.django_db
def test_one_stays_with_the_case_when_one_says_so_or_came_from_it(people, three, client):
    client.force_login(people["anna"])
    stayed = finished(client, three[0], "?inbox=tab%3Dgroups", then="stay")
    assert stayed.redirect_chain[-1][0] == f"/cases/{three[0].instance.case.pk}/"
    from_case = finished(client, three[1], "")
    assert from_case.redirect_chain[-1][0] == f"/cases/{three[1].instance.case.pk}/"


@pytest.mark.django_db
def test_from_a_case_one_goes_on_with_what_is_one_s_own_when_one_asks_for_it(people, three, client):
    client.force_login(people["anna"])
    task_claim(by=people["anna"], task=three[2])
    answer = finished(client, three[0], "", then="next")
    assert answer.redirect_chain[-1][0].startswith(f"/tasks/{three[2].pk}/")


@pytest.mark.django_db
def test_the_inbox_opens_the_next_task_and_where_nothing_is_one_s_own_one_of_one_s_groups(people, three, client):
    client.force_login(people["anna"])
    assert 'href="/tasks/next/?tab=mine"' in told(client.get("/"))
    assert client.get("/tasks/next/?tab=mine")["Location"] == f"/tasks/{three[0].pk}/?inbox=tab%3Dgroups"
    task_claim(by=people["anna"], task=three[2])
    assert client.get("/tasks/next/?tab=mine")["Location"] == f"/tasks/{three[2].pk}/?inbox=tab%3Dmine"
    assert client.get("/tasks/next/?tab=groups&sort=late&q=N-1")["Location"].startswith(f"/tasks/{three[1].pk}/")
    assert not HumanTask.objects.get(pk=three[0].pk).assignee_id
    nothing = client.get("/tasks/next/?tab=snoozed", follow=True)
    assert "Nothing is left to do in this list" in told(nothing) and "Inbox" in told(nothing)


@pytest.mark.django_db
def test_an_answer_that_is_refused_keeps_the_way_back_to_the_list(people, three, client):
    client.force_login(people["anna"])
    task_claim(by=people["anna"], task=three[0])
    answer = client.post(f"/tasks/{three[0].pk}/complete/?inbox=tab%3Dgroups", {"verdict": "change"})
    assert answer.status_code == 400
    assert f'action="/tasks/{three[0].pk}/complete/?inbox=tab%3Dgroups"' in told(answer)


@pytest.mark.django_db
def test_nobody_is_sent_to_a_task_that_they_may_not_do(people, three, monkeypatch):
    monkeypatch.setattr(
        "casework.tasks.next_task.done_before", lambda user, task: "opened it" if task.pk == three[0].pk else ""
    )
    TaskCandidate.objects.filter(task=three[0]).update(due=timezone.now())
    HumanTask.objects.filter(pk=three[0].pk).update(due=timezone.now())
    assert next_task(user=people["anna"], tab="groups", now=timezone.now()) == three[1].pk


@pytest.mark.django_db
def test_an_address_that_nobody_made_leads_to_the_inbox_and_nowhere_else(people, three, client):
    client.force_login(people["anna"])
    page = told(client.get(f"/tasks/{three[0].pk}/", {"inbox": "https://example.org/?tab=x&q=<b>"}))
    assert "example.org" not in page.split('<a href="/?')[1][:60] and "<b>" not in page
