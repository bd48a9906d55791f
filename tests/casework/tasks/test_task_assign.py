"""Whoever gives out the work gives a task to a named person, with a note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import User

from casework.access.permissions import may
from casework.cases.verification import verify
from casework.models import Case
from casework.tasks.assigning import task_assign
from casework.tasks.many import Wish, carried_out, undo_word, undone
from casework.tasks.ordering import task_hurry, task_put_off
from casework.tasks.services import task_claim, task_release
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Instance, TaskCandidate
from tests.casework.actions import denials, kept, open_task, refusals
from tests.casework.browsing import client
from tests.casework.conftest import refused

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def give(case: Case, by: User, to: User | None, note: str = "") -> object:
    return task_assign(by=by, task=open_task(case), to=to, note=note)


def is_sound(case: Case) -> bool:
    return verify(Instance.objects.get(pk=case.instance_id)).ok


def test_it_is_theirs_and_the_history_says_who_gave_it_and_why(people: People, analysed: Analysed) -> None:
    case = analysed()
    give(case, people["clara"], people["ben"], "You know the customer")
    assert open_task(case).assignee == people["ben"]
    assert TaskCandidate.objects.get(task__instance=case.instance_id).assigned
    (entry,) = kept(case, "task.assigned")
    assert (entry.actor, entry.detail["to"], entry.detail["note"]) == ("person:clara", "ben", "You know the customer")
    page = client(people["anna"]).get(f"/cases/{case.pk}/").content.decode()
    assert "gave “Approve the answer” to Ben Bauer: You know the customer" in page
    assert is_sound(case)


def test_whoever_was_given_a_case_that_they_could_not_see_may_work_it(people: People, analysed: Analysed) -> None:
    case = analysed()
    assert not may(people["dora"], "view", case)
    give(case, people["clara"], people["dora"])
    case = Case.objects.get(pk=case.pk)
    assert may(people["dora"], "view", case) and may(people["dora"], "work", case) and is_sound(case)
    assert client(people["dora"]).get(f"/tasks/{open_task(case).pk}/").status_code == 200
    assert isinstance(task_release(by=people["dora"], task=open_task(case)), HumanTask)
    assert isinstance(task_claim(by=people["dora"], task=open_task(case)), HumanTask)
    assert is_sound(case)


def test_not_to_people_whom_the_case_type_does_not_know(people: People, analysed: Analysed) -> None:
    case = analysed()
    for name in ("olga", "ada", "intake-bot"):
        assert refused(give(case, people["clara"], people[name])).code == "not-offered"
    people["ben"].is_active = False
    people["ben"].save()
    assert refused(give(case, people["clara"], people["ben"])).code == "not-offered"
    assert open_task(case).assignee is None and len(refusals(case)) == 4


def test_whoever_holds_it_hands_it_on_to_those_whom_it_is_offered_to(people: People, analysed: Analysed) -> None:
    case = analysed()
    task_claim(by=people["anna"], task=open_task(case))
    assert refused(give(case, people["anna"], people["dora"])).code == "not-offered"
    give(case, people["anna"], people["ben"])
    assert open_task(case).assignee == people["ben"]
    assert refused(give(case, people["anna"], people["anna"])).code == "not-yours"


def test_whoever_may_assign_takes_it_back_for_its_group(people: People, analysed: Analysed) -> None:
    case = analysed()
    task_claim(by=people["anna"], task=open_task(case))
    give(case, people["clara"], None)
    assert open_task(case).assignee is None and is_sound(case)
    page = client(people["ben"]).get(f"/cases/{case.pk}/").content.decode()
    assert "took “Approve the answer” from Anna Adler for its group" in page


def test_giving_it_twice_changes_nothing(people: People, analysed: Analysed) -> None:
    case = analysed()
    for _ in range(2):
        give(case, people["clara"], people["ben"])
    assert len(kept(case, "task.assigned")) == 1


def test_people_without_the_right_are_denied_and_that_is_kept(people: People, analysed: Analysed) -> None:
    case = analysed()
    task = open_task(case)
    for action, given in (
        ("assign", {"to": "ben"}),
        ("priority", {"priority": "urgent"}),
        ("due", {"due": "2030-01-01T10:00"}),
    ):
        client(people["anna"]).post("/tasks/many/", {"tasks": task.pk, "action": action, **given})
    assert denials(case) == [("person:anna", "assign"), ("person:anna", "order"), ("person:anna", "order")]
    assert open_task(case).assignee is None and open_task(case).priority == task.priority


def test_a_task_that_is_hurried_and_put_off_is_found_so_in_every_list(people: People, analysed: Analysed) -> None:
    case, due = analysed(), datetime.fromisoformat("2030-01-31T10:00:00+00:00")
    task_hurry(by=people["clara"], task=open_task(case), priority=80)
    task_put_off(by=people["clara"], task=open_task(case), due=due)
    assert (open_task(case).priority, open_task(case).due) == (80, due)
    assert TaskCandidate.objects.get(task__instance=case.instance_id).due == due and is_sound(case)
    page = client(people["anna"]).get(f"/cases/{case.pk}/").content.decode()
    assert "made “Approve the answer” urgent" in page
    assert "had “Approve the answer” due 31 January 2030, 10:00 UTC" in page


def test_a_row_that_says_otherwise_than_the_history_is_found(people: People, analysed: Analysed) -> None:
    case = analysed()
    give(case, people["clara"], people["ben"])
    HumanTask.objects.filter(instance=case.instance_id).update(assignee=people["anna"])
    assert not is_sound(case)


def test_what_a_suspended_case_was_told_still_holds_when_it_goes_on(people: People, analysed: Analysed) -> None:
    case = analysed()
    give(case, people["clara"], people["dora"])
    task_hurry(by=people["clara"], task=open_task(case), priority=80)
    senior = client(people["clara"])
    senior.post(f"/cases/{case.pk}/change/", {"transition": "suspend", "reason": "They called"})
    task = HumanTask.objects.get(instance=case.instance_id)
    assert refused(task_assign(by=people["clara"], task=task, to=people["ben"])).code == "suspended"
    senior.post(f"/cases/{case.pk}/change/", {"transition": "resume"})
    assert open_task(case).assignee == people["dora"] and open_task(case).priority == 80 and is_sound(case)


def undo_of_giving(case: Case, by: User, to: User) -> None:
    word = undo_word(by, carried_out(by, [open_task(case).pk], Wish("assign", to)))
    results = undone(by, word)
    assert not isinstance(results, Refused) and [one.done for one in results] == [True]


def test_a_gift_that_is_undone_takes_back_the_access_that_it_gave(people: People, analysed: Analysed) -> None:
    case = analysed()
    undo_of_giving(case, people["clara"], people["dora"])
    case = Case.objects.get(pk=case.pk)
    assert not may(people["dora"], "view", case) and open_task(case).assignee is None and is_sound(case)
    assert not TaskCandidate.objects.filter(task__instance=case.instance_id, user=people["dora"]).exists()
    assert client(people["dora"]).get(f"/cases/{case.pk}/").status_code == 404
    page = client(people["anna"]).get(f"/cases/{case.pk}/").content.decode()
    assert "for its group; Dora Dahl may not see the case any more" in page


def test_a_gift_that_is_undone_leaves_access_that_came_otherwise(people: People, analysed: Analysed) -> None:
    case = analysed()
    undo_of_giving(case, people["clara"], people["ben"])
    assert may(people["ben"], "work", Case.objects.get(pk=case.pk)) and is_sound(case)
    give(case, people["clara"], people["dora"])
    give(case, people["clara"], people["ben"])
    undo_of_giving(case, people["clara"], people["dora"])
    assert may(people["dora"], "work", Case.objects.get(pk=case.pk)) and is_sound(case)
