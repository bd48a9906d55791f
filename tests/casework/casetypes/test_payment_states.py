"""What an approval is in, besides signed: given by who acts for another, escalated, expired, withdrawn."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.cases.services import case_verify
from casework.deadlines.models import WorkingCalendar
from casework.models import Case
from casework.tasks.delegating import delegation_begin
from orchestration.engine.commands import FireTimer
from orchestration.ground.clock import behind, utc_now
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Timer
from orchestration.shell import services
from tests.casework.browsing import client
from tests.casework.casetypes.test_payment_release_story import (
    RELEASE,
    Asks,
    People,
    asks,
    finish,
    jobs,
    justified,
    seen,
)
from tests.casework.reading import told

__all__ = ["asks"]
pytestmark = pytest.mark.django_db


def page(case: Case, who: User) -> str:
    return told(client(who).get(f"/cases/{case.pk}/"))


def fires(case: Case, node: str) -> None:
    """The time of this timer comes."""
    timer = Timer.objects.get(instance=case.instance_id, node=node)
    with behind(utc_now() - timer.due - timedelta(seconds=1)):
        outcome = services.send(case.instance_id, FireTimer(timer.timer), Origin("system:clock"))
    assert not isinstance(outcome, Refused), outcome


def test_who_acts_for_another_signs_in_both_names(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    seen(people["ben"], task)
    people["emil"].groups.add(*people["ben"].groups.all())
    start = utc_now()
    delegation_begin(
        by=people["ben"], to="emil", case_types=["payment-release"], begins=start, until=start + timedelta(days=1),
        reason="At the sea",
    )  # fmt: skip
    shown = client(people["emil"]).get(f"/tasks/{task.pk}/").content.decode()
    found = re.search(r'name="seen" value="([^"]*)"', shown)
    assert found is not None
    assert finish(people["emil"], task, **RELEASE, seen=html.unescape(found[1])).status_code == 302
    assert len(jobs(case)) == 1
    names = [people[name].get_full_name() for name in ("emil", "ben")]
    assert f"by {names[0]} for {names[1]}, who let them act" in page(case, people["clara"])
    assert case_verify(by=people["axel"], case=case).ok


def test_what_nobody_approves_is_escalated_by_the_office_calendar_then_expires(people: People, asks: Asks) -> None:
    case = asks()
    justified(people["anna"], case)
    office = WorkingCalendar.objects.get(key="office")
    timer = Timer.objects.get(instance=case.instance_id, node="waits_long_1")
    local = timer.due.astimezone(ZoneInfo(office.zone))
    assert local.weekday() < 5 and [local.hour * 60 + local.minute] == [office.hours[local.weekday()][-1][1]]
    fires(case, "waits_long_1")
    tasks = HumanTask.objects.filter(instance=case.instance_id, state="open").order_by("pk")
    assert [task.name for task in tasks] == ["Approve the payment", "Find out why nobody has approved"]
    assert "escalated" in page(case, people["clara"])
    fires(case, "expired")
    assert "expired" in page(case, people["clara"]) and "escalated" not in page(case, people["clara"])
    assert not jobs(case) and case_verify(by=people["axel"], case=case).ok


def test_approvals_that_nobody_needs_any_more_are_withdrawn(people: People, asks: Asks) -> None:
    case = asks(amount=20_000, urgent=True)
    first = HumanTask.objects.get(instance=case.instance_id, state="open")
    finish(people["anna"], first, justification="The freight of November has arrived.", evidence="INV-7")
    task = HumanTask.objects.filter(instance=case.instance_id, state="open").get(candidates__group__name="Analysts")
    sent = {"approval.verdict": "stop", "approval.reason": "The sum is wrong."}
    assert finish(people["ben"], task, **sent, seen=seen(people["ben"], task)).status_code == 302
    assert "withdrawn" in page(case, people["clara"]) and "expired" not in page(case, people["clara"])


def test_an_account_that_changes_behind_its_mask_is_asked_again(people: People, asks: Asks) -> None:
    """Two accounts of which the approver sees the same."""
    from orchestration.engine.commands import SetVariables
    from orchestration.shell.selectors import data_of

    case = asks()
    task = justified(people["anna"], case)
    carried = seen(people["ben"], task)
    payee = data_of(task.instance)["payee"] | {"iban": "DE75 5121 0800 1245 9961 99"}
    services.send(case.instance_id, SetVariables({"payee": payee}), Origin("system:test"))
    answer = finish(people["ben"], task, **RELEASE, seen=carried)
    assert answer.status_code == 409 and "Account" in told(answer) and not jobs(case)
