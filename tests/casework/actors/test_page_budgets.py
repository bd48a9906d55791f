"""Can administrators set what machines may cost, and are they warned?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from audit.services import Origin
from orchestration.actors.budgets import budget_set
from orchestration.actors.registry import card_change
from orchestration.models import Budget, Spending
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

TEST = Origin("system:test")
FORM = {"scope": "case-type:complaint", "amount": "12,50", "currency": "eur", "warn_at": "60", "beyond": "cheaper"}


@pytest.fixture
def ada(people, client, machines):
    client.force_login(people["ada"])
    card_change("intent", {"price": {"amount": "0.5", "currency": "EUR", "per": "call"}}, TEST)
    return client


def test_a_budget_is_set_changed_and_removed(ada):
    assert ada.post("/ledger/budgets/", FORM).status_code == 302
    row = Budget.objects.get()
    assert (row.amount, row.currency, row.warn_at, row.beyond) == (Decimal("12.50"), "EUR", 60, "cheaper")
    assert "12.50" in ada.get("/ledger/budgets/?scope=case-type:complaint").content.decode()
    ada.post("/ledger/budgets/", FORM | {"amount": "20"})
    assert Budget.objects.get().amount == 20
    ada.post("/ledger/budgets/", {"remove": "case-type:complaint"})
    assert not Budget.objects.exists()
    told = ada.get("/changes/").content.decode()
    assert "let case-type:complaint cost 20.00 EUR a month" in told and "took away the budget" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scope": "actor:sentiment"}, "has no price"),
        ({"scope": "actor:intent", "currency": "USD"}, "Its price is in EUR"),
        ({"scope": "nothing"}, "Choose an actor or a case type"),
        ({"amount": "-3"}, "Write an amount like"),
        ({"warn_at": "0"}, "from 1 to 100"),
        ({"beyond": "bankruptcy"}, "Choose what holds"),
    ],
)
def test_what_cannot_be_a_budget_is_told_beside_its_field_and_changes_nothing(ada, change, words):
    answer = ada.post("/ledger/budgets/", FORM | change)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not Budget.objects.exists()


def test_budgets_are_for_administrators_to_set_and_for_auditors_to_see(people, client):
    client.force_login(people["axel"])
    assert client.get("/ledger/budgets/").status_code == 200
    assert client.post("/ledger/budgets/", FORM).status_code == 403
    client.force_login(people["anna"])
    assert client.get("/ledger/budgets/").status_code == 403


def test_administrators_are_warned_on_their_pages_when_so_much_of_a_budget_is_used(people, ada, open_case):
    budget_set("case-type:complaint", Decimal(1), "EUR", TEST, warn_at=50)
    assert "for this month is" not in ada.get("/actors/").content.decode()
    work_jobs(open_case().instance_id)
    assert Spending.objects.get().spent == Decimal("0.5")
    assert "budget of the case type complaint for this month is used to 50.0 %" in " ".join(
        ada.get("/actors/").content.decode().split()
    )
    work_jobs(open_case().instance_id)
    assert "is used up" in " ".join(ada.get("/changes/").content.decode().split())
    ada.force_login(people["anna"])
    assert "for this month is" not in ada.get("/").content.decode()
