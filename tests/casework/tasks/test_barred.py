"""What nobody may do because of what they did before is in none of their lists, counts and turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import BarredTask, Case
from casework.tasks.assigning import receivers
from casework.tasks.barred_verification import APART
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.next_task import next_task
from casework.tasks.services import task_claim, task_complete
from orchestration.casetypes.case_type import by_definition, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteTask, SetVariables
from orchestration.models import HumanTask
from orchestration.shell.services import Done, send
from orchestration.shell.verification import verify
from tests.casework.actions import open_task
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Asks = Callable[..., Case]
WHY = {"justification": "The freight of November has arrived.", "evidence": "INV-7"}


@pytest.fixture
def asks(people: People) -> Asks:
    """`asks(by=..., asked_by="Ben Bauer")`: a payment that is to be justified."""
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)

    def asked(by: User | None = None, **data: Any) -> Case:
        given = {"payee": {"name": "Hafen", "since": "2019-04-01"}, "amount": 4200, **data}
        given |= {"received": "2026-11-16T09:00:00+01:00"}
        reference = f"P-{Case.objects.count()}"
        opened = case_open(by=by, case_type="payment-release", reference=reference, source="test", data=given)
        assert isinstance(opened, Opened), opened
        return opened.case

    return asked


def justified(who: User, case: Case) -> HumanTask:
    assert isinstance(task_complete(by=who, task=open_task(case), answers=WHY), Done)
    return open_task(case)


def listed(who: User, task: HumanTask, **asked: Any) -> list[str]:
    """The lists of the inbox in which somebody finds a task."""
    fresh, now = User.objects.get(pk=who.pk), timezone.now()
    pages = {tab: inbox_page(user=fresh, tab=tab, now=now, **asked) for tab in TABS}
    return [tab for tab, page in pages.items() if task.pk in {row.id for row in page.rows}]


def test_who_did_the_step_before_is_not_offered_the_next(people: People, asks: Asks) -> None:
    task = justified(people["anna"], asks())
    assert listed(people["anna"], task) == [] and "unassigned" in listed(people["ben"], task)
    counts = {name: inbox_page(user=people[name], tab="all", now=timezone.now()).counts for name in ("anna", "ben")}
    assert (counts["anna"]["unassigned"], counts["ben"]["unassigned"]) == (0, 1)
    assert next_task(user=people["anna"], tab="groups", now=timezone.now()) is None
    assert next_task(user=people["ben"], tab="groups", now=timezone.now()) == task.pk


def test_nobody_is_told_to_give_it_to_somebody_who_may_not_do_it(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    case_type = by_definition(case.instance.definition_id)
    offered = {one.username for one in receivers(people["clara"], task, case_type)}
    assert "ben" in offered and "anna" not in offered


def test_a_search_by_reference_and_the_api_do_not_offer_it_either(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    assert listed(people["anna"], task, reference=case.reference) == []
    found = {}
    for name in ("anna", "ben"):
        browser = Client()
        browser.force_login(people[name])
        found[name] = [row["id"] for row in browser.get("/api/tasks/", {"scope": "groups"}).json()["results"]]
    assert found == {"anna": [], "ben": [task.pk]}


def test_who_opened_the_case_is_not_offered_its_approval(people: People, asks: Asks) -> None:
    task = justified(people["ben"], asks(by=people["anna"]))
    assert listed(people["anna"], task) == [] == listed(people["ben"], task)
    people["clara"].groups.set(people["anna"].groups.all())
    assert "groups" in listed(people["clara"], task)


def test_whom_the_case_names_is_not_offered_it_however_they_are_called_now(people: People, asks: Asks) -> None:
    case = asks(asked_by=" BEN bauer ")
    task = justified(people["anna"], case)
    assert listed(people["ben"], task) == []
    User.objects.filter(pk=people["ben"].pk).update(last_name="Berg")
    assert "groups" in listed(people["ben"], task)


def test_whom_the_data_come_to_name_is_not_offered_it_and_who_is_named_no_more_is(people: People, asks: Asks) -> None:
    case = asks(asked_by="ben")
    task = justified(people["anna"], case)
    assert isinstance(send(case.instance_id, SetVariables({"asked_by": "anna"}), Origin("system:test")), Done)
    assert "groups" in listed(people["ben"], task)
    assert set(BarredTask.objects.values_list("who", flat=True)) == {f"#{people['anna'].pk}", "=anna"}


def test_who_has_approved_is_not_offered_the_other_approvals_beside_it(people: People, asks: Asks) -> None:
    case = asks(amount=180_000, urgent=True)
    assert isinstance(task_complete(by=people["anna"], task=open_task(case), answers=WHY), Done)
    rows = HumanTask.objects.filter(instance=case.instance_id, state="open")
    people["clara"].groups.add(*people["ben"].groups.all())
    first = rows.filter(candidates__group__name="Analysts").get()
    before = inbox_states([people["clara"].pk], timezone.now())
    assert len(inbox_page(user=people["clara"], tab="groups", now=timezone.now()).rows) == 2
    assert isinstance(task_claim(by=people["clara"], task=first), HumanTask)
    browser = Client()
    browser.force_login(people["clara"])
    seen = browser.get(f"/api/tasks/{first.pk}/").json()["seen"]
    sent = {"answers": {"approval.verdict": "release"}, "seen": seen}
    assert browser.post(f"/api/tasks/{first.pk}/complete/", sent, content_type="application/json").status_code == 200
    clara = User.objects.get(pk=people["clara"].pk)
    assert inbox_page(user=clara, tab="groups", now=timezone.now()).rows == ()
    assert inbox_states([clara.pk], timezone.now()) != before


def test_what_one_has_already_stays_in_one_s_list_to_be_given_back(people: People, asks: Asks) -> None:
    task = justified(people["anna"], asks())
    HumanTask.objects.filter(pk=task.pk).update(assignee=people["anna"])
    assert "mine" in listed(people["anna"], task)


def test_a_task_that_is_over_bars_nobody_any_more(people: People, asks: Asks) -> None:
    case = asks()
    justified(people["anna"], case)
    assert BarredTask.objects.exists()
    browser, task = Client(), open_task(case)
    browser.force_login(people["ben"])
    browser.post(f"/tasks/{task.pk}/claim/")
    seen = browser.get(f"/api/tasks/{task.pk}/").json()["seen"]
    sent = {"answers": {"approval.verdict": "stop", "approval.reason": "The sum is wrong."}, "seen": seen}
    assert browser.post(f"/api/tasks/{task.pk}/complete/", sent, content_type="application/json").status_code == 200
    assert not BarredTask.objects.exists()


def test_what_was_open_before_is_found_anew(people: People, asks: Asks) -> None:
    case = asks(by=people["ben"], asked_by="clara")
    task = justified(people["anna"], case)
    kept = set(BarredTask.objects.values_list("task", "who"))
    assert {who for _, who in kept} == {f"#{people['anna'].pk}", "person:ben", "=clara"}
    BarredTask.objects.all().delete()
    call_command("rebuild_lists", case.pk, verbosity=0)
    assert set(BarredTask.objects.values_list("task", "who")) == kept
    assert listed(people["ben"], task) == []


@pytest.mark.parametrize("forged", ["taken out", "put in"])
def test_a_task_that_was_hidden_or_offered_behind_the_history_is_named(people: People, asks: Asks, forged: str) -> None:
    case = asks(by=people["anna"])
    task = justified(people["anna"], case)
    assert verify(case.instance).ok
    if forged == "taken out":
        assert BarredTask.objects.filter(task=task).delete()[0]
    else:
        BarredTask.objects.create(task=task, who=f"#{people['ben'].pk}")
    assert APART in [fault.reason for fault in verify(case.instance).faults]


def test_a_step_of_such_a_case_takes_no_statement_for_it(people: People, asks: Asks) -> None:
    case = asks()
    task = open_task(case)
    task_claim(by=people["anna"], task=task)
    with statements() as sent:
        assert isinstance(send(case.instance_id, CompleteTask(task.item, WHY), Origin("system:test")), Done)
    assert len(sent) == 3  # the third reads the calendar by which the approval's timer counts
