"""A motor claim from the report to the money, with a policy system and a payment system over real HTTP that fail."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.actors.bundled import ensure_reader
from casework.cases.services import case_verify
from casework.intake.samples import Brought, samples_open
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.actors.routing import Wish
from orchestration.casetypes.case_type import by_definition, current
from orchestration.models import HumanTask
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task
from tests.casework.casetypes.scored import finish, set_up
from tests.casework.documents.test_case_documents import added
from tests.casework.reading import told
from tests.casework.stand_ins import Demo, demo, store
from tests.orchestration.documents.papers import written_pdf
from tests.orchestration.jobs.test_handing_over import chosen_by
from tests.orchestration.machines import work_jobs

__all__ = ["demo", "store"]

pytestmark = pytest.mark.django_db
Opens = Callable[..., Case]

SMALL = {"number": "MC-1", "policy": "M-1001", "date": "2026-11-12", "kind": "parked-car", "collision": "rear",
         "severity": "minor", "contacted": "police", "hour": 14, "vehicles": 2, "witnesses": 2, "injured": 0,
         "police_report": "yes", "other_damage": "no", "amount": 1480}  # fmt: skip


@pytest.fixture
def claim(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """`claim(amount=9000)`: one that has come in, as far as rules and machines take it."""
    set_up("insurance-claim", demo, monkeypatch)

    def opened(**of: Any) -> Case:
        given = {"message": "Somebody hit my car.", "claim": SMALL | of,
                 "customer": {"name": "Elena Rossi", "iban": "DE89 3704 0044 0532 0130 00"}}  # fmt: skip
        found = case_open(by=None, case_type="insurance-claim", reference="C-1", source="test", data=given)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return opened


def data(case: Case) -> dict[str, Any]:
    return dict(data_of(case.instance))


def noted(demo: Demo, policy: str = "M-1001") -> list[tuple[str, float, str]]:
    return [(one["claim"], one["amount"], one["state"]) for one in demo.ask(f"/policies/{policy}")[1]["claims"]]


def entered(demo: Demo) -> list[tuple[str, float, str]]:
    """What stands in the ERP."""
    claims = demo.ask("/erp", Accept="application/json")[1]["claims"]
    return [(one["claim"], one["amount"], one["state"]) for one in claims]


def paid(demo: Demo) -> list[tuple[str, float]]:
    return [(one["order"], one["amount"]) for one in demo.ask("/payments")[1]["payments"]]


def test_a_small_claim_is_settled_at_once_and_all_systems_know(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    case = claim()
    assert case.closed
    assert data(case)["fraud"]["band"] == "low" and data(case)["triage"]["path"] == "fast"
    assert (noted(demo), paid(demo)) == ([("MC-1", 1180.0, "paid")], [("MC-1", 1180.0)])
    assert entered(demo) == [("MC-1", 1180.0, "paid")] and data(case)["entry"]["number"] == "C-000001"
    assert case_verify(by=people["axel"], case=case).ok


def test_an_adjuster_sees_the_reasons_and_what_is_assessed_is_noted_and_paid(
    claim: Opens, people: dict[str, User], demo: Demo, client: Client
) -> None:
    case = claim(amount=9000)
    client.force_login(people["anna"])
    page = client.get(f"/tasks/{open_task(case).pk}/").content.decode()
    for words in ("Probability that it is not what it says", "Police report", "Values stand here as they are now"):
        assert words in page
    case = finish(case, people["anna"], "Assess the claim", verdict="pay", assessment__amount="7000")
    assert case.closed
    assert (noted(demo), paid(demo)) == ([("MC-1", 6700.0, "paid")], [("MC-1", 6700.0)])
    assert entered(demo) == noted(demo)


def test_one_page_of_one_case_tells_what_every_system_had_to_do_with_the_claim(
    claim: Opens, people: dict[str, User], demo: Demo, client: Client
) -> None:
    """Policy, customer, document, ERP and payment; and what the customer's record has stands in the case, no more."""
    ensure_reader()
    case = claim(amount=9000)
    added(people["anna"], case, written_pdf("CAR BODY LTD", "Date: 20.11.2026", "Total EUR 9,000.00"), "b.pdf")
    work_jobs(case.instance_id)
    case = finish(case, people["anna"], "Assess the claim", verdict="pay", assessment__amount="9000")
    assert case.closed and Case.objects.count() == 1
    assert data(case)["account"] == {
        "since": 2015, "standing": "Gold", "email": "elena.rossi@example.net", "phone": "+49 30 5550 0000",
    }  # fmt: skip
    client.force_login(people["clara"])
    page = unescape(told(client.get(f"/cases/{case.pk}/")))
    for step in ("Read the policy", "Read the customer's record", "Read the document", "Inside: Settle",
                 "Enter the amount in the ERP", "Pay the claim"):  # fmt: skip
        assert step in page, step
    copies = client.get(f"/api/cases/{case.pk}/copies/").json()
    assert {one["system"] for one in copies["owners"]} == {"Policy system", "Salesforce"}


