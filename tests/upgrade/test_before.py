"""A database made before this release is migrated, holds as it did, and its cases go on."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from casework.access.permissions import task_for_user
from casework.cases.services import case_change
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.models import HumanTask
from orchestration.shell.services import Done

pytestmark = pytest.mark.usefixtures("before")

STATES = {
    "Pending review": 11, "Being analysed": 1, "Needs attention": 1, "Being paid": 1,
    "Awaiting external data": 1, "Suspended": 2, "Completed": 2, "Ended early": 1,
}  # fmt: skip


def holds(capsys: pytest.CaptureFixture[str]) -> bool:
    capsys.readouterr()
    call_command("verify_audit")
    return "All histories hold: 21 cases" in capsys.readouterr().out


def test_every_history_of_before_still_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert Counter(Case.objects.exclude(case_type="damage").values_list("state", flat=True)) == STATES
    assert holds(capsys)


def test_a_task_of_before_is_completed(capsys: pytest.CaptureFixture[str]) -> None:
    anna = User.objects.get(username="anna")
    waiting = HumanTask.objects.filter(name="Check and send the draft", state="open", assignee=None).first()
    assert waiting is not None
    task = task_for_user(anna, waiting.pk, "complete")
    outcome = task_complete(by=anna, task=task, answers={"verdict": "accept"})
    assert isinstance(outcome, Done) and outcome.ended
    assert Case.objects.get(instance=outcome.instance).state == "Completed"
    assert holds(capsys)


def test_a_case_suspended_before_is_resumed(capsys: pytest.CaptureFixture[str]) -> None:
    case = Case.objects.filter(state="Suspended", case_type="refund").get()
    outcome = case_change(by=User.objects.get(username="clara"), case=case, transition="resume", reason="It is clear")
    assert isinstance(outcome, Done)
    assert HumanTask.objects.filter(instance=case.instance_id, state="open").exists()
    assert holds(capsys)


@pytest.mark.parametrize("address", ["", "history/"])
def test_every_case_of_before_has_its_pages(address: str) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="axel"))
    for number in Case.objects.values_list("pk", flat=True):
        assert browser.get(f"/cases/{number}/{address}").status_code == 200
