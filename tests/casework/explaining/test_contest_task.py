"""A contested decision is a task of those who may work the case and had no part in it, like any other task."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.services import Fact, Origin
from casework.access import units
from casework.access.roles import ensure_roles
from casework.access.roles_verification import control_begin
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_change
from casework.erasure.erasing import erase_now
from casework.erasure.models import ErasureOrder
from casework.erasure.orders import order_ask, order_decide
from casework.explaining.contests import contest_decide, decision_contest
from casework.explaining.models import Contest
from casework.models import Case
from casework.tasks.assigning import receivers
from casework.tasks.handing_over import HandedOver, case_hand_over
from casework.tasks.inbox_state import inbox_states
from casework.tasks.services import task_claim, task_complete
from orchestration.casetypes.case_type import by_definition, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import HumanTask, Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.actions import kept
from tests.casework.browsing import client
from tests.casework.conftest import PERSON, refused
from tests.casework.erasure.test_erasing import over, rule, verified
from tests.casework.explaining.test_letter import FINDING, OBJECTION, made, plain
from tests.casework.sealing.test_sealed_cases import in_clear

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing")]

People = dict[str, User]
Opens = Callable[..., Case]
BY = Origin("system:test")
FOUND = {"outcome": "stands", "finding": FINDING}


@pytest.fixture
def contested(people: People, analysed: Opens) -> tuple[Case, Contest, HumanTask]:
    """A case in which anna has taken a task, with a contest that she took down, and the task of that."""
    outcome = deploy(folder_files(CASE_TYPES / "contest"), Origin("system:test"))
    assert isinstance(outcome, Published)
    ensure_roles(outcome.case_type)
    case = analysed()
    first = HumanTask.objects.filter(instance=case.instance_id, state="open").get()
    assert isinstance(task_claim(by=people["anna"], task=first), HumanTask)
    row = decision_contest(by=people["anna"], case=case, sequence=made(case), objection=OBJECTION)
    assert isinstance(row, Contest)
    return case, row, HumanTask.objects.select_related("instance__case").get(instance=row.own)


def page_of(who: Client, address: str) -> str:
    return who.get(address).content.decode()


def test_it_is_in_the_inbox_of_those_who_had_no_part_and_answering_there_decides_it(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    case, row, task = contested
    anna, ben = client(people["anna"]), client(people["ben"])
    listed = [f"/tasks/{task.pk}/" in who.get(reverse("inbox") + "?tab=groups").content.decode() for who in (anna, ben)]
    assert listed == [False, True]
    assert refused(task_claim(by=people["anna"], task=task)).code == "four-eyes"
    page = plain(ben.get(f"/tasks/{task.pk}/"))
    assert f"contest {row.pk} of case {case.pk}" in page and OBJECTION not in page
    assert f"/tasks/{task.pk}/" in ben.get(f"/contests/{row.pk}/").content.decode()
    assert ben.post(f"/tasks/{task.pk}/claim/").status_code == 302
    assert refused(task_complete(by=people["ben"], task=task, answers=FOUND | {"finding": "No"})).code == "invalid"
    assert isinstance(task_complete(by=people["ben"], task=task, answers=FOUND), Done)
    row.refresh_from_db()
    assert (row.state, row.finding, row.decided_by) == ("stands", FINDING, "person:ben")
    assert kept(case, "contest.decided")[-1].detail["outcome"] == "stands"
    assert "was contested, and stands" in plain(anna.get(f"/contests/{row.pk}/"))
    assert "All histories hold" in verified("--whole")


def test_answering_on_the_page_of_the_contest_completes_the_task(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    _, row, task = contested
    assert refused(contest_decide(by=people["anna"], contest_id=row.pk, **FOUND)).code == "second"
    assert isinstance(contest_decide(by=people["ben"], contest_id=row.pk, **FOUND), Contest)
    task.refresh_from_db()
    assert task.state == "completed" and Case.objects.get(instance=row.own).closed
    assert refused(contest_decide(by=people["clara"], contest_id=row.pk, **FOUND)).code == "decided"
    assert "All histories hold" in verified("--whole")


def test_who_had_a_part_since_is_not_offered_it_any_more_and_nothing_is_written(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    case, row, task = contested
    ben, lists = client(people["ben"]), reverse("inbox") + "?tab=groups"
    shown, before = f"/tasks/{task.pk}/" in page_of(ben, lists), inbox_states([people["ben"].pk], task.created)
    case_type = by_definition(task.instance.definition_id)
    assert shown and "Ben" in str(receivers(people["clara"], task, case_type))
    services.record(case.instance_id, [Fact("task.claimed", {"task": "x"})], Origin("person:ben"))
    assert f"/tasks/{task.pk}/" not in page_of(ben, lists)
    assert inbox_states([people["ben"].pk], task.created) != before
    assert "Ben" not in str(receivers(people["clara"], task, case_type))
    assert "had a part in the case that is contested" in plain(ben.get(f"/tasks/{task.pk}/"))
    assert refused(task_claim(by=people["ben"], task=task)).code == "four-eyes"
    assert refused(task_complete(by=people["ben"], task=task, answers=FOUND)).code == "four-eyes"
    task.refresh_from_db()
    row.refresh_from_db()
    assert task.state == "open" and row.state == "open" and not kept(case, "contest.decided")


def test_what_was_found_is_read_in_the_contested_case_alone(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    """Its own case knows nobody of the contested one, so no name could be masked there."""
    case, row, task = contested
    found = f"{PERSON['name']} ({PERSON['iban']}) was asked once more."
    assert isinstance(contest_decide(by=people["ben"], contest_id=row.pk, outcome="stands", finding=found), Contest)
    own = task.instance.case.pk
    panel = client(people["clara"]).get(f"/cases/{own}/comments/")
    assert "said in the contested case" in plain(panel) and 'name="text"' not in panel.text
    assert client(people["clara"]).post(f"/cases/{own}/comments/", {"text": found}).status_code == 400
    assert not kept(task.instance.case, "comment.said")
    for address in (f"/api/cases/{own}/", f"/cases/{own}/", f"/cases/{own}/data/", f"/cases/{own}/history/"):
        shown = client(people["anna"]).get(address)
        assert shown.status_code == 200 and PERSON["name"] not in shown.text and "asked once more" not in shown.text
    assert "was asked once more" in plain(client(people["anna"]).get(f"/cases/{case.pk}/history/"))


@pytest.mark.parametrize("transition", ["suspend", "terminate"])
def test_nobody_stops_a_second_look(
    people: People, contested: tuple[Case, Contest, HumanTask], transition: str
) -> None:
    _, row, task = contested
    own = task.instance.case
    stopped = case_change(by=people["anna"], case=own, transition=transition, reason="I decided it")
    assert refused(stopped).code == "dependent" and "by who looks at it again" in refused(stopped).message
    page = plain(client(people["anna"]).get(f"/cases/{own.pk}/"))
    assert "Suspend" not in page
    assert isinstance(contest_decide(by=people["ben"], contest_id=row.pk, **FOUND), Contest)
    assert "All histories hold" in verified("--whole")


def test_one_from_before_there_were_tasks_is_answered_on_its_page(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    _, row, _ = contested
    Contest.objects.filter(pk=row.pk).update(own=0)
    assert isinstance(contest_decide(by=people["ben"], contest_id=row.pk, **FOUND), Contest)


def test_it_goes_where_the_contested_case_goes_and_nowhere_by_itself(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    case, _, task = contested
    control_begin(BY)
    north, south = (units.unit_make(key=key, name=key.title(), parent=None, origin=BY) for key in ("north", "south"))
    for name, unit in (("ben", south), ("ada", north)):
        units.home_set(person=people[name], unit=unit, origin=BY)
    own = task.instance.case
    moved = refused(case_hand_over(by=people["clara"], case=own, to="south", reason="Theirs"))
    assert moved.code == "dependent"
    assert isinstance(case_hand_over(by=people["clara"], case=case, to="south", reason="Theirs"), HandedOver)
    assert isinstance(task_claim(by=people["ben"], task=task), HumanTask)
    assert isinstance(case_hand_over(by=people["clara"], case=case, to="north", reason="Theirs"), HandedOver)
    own.refresh_from_db()
    task.refresh_from_db()
    assert own.unit == north and task.assignee is None
    assert client(people["ben"]).get(f"/tasks/{task.pk}/").status_code == 404
    assert "All histories hold" in verified("--whole")


def test_who_may_not_work_the_contested_case_does_not_decide_its_contest(
    people: People, contested: tuple[Case, Contest, HumanTask]
) -> None:
    _, _, task = contested
    control_begin(BY)
    north = units.unit_make(key="north", name="North", parent=None, origin=BY)
    units.home_set(person=people["ben"], unit=north, origin=BY)
    Case.objects.filter(pk=task.instance.case.pk).update(unit=north)
    answer = refused(task_complete(by=people["ben"], task=task, answers=FOUND))
    assert answer.code == "four-eyes" and "may not work the case that is contested" in answer.message


def test_it_goes_with_the_case_that_is_erased(contested: tuple[Case, Contest, HumanTask]) -> None:
    case, row, _ = contested
    assert erase_now(chain=case.instance_id, order=7, why="A rule", origin=Origin("person:axel")) is not None
    assert not Instance.objects.exists() and not Contest.objects.exists()
    assert "Erased by order: 2 cases" in verified()


def test_an_order_names_the_contest_that_goes_with_its_case_before_and_after(
    people: People, contested: tuple[Case, Contest, HumanTask], client: Client
) -> None:
    case, row, _ = contested
    own = Case.objects.get(instance=row.own)
    rule(people, keep=0)
    over(case, days=60)
    order = order_ask(by=people["ada"], reason="She asked for it", cases=[case.instance_id])
    assert isinstance(order, ErasureOrder)
    client.force_login(people["axel"])
    page = " ".join(page_of(client, f"/changes/keeping/orders/{order.pk}/").split())
    assert f"Case {own.pk} goes too" in page and "erase 1 case and 1 of contests" in page
    order_decide(by=people["axel"], order_id=order.pk, agree=True)
    page = " ".join(page_of(client, f"/changes/keeping/orders/{order.pk}/").split())
    assert "1, of which 1 is erased" in page and "1 case of contests went too" in page


def test_what_they_say_and_what_is_found_are_sealed(people: People, contested: tuple[Case, Contest, HumanTask]) -> None:
    _, row, _ = contested
    assert isinstance(contest_decide(by=people["ben"], contest_id=row.pk, **FOUND), Contest)
    assert in_clear(OBJECTION, FINDING) == []
