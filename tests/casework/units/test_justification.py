"""A unit asks for a justification that the rules do not ask for: refused where it is less, asked in its cases alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent, StandingChain
from audit.services import Origin
from casework.access import units
from casework.access.unit_models import BusinessUnit
from casework.access.units_verification import units_apart
from casework.people.sight import Changed
from casework.people.unit_policies import policy_set
from casework.tasks.services import task_complete
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from orchestration.shell.verification.control import read_standing
from tests.casework.reading import told
from tests.casework.units.payments import approving, north_with_payments

pytestmark = pytest.mark.django_db
BY = Origin("system:test")
ANSWER = "payment-release: approval.reason"
UNSEEN = (
    ({"approval.reason": f"short{' ' * 90}enough"}, "At least 60"),
    ({"approval.reason": "\u200b" * 90 + "x"}, "At least 60"),
    ({"approval.reason": "\u2800" * 90}, "Please answer this."),
)
"""Nobody reads a reason in them."""
Says = Callable[..., Changed | Refused]


@pytest.fixture
def north(people: dict[str, User]) -> BusinessUnit:
    return north_with_payments()


@pytest.fixture
def says(people: dict[str, User], north: BusinessUnit) -> Says:
    def said(value: str, subject: str = ANSWER, unit: BusinessUnit = north) -> Changed | Refused:
        rule = {"kind": "justification", "subject": subject, "value": value}
        return policy_set(by=people["ada"], unit=unit, reason="We are careful here", **rule)

    return said


def test_fewer_letters_than_the_forms_ask_for_are_refused_and_recorded(says: Says, north: BusinessUnit) -> None:
    looser = says("10", "payment-release: justification")
    assert isinstance(looser, Refused) and "forms of Payment release" in looser.message and "20" in looser.message
    assert AuditEvent.objects.filter(chain=StandingChain.CONTROL, action="unit.refused").count() == 1
    for subject, value in (
        (ANSWER, "0"), (ANSWER, "-4"), (ANSWER, "many"), (ANSWER, "99999"), ("payment-release: approval.verdict", "5"),
        ("payment-release: amount", "5"), ("nothing: reason", "5"), ("payment-release", "5"),
        ("payment-release: justification", "1001"), ("payment-release: evidence", "4"),  # a reference, and no words
    ):  # fmt: skip
        refused = says(value, subject)
        assert isinstance(refused, Refused) and refused.errors, (subject, value)
    assert says("60") == Changed(True)
    below = units.unit_make(key="branch", name="Branch", parent=north, origin=BY)
    assert isinstance(says("59", unit=below), Refused)
    assert says("80", unit=below) == Changed(True)
    north.refresh_from_db()
    assert north.policy == {"justification": {ANSWER: 60}}
    assert not list(units_apart(read_standing(StandingChain.CONTROL)[1]))


def test_a_rule_from_before_for_what_is_written_in_no_words_asks_nothing_and_can_be_taken_back(
    says: Says, north: BusinessUnit, people: dict[str, User]
) -> None:
    reference = "payment-release: payment.reference"
    units.policy_keep(unit=north, kind="justification", subject=reference, value=50, origin=BY)
    assert isinstance(says("60", reference), Refused)
    assert says("", reference) == Changed(True)
    north.refresh_from_db()
    assert north.policy == {}


def test_who_approves_in_the_unit_says_why_and_elsewhere_only_where_the_form_asks(
    says: Says, people: dict[str, User], client: Client
) -> None:
    before, outside = approving("north"), approving("")
    assert says("60") == Changed(True)
    client.force_login(people["anna"])
    for task in (before, outside):
        client.post(f"/tasks/{task.pk}/claim/")
    asked = "North asks for it, with at least 60 characters."
    page, other = (told(client.get(f"/tasks/{task.pk}/")) for task in (before, outside))
    assert asked in page and asked not in other
    api = client.get(f"/api/tasks/{before.pk}/", headers={"accept": "application/json"}).json()
    question = next(one for one in api["form"] if one["path"] == "approval.reason")
    assert (question["required"], question["least"], question["asked_when"]) == (True, 60, {})
    for given, why in (({}, "Please answer this."), *UNSEEN):
        refused = _approve(people["anna"], before, **given)
        assert isinstance(refused, Refused) and why in refused.errors["approval.reason"]
    assert HumanTask.objects.get(pk=before.pk).state == "open"
    assert isinstance(_approve(people["anna"], before, **{"approval.reason": "The order says so. " * 4}), Done)
    assert isinstance(_approve(people["anna"], outside), Done)


def _approve(by: User, task: HumanTask, **more: Any) -> Done | Refused:
    client = Client()
    client.force_login(by)
    seen = client.get(f"/tasks/{task.pk}/").context["page"].signature
    found = HumanTask.objects.select_related("instance__case__unit", "assignee").get(pk=task.pk)
    return task_complete(by=by, task=found, answers={"approval.verdict": "release", **more}, seen_as=seen)
