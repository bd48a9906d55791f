"""What a case type calls its key facts stands over every form and on the case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.actors.bundled import CASE_TYPES
from casework.cases.read.key_facts import labels_of
from casework.models import Case
from orchestration.casetypes.case_type import Faulty, checked, folder_files
from tests.casework.actions import open_task
from tests.casework.casetypes.test_refund_story import finish, refund

__all__ = ["refund"]
pytestmark = pytest.mark.django_db

Opens = Callable[..., Case]


def strip(client: Client, address: str) -> dict[str, str]:
    """The key facts of a page as a person reads them."""
    found = re.search(r'<dl class="facts key-facts">(.*?)</dl>', client.get(address).content.decode(), re.DOTALL)
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", found[1] if found else "", re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for label, value in pairs}


def test_who_approves_sees_amount_currency_and_what_it_is_about(
    refund: Opens, people: dict[str, User], client: Client
) -> None:
    case = refund(amount=18.4)
    client.force_login(people["anna"])
    for address in (f"/tasks/{open_task(case).pk}/", f"/cases/{case.pk}/"):
        facts = strip(client, address)
        assert (facts["Amount"], facts["About"], facts["Refunds within a year"]) == ("18.40 EUR", "A purchase", "0")


def test_who_pays_sees_that_the_account_is_masked(refund: Opens, people: dict[str, User], client: Client) -> None:
    case = finish(refund(), people["anna"], "Approve the refund", verdict="approve")
    client.force_login(people["emil"])
    facts = strip(client, f"/tasks/{open_task(case).pk}/")
    assert facts["Amount"] == "80.00 EUR"
    assert facts["IBAN"].endswith("masked")
    assert "DE89 3704" not in facts["IBAN"]


def test_what_is_not_known_is_left_out(analysed: Opens, people: dict[str, User], client: Client) -> None:
    case = analysed(intent="fees_and_charges")
    client.force_login(people["clara"])
    facts = strip(client, f"/tasks/{open_task(case).pk}/")
    assert facts["Customer"] == "Maria Sandoval"
    assert "Fees and charges" in facts.values()
    assert "Received" not in facts


def test_a_label_repeats_no_more_of_the_thing_than_tells_two_of_them_apart() -> None:
    titles = {
        "/invoice": "Invoice", "/invoice/supplier": "Supplier", "/customer": "Customer", "/customer/name": "Name",
        "/amount": "Amount", "/goodwill": "Goodwill credit", "/goodwill/amount": "Amount",
    }  # fmt: skip
    assert labels_of(["invoice.supplier", "customer.name", "amount", "goodwill.amount"], titles) == {
        "invoice.supplier": "Supplier", "customer.name": "Customer", "amount": "Amount",
        "goodwill.amount": "Goodwill credit: Amount",
    }  # fmt: skip


def test_a_key_fact_has_to_have_a_place_in_the_data() -> None:
    files = folder_files(CASE_TYPES / "refund")
    files["manifest.yaml"] = files["manifest.yaml"].replace("key-facts: [amount,", "key-facts: [amuont,")
    with pytest.raises(Faulty, match="key-facts: the schema has no place 'amuont'"):
        checked(files, datetime(2026, 11, 28, tzinfo=UTC))
