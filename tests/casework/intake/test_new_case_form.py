"""Does the form for a new case ask in people's words, for what is needed first, and say at its field what is wrong?"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.shell.selectors import data_of
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> None:
    for key in ("kyc-review", "loan", "payment-release", "insurance-claim"):
        outcome = deploy(folder_files(CASE_TYPES / key), Origin("system:test"))
        assert isinstance(outcome, Published), outcome
        ensure_roles(outcome.case_type)


@pytest.fixture
def anna(people: dict[str, User]) -> Client:
    return client(people["anna"])


def asked(anna: Client, key: str) -> Any:
    return anna.get(f"/cases/new/{key}/").context["form"]


def sent(anna: Client, key: str, **answers: str) -> Any:
    return anna.post(f"/cases/new/{key}/", {"reference": "N-1", **answers}, follow=True)


def test_choices_are_asked_in_words_and_never_by_their_codes(anna: Client) -> None:
    page = told(anna.get("/cases/new/loan/"))
    assert '<option value="car-new">A new car</option>' in page
    assert '<option value="below-1">For less than a year</option>' in page
    assert "Paid-so-far" not in page and "Below-1" not in page


def test_every_choice_of_the_case_types_that_ship_has_words(anna: Client) -> None:
    for key in ("loan", "insurance-claim"):
        for field in asked(anna, key):
            for value, words in getattr(field.field.widget, "choices", ()):
                assert words.casefold() != value or "-" not in value, (key, field.name, value)


def test_what_is_yes_or_no_is_chosen_and_not_typed(anna: Client) -> None:
    assert asked(anna, "payment-release").fields["urgent"].widget.choices == [
        ("", "Choose"), ("true", "Yes"), ("false", "No"),
    ]  # fmt: skip
    sent(anna, "payment-release", **{"payee.name": "Hafen", "amount": "4200", "urgent": "true"})
    assert data_of(Case.objects.get(reference="N-1").instance)["urgent"] is True


def test_what_is_needed_stands_first_and_says_so(anna: Client) -> None:
    form = asked(anna, "payment-release")
    assert next(iter(form.fields)) == "amount"
    assert [name for name, field in form.fields.items() if getattr(field, "needed", False)] == ["amount", "payee.name"]
    assert "(needed)" in told(anna.get("/cases/new/payment-release/"))


def test_what_belongs_to_one_thing_stands_together_under_its_name(anna: Client) -> None:
    groups = {group.title: [field.name for field in group.fields] for group in asked(anna, "insurance-claim").groups()}
    assert groups["Customer"] == ["customer.name", "customer.email", "customer.iban"]
    assert groups["Claim"][0] == "claim.number"


def test_a_missing_object_is_said_at_the_first_question_about_it(anna: Client) -> None:
    page = sent(anna, "kyc-review", reason="Every two years")
    assert page.status_code == 400
    assert page.context["form"].errors["customer.name"] == ["This is missing."]
    assert not page.context["form"].non_field_errors()


def test_days_and_moments_are_picked_and_a_moment_is_one_of_the_office(anna: Client) -> None:
    form = asked(anna, "payment-release")
    assert form.fields["payee.since"].widget.input_type == "date"
    assert form.fields["received"].widget.input_type == "datetime-local"
    given = {"payee.name": "Hafen", "amount": "4200", "payee.since": "2019-04-01", "received": "2026-11-16T09:00"}
    sent(anna, "payment-release", **given)
    data = data_of(Case.objects.get(reference="N-1").instance)
    assert (data["payee"]["since"], data["received"]) == ("2019-04-01", "2026-11-16T09:00:00+00:00")


def test_a_page_of_the_case_says_the_words_too(anna: Client) -> None:
    sent(anna, "loan", message="A loan, please.", **{"application.history": "paid-so-far"})
    page = told(anna.get(f"/cases/{Case.objects.get(reference='N-1').pk}/data/"))
    assert "Paid as agreed so far" in page and "paid-so-far" not in page