def test_where_nobody_understands_the_customers_system_the_claim_goes_on_without_their_record(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    demo.fault("customers", "wrong")
    case = claim()
    assert case.closed and "account" not in data(case) and paid(demo) == [("MC-1", 1180.0)]


def test_a_repair_bill_is_read_and_rules_say_over_the_form_that_it_asks_for_more_than_is_claimed(
    claim: Opens, people: dict[str, User], demo: Demo, client: Client
) -> None:
    ensure_reader()
    case = claim(amount=9000)
    document = added(
        people["anna"], case, written_pdf("CAR BODY LTD", "Date: 20.11.2026", "Total EUR 12,400.00"), "b.pdf"
    )
    work_jobs(case.instance_id)
    told = data(Case.objects.get(pk=case.pk))
    assert (told["bill"]["total"], told["bill"]["company"], told["bill"]["document"]) == (
        12400,
        "CAR BODY LTD",
        document.pk,
    )
    assert told["billed"]["path"] == "more" and document.read_fields.get(name="total").box
    client.force_login(people["anna"])
    page = client.get(f"/tasks/{open_task(case).pk}/").content.decode()
    assert "The bill is more than 10 % above what is claimed." in page
    case = finish(
        case, people["anna"], "Assess the claim", verdict="pay", bill__total="12100", assessment__amount="9000"
    )
    assert case.closed and data(case)["bill"]["total"] == 12100 and paid(demo) == [("MC-1", 8700.0)]
    assert case_verify(by=people["axel"], case=case).ok


def test_a_payment_whose_answer_is_lost_is_tried_again_by_a_person_and_made_once(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    demo.fault("payments", "wrong")  # it pays, and answers something that nobody understands
    case = claim()
    assert (case.state, open_task(case).name) == ("Being paid", "Rescue the payment")
    assert noted(demo) == [("MC-1", 1180.0, "reserved")]
    demo.fault("payments", "none")
    case = finish(case, people["emil"], "Rescue the payment", payment__outcome="again")
    assert case.closed and data(case)["payment"]["reference"] == "P-000001"
    assert (noted(demo), paid(demo)) == ([("MC-1", 1180.0, "paid")], [("MC-1", 1180.0)])


def test_an_amount_that_is_changed_in_the_recovery_goes_through_all_systems(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    demo.fault("payments", "down")
    case = claim()
    assert entered(demo) == noted(demo) == [("MC-1", 1180.0, "reserved")]
    demo.fault("payments", "none")
    case = finish(case, people["emil"], "Rescue the payment", payment__outcome="changed", assessment__amount="1300")
    assert case.closed
    assert (noted(demo), paid(demo)) == ([("MC-1", 1000.0, "paid")], [("MC-1", 1000.0)])
    assert entered(demo) == noted(demo)


def test_an_erp_that_nobody_understands_holds_the_payment_up_until_a_person_has_looked(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    demo.fault("erp", "wrong")
    case = claim()
    assert (case.state, open_task(case).name, paid(demo)) == ("Being paid", "Enter the amount in the ERP by hand", [])
    demo.fault("erp", "none")
    case = finish(case, people["emil"], "Enter the amount in the ERP by hand", entered="again")
    assert case.closed and entered(demo) == [("MC-1", 1180.0, "paid")] and paid(demo) == [("MC-1", 1180.0)]


def test_an_amount_cannot_be_changed_behind_a_payment_that_was_made(
    claim: Opens, people: dict[str, User], demo: Demo
) -> None:
    demo.fault("payments", "wrong")
    case = claim()
    demo.fault("payments", "none")
    case = finish(case, people["emil"], "Rescue the payment", payment__outcome="changed", assessment__amount="1300")
    assert open_task(case).name == "Rescue the payment" and paid(demo) == [("MC-1", 1180.0)]
    assert not case.closed


def test_the_samples_go_every_way(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up("insurance-claim", demo, monkeypatch)
    brought = samples_open(by=None, case_type=by_definition(current("insurance-claim").pk), seconds=60)
    assert isinstance(brought, Brought) and (brought.new, brought.bad) == (8, [])
    for case in Case.objects.filter(case_type="insurance-claim"):
        work_jobs(case.instance_id)
    waits = {task.instance.case.reference: task.name for task in HumanTask.objects.filter(state="open")}
    assert waits == {
        "CLAIM-002": "Assess the claim", "CLAIM-003": "Assess the claim", "CLAIM-008": "Assess the claim",
        "CLAIM-004": "Confirm that it is not covered", "CLAIM-005": "Confirm that it is not covered",
        "CLAIM-006": "Find the policy", "CLAIM-007": "Complete the claim",
    }  # fmt: skip
    assert Case.objects.get(reference="CLAIM-001").closed and paid(demo) == [("MC-24001", 1180.0)]


def test_who_does_a_machine_s_work_reads_what_it_was_given_and_no_less_of_the_case(
    claim: Opens, people: dict[str, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen_by(monkeypatch, Wish("person"))
    case = claim()
    client.force_login(people["clara"])
    task = open_task(case)
    given = told(client.get(f"/tasks/{task.pk}/")).partition("What the machine was given")[2]
    assert (task.name, "M-1001" in given.partition("Your answer")[0]) == ("Read the policy", True)
    assert client.get(f"/api/tasks/{task.pk}/").json()["data"] == client.get(f"/api/cases/{case.pk}/").json()["data"]
