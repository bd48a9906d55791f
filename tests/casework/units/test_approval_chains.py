"""A unit asks for more approvals than the rules do: refused where it is less, done in its cases, recorded."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent, StandingChain
from audit.services import Origin
from casework.access.unit_models import BusinessUnit
from casework.access.units_verification import units_apart
from casework.actors.bundled import CASE_TYPES
from casework.cases.verification import verify
from casework.models import Case
from casework.people.sight import Changed
from casework.people.unit_policies import policy_set
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.selectors import data_of
from orchestration.shell.verification.control import read_standing
from tests.casework.reading import told
from tests.casework.units.payments import complete, north_with_payments, payment

pytestmark = pytest.mark.django_db
BY = Origin("system:test")


@pytest.fixture
def north(people: dict[str, User]) -> BusinessUnit:
    return north_with_payments()


@pytest.fixture
def says(people: dict[str, User], north: BusinessUnit) -> Callable[..., Changed | Refused]:
    def said(group: str, value: str) -> Changed | Refused:
        subject = f"payment-release: {group}"
        return policy_set(
            by=people["ada"], unit=north, kind="approval", subject=subject, value=value, reason="We are careful here"
        )

    return said


def chain(case: Case) -> list[str]:
    return [level["group"] for level in data_of(case.instance)["chain"]]


def test_what_is_looser_than_the_rules_is_refused_by_the_rule_and_recorded(
    says: Callable[..., Changed | Refused], north: BusinessUnit
) -> None:
    for group, value, named in (
        ("Senior analysts", "20000", "rule “second”"), ("Payments team", "100001", "rule “third”"),
        ("Analysts", "1", "rule “first”"),
    ):  # fmt: skip
        outcome = says(group, value)
        assert isinstance(outcome, Refused) and "Approval chain" in outcome.message and named in outcome.message
    refused = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action="unit.refused")
    assert refused.count() == 3
    for group, value in (("Nobody", "5"), ("Senior analysts", "a lot"), ("Senior analysts", "-1"), ("Seniors", "nan")):
        assert isinstance(says(group, value), Refused), (group, value)
    assert refused.count() == 3  # what is no rule is no attempt at a looser one
    assert says("Senior analysts", "5000") == Changed(True)
    assert says("Auditors", "0") == Changed(True)  # a group that the rules ask never
    north.refresh_from_db()
    assert north.policy["approval"] == {"payment-release: Senior analysts": 5000, "payment-release: Auditors": 0}
    assert not list(units_apart(read_standing(StandingChain.CONTROL)[1]))


def test_of_cases_that_have_no_amount_only_each_is_asked_for(people: dict[str, User], north: BusinessUnit) -> None:
    outcome = deploy(folder_files(CASE_TYPES / "kyc-review"), BY)
    assert isinstance(outcome, Published), outcome
    rule = {"kind": "approval", "subject": "kyc-review: Payments team", "reason": "We are careful here"}
    refused = policy_set(by=people["ada"], unit=north, value="5000", **rule)
    assert isinstance(refused, Refused) and "have no amount" in refused.errors["value"]
    assert policy_set(by=people["ada"], unit=north, value="0", **rule) == Changed(True)


def test_the_chain_of_a_case_is_the_rules_and_what_its_unit_asks_for(
    says: Callable[..., Changed | Refused], people: dict[str, User], client: Client
) -> None:
    before = payment("north")
    assert says("Senior analysts", "5000") == Changed(True)
    inside, outside, small = payment("north"), payment(""), payment("north", amount=4000)
    assert chain(before) == ["Analysts"]  # what is chosen already keeps its rules
    assert chain(inside) == ["Analysts", "Senior analysts"]
    assert (chain(outside), chain(small)) == (["Analysts"], ["Analysts"])
    words = "The business unit asks for more than “Approval chain” does: approval by Senior analysts from 5,000"
    client.force_login(people["axel"])
    assert words in html.unescape(told(client.get(f"/cases/{inside.pk}/history/")))
    assert words not in html.unescape(told(client.get(f"/cases/{outside.pk}/history/")))
    for case in (before, inside):
        assert verify(Case.objects.get(pk=case.pk).instance).ok
    complete(inside, {"approval": {"verdict": "release"}})
    complete(before, {"approval": {"verdict": "release"}})
    open_tasks = HumanTask.objects.filter(state="open").values_list("instance", "name")
    assert (inside.instance_id, "Approve the payment") in set(open_tasks)
    assert before.instance_id not in {instance for instance, _ in open_tasks}  # it is being paid


def test_two_of_three_are_not_enough_where_a_unit_asks_for_a_third(says: Callable[..., Changed | Refused]) -> None:
    """The rules let an urgent payment with three levels go with two of them: a level that is added never replaces one
    of these."""
    assert says("Auditors", "10000") == Changed(True)
    case = payment("north", amount=20_000, urgent=True)
    assert chain(case) == ["Analysts", "Senior analysts", "Auditors"]
    assert data_of(case.instance)["way"] == {"order": "side by side", "needed": 3}
    assert data_of(payment("", amount=180_000, urgent=True).instance)["way"]["needed"] == 2
