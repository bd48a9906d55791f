"""Do two case types live beside each other: in the list, in what can be opened, by the API and from a file?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import Definition
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund_type(complaint: Definition) -> Definition:
    outcome = deploy(folder_files(CASE_TYPES / "refund"), Origin("system:test"))
    assert isinstance(outcome, Published)
    ensure_roles(outcome.case_type)
    return outcome.definition


@pytest.fixture
def anna(refund_type: Definition, people: dict[str, Any], client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def opened(kind: str, reference: str, **data: Any) -> Case:
    outcome = case_open(by=None, case_type=kind, reference=reference, source="test", data={"message": "Hello"} | data)
    assert isinstance(outcome, Opened), outcome
    return outcome.case


def test_the_list_shows_one_kind_or_all(anna: Client) -> None:
    opened("complaint", "C-1")
    opened("refund", "R-1")
    assert [row.reference for row in anna.get("/cases/").context["page"].rows] == ["R-1", "C-1"]
    page = anna.get("/cases/?kind=refund")
    assert [row.reference for row in page.context["page"].rows] == ["R-1"]
    assert 'value="refund" selected' in told(page)
    assert anna.get("/cases/?kind=nothing").context["page"].rows == ()


def test_both_kinds_can_be_opened_and_both_have_states_to_choose(anna: Client) -> None:
    page = told(anna.get("/cases/"))
    assert "New: Customer complaint" in page and "New: Refund" in page
    assert "Awaiting external data" in page and "Being paid" in page


def test_a_refund_is_opened_by_the_form_with_choices_and_numbers(anna: Client) -> None:
    assert '<option value="fee">A fee of ours</option>' in told(anna.get("/cases/new/refund/"))
    answer = anna.post("/cases/new/refund/", {"message": "You took it twice.", "about": "fee", "amount": "14,50",
                                              "reference": "F-1"}, follow=True)  # fmt: skip
    assert "The case is open." in told(answer)
    from orchestration.shell.selectors import data_of

    data = data_of(Case.objects.get(reference="F-1").instance)
    assert (data["amount"], data["about"]) == (14.5, "fee")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"amount": "much"}, "This should be a number without"),
        ({"amount": "1,450"}, "This should be a number without"),
        ({"about": "love"}, "one of: purchase, fee"),
        ({"customer.iban": "zz"}, "This does not have the form that belongs here: IBAN."),
    ],
)
def test_what_is_no_number_and_no_choice_is_said_at_its_field(anna: Client, given: dict[str, str], wrong: str) -> None:
    answer = anna.post("/cases/new/refund/", {"message": "Please", **given})
    assert answer.status_code == 400
    assert wrong in told(answer)
    assert not Case.objects.exists()


def test_the_api_takes_a_refund(refund_type: Definition, people: dict[str, Any]) -> None:
    program = Client()
    program.force_login(people["intake-bot"])
    body = {"case_type": "refund", "reference": "A-1", "data": {"message": "Please", "amount": 20}}
    answer = program.post("/api/cases/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["case_type"]) == (201, "refund")


def test_a_file_of_refunds_comes_in_each_row_once(refund_type: Definition, tmp_path: Path) -> None:
    sample = str(CASE_TYPES / "refund" / "samples" / "requests.csv")
    call_command("intake", "refund", sample)
    call_command("intake", "refund", sample)
    assert Case.objects.filter(case_type="refund").count() == 8
    bad = tmp_path / "bad.csv"
    bad.write_text("reference,message,amount\nB-1,Please,20\nB-2,Please,a lot\n")
    with pytest.raises(SystemExit):
        call_command("intake", "refund", str(bad))
    assert set(Case.objects.filter(reference__startswith="B-").values_list("reference", flat=True)) == {"B-1"}


def test_what_would_stand_in_a_field_is_told_as_what_stands_there(
    anna: Client, people: dict[str, Any], client: Client
) -> None:
    case = opened("refund", "R-1", amount=20)
    client.force_login(people["clara"])
    address = f"/cases/{case.pk}/edit/"
    stood = client.get(f"{address}?path=amount").context["stood"]
    sent = {"path": "amount", "amount": "900", "reason": "It was mistyped", "stood": stood}
    assert "900.00 EUR" in told(client.post(address, sent))
