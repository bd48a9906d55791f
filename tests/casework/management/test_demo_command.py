"""Does a fresh start have something of every case type that ships, and only once?"""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from casework.management.commands import deploy as command
from casework.models import Case, GroupRate
from orchestration.ground import clock
from orchestration.models import HumanTask, Incident
from orchestration.shell.verification import verify
from tests.load.scale import token_in
from tests.orchestration.machines import Machines, work_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ensure_actors", lambda folder: [])


def said() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_every_case_type_that_ships_has_its_cases_once() -> None:  # and one of each unit
    first = said()
    assert "82 sample cases are on their way" in first
    program = Client(headers={"Authorization": f"Bearer {token_in(first)}"})
    assert program.get("/api/cases/").status_code == 200, "as `make scale` takes it from what is printed"
    assert Counter(Case.objects.values_list("case_type", flat=True)) == {
        "complaint": 26, "contract": 6, "insurance-claim": 8, "kyc-review": 5, "loan": 8, "mailroom": 5,
        "payment-release": 5, "refund": 8, "retail-advice": 5,
        "supplier-invoice": 8,
    }  # fmt: skip
    assert "sample cases" not in said()
    assert Case.objects.count() == 82 + 2


def test_an_hour_of_each_group_that_works_cases_counts_as_something_until_somebody_sets_their_own() -> None:
    said()
    rates = dict(GroupRate.objects.values_list("group__name", "amount"))
    assert rates.keys() == {"Analysts", "Senior analysts", "Lawyers", "Cards team", "Payments team"}
    GroupRate.objects.filter(group__name="Lawyers").update(amount=1)
    said()
    assert GroupRate.objects.get(group__name="Lawyers").amount == 1


def test_the_sample_refunds_go_every_way_that_the_rules_know(machines: Machines) -> None:
    said()
    machines.say("refund_request", 0.9, "neutral")
    found = {}
    for case in Case.objects.filter(case_type="refund"):
        work_jobs(case.instance_id)
        found[case.reference] = (case.instance.tasks.get(state="open").name, Case.objects.get(pk=case.pk).state)
    assert Counter(name for name, _ in found.values()) == {
        "Approve the refund": 4, "Pay": 2, "Reverse the booking": 1, "Complete the request": 1,
    }  # fmt: skip
    assert found["REFUND-002"] == ("Pay", "Being paid")
    assert found["REFUND-005"] == ("Complete the request", "Pending review")


@pytest.mark.parametrize("intent", ["service_quality", "unrecognised_payment"])
def test_the_demo_has_something_odd_in_it_that_the_history_tells_as_it_was(machines: Machines, intent: str) -> None:
    """Whatever the models say, and to whichever team the rules send it then."""
    machines.say(intent, 0.9, "neutral")
    assert "a task that should have been done yesterday" in said()
    odd = {case.reference: case for case in Case.objects.filter(reference__startswith="ODD-")}
    assert HumanTask.objects.get(instance=odd["ODD-OVERDUE"].instance_id, state="open").due < clock.utc_now()
    assert odd["ODD-WAITS"].state == "Awaiting external data"
    assert Incident.objects.filter(instance=odd["ODD-TROUBLE"].instance_id, resolved=None).count() == 1
    assert all(verify(case.instance).ok for case in odd.values())
    assert "Out of the ordinary" not in said()
