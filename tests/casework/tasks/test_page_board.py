"""Whoever gives out the work sees who has how much, and moves some of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from django.utils import timezone

from casework.models import Case, CaseGroupObjectPermission
from casework.tasks.board import Load, board
from casework.tasks.services import task_claim
from orchestration.models import HumanTask, TaskCandidate
from tests.casework.actions import open_task, statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def load(loads: tuple[Load, ...], name: str) -> tuple[int, int, int]:
    """Open, late and due within a day."""
    (found,) = (each for each in loads if each.name == name)
    return found.open, found.late, found.soon


def make_late(case: Case) -> None:
    due = timezone.now() - timedelta(days=40)
    HumanTask.objects.filter(instance=case.instance_id).update(due=due)
    TaskCandidate.objects.filter(task__instance=case.instance_id).update(due=due)


def far_off(case: Case) -> None:
    HumanTask.objects.filter(instance=case.instance_id).update(due=F("due") + timedelta(days=90))
    TaskCandidate.objects.filter(task__instance=case.instance_id).update(due=F("due") + timedelta(days=90))


def test_it_counts_what_each_has_and_what_waits(people: People, analysed: Analysed) -> None:
    cases = [analysed() for _ in range(3)]
    for case in cases[:2]:
        far_off(case)
        task_claim(by=people["anna"], task=open_task(case))
    make_late(cases[0])
    make_late(cases[2])
    found = board(people["clara"], timezone.now())
    assert load(found.people, "Anna Adler") == (2, 1, 1) and load(found.people, "Ben Bauer") == (0, 0, 0)
    assert load(found.groups, "Analysts") == (1, 1, 1) and load(found.groups, "Cards team") == (0, 0, 0)
    assert [each.name for each in found.people][0] == "Anna Adler"


def test_only_what_one_may_see_counts(people: People, analysed: Analysed) -> None:
    case = analysed()
    task_claim(by=people["anna"], task=open_task(case))
    CaseGroupObjectPermission.objects.filter(content_object=case, group__name="Senior analysts").delete()
    found = board(people["clara"], timezone.now())
    assert load(found.people, "Anna Adler") == (0, 0, 0)


def test_a_task_is_moved_from_one_to_another(people: People, analysed: Analysed) -> None:
    case = analysed()
    task_claim(by=people["anna"], task=open_task(case))
    browser = Client()
    browser.force_login(people["clara"])
    page = browser.get("/board/?person=anna").content.decode()
    assert f'value="{open_task(case).pk}"' in page and f"Complaint {case.reference}" in page
    place = re.findall(r'name="next" value="([^"]+)"', page)[-1]
    sent = {"tasks": open_task(case).pk, "action": "assign", "to": "ben", "next": place}
    answer = browser.post("/tasks/many/", sent, follow=True)
    assert answer.redirect_chain[-1][0] == "/board/?person=anna"
    assert "1 task has been given on." in answer.content.decode() and open_task(case).assignee == people["ben"]
    assert "Nothing waits here" in browser.get("/board/?person=anna").content.decode()


@pytest.mark.parametrize("asked", ["person=olga", "person=nobody", "group=9999", "group=x", "group=" + "9" * 40])
def test_nothing_is_shown_of_whom_the_case_types_do_not_know(people: People, asked: str) -> None:
    browser = Client()
    browser.force_login(people["clara"])
    answer = browser.get(f"/board/?{asked}")
    assert answer.status_code == 200 and 'id="whose"' not in answer.content.decode()


def test_what_waits_in_a_group_is_listed(people: People, analysed: Analysed) -> None:
    case = analysed()
    group = people["anna"].groups.get(name="Analysts")
    browser = Client()
    browser.force_login(people["clara"])
    assert f"Complaint {case.reference}" in browser.get(f"/board/?group={group.pk}").content.decode()


def test_more_work_costs_no_more_statements(people: People, analysed: Analysed) -> None:
    browser = Client()
    browser.force_login(people["clara"])
    task_claim(by=people["anna"], task=open_task(analysed()))
    browser.get("/board/?person=anna")
    few = statements(lambda: browser.get("/board/?person=anna"))
    for _ in range(3):
        task_claim(by=people["anna"], task=open_task(analysed()))
    assert statements(lambda: browser.get("/board/?person=anna")) == few
