"""What do the tests of deep cases start from? Claims of the case type in `damage/`, and ways to bring them further."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.cases.read.case_page import CasePage, case_page
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from tests.orchestration.machines import Machines, work_jobs

DAMAGE = Path(__file__).parent / "damage"
ANSWERS = {"look": {"verdict": "broken"}, "pack": {"parcel.number": "P-1"}}
"""What a person says to each form."""


@pytest.fixture
def claim(people: dict[str, User], machines: Machines) -> Callable[..., Case]:
    """Bring a claim in, with its machine work done: `claim(amount=..., unclear=False)`."""
    outcome = deploy(folder_files(DAMAGE), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    count = 0

    def brought(amount: float = 500, unclear: bool = False, worked: bool = True) -> Case:
        nonlocal count
        count += 1
        machines.say("service_quality", 0.4 if unclear else 0.9, "neutral")
        data = {"message": "It arrived broken.", "amount": amount}
        opened = case_open(by=None, case_type="damage", reference=f"D-{count}", source="test", data=data)
        assert isinstance(opened, Opened), opened
        if worked:
            work_jobs(opened.case.instance_id)
        return opened.case

    return brought


def finish(case: Case, name: str, by: User, **answers: Any) -> Done:
    """Finish the open task of this name."""
    task = HumanTask.objects.get(instance=case.instance_id, name=name, state="open")
    outcome = task_complete(by=by, task=task, answers=answers or ANSWERS.get(task.form, {}))
    assert isinstance(outcome, Done), outcome
    return outcome


def in_repair(case: Case, by: User) -> Case:
    """Assessed: what is broken is sent back, and the shop is checked."""
    finish(case, "Look at it", by)
    return case


def with_carrier(case: Case, by: User) -> Case:
    """Packed: three parts deep, the carrier is to be booked by a machine."""
    finish(in_repair(case, by), "Pack it", by)
    return case


def page_of(case: Case, by: User, **more: Any) -> CasePage:
    """The page as this person sees it now."""
    fresh = Case.objects.select_related("instance__definition").get(pk=case.pk)
    return case_page(user=User.objects.get(pk=by.pk), case=fresh, now=timezone.now(), **more)
