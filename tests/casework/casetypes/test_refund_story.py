"""The refund from intake to the money, through the whole shell: rules, machine, people, called processes, history."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import timeline
from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases.editing import field_edit, standing
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.runtime.stand_ins.place import DISTURBED, STAND_IN
from casework.tasks.services import task_complete
from orchestration.actors import disturbed
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import ActorCall, HumanTask, Incident, Job
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from tests.casework.actions import open_task
from tests.casework.claims import page_of
from tests.orchestration.machines import Machines, work_jobs

pytestmark = pytest.mark.django_db

WHOLE = {"message": "The lamp broke.", "about": "purchase", "amount": 80, "earlier_refunds": 0,
         "purchase": {"receipt": "R-1"},
         "customer": {"name": "Elena Rossi", "iban": "DE89 3704 0044 0532 0130 00"}}  # fmt: skip
Opens = Callable[..., Case]
FAULTS = "/actors/demo-faults/"


@pytest.fixture
def refund(people: dict[str, User], machines: Machines) -> Opens:
    """`refund(amount=9)`: one that has come in, with the machine's work done."""
    outcome = deploy(folder_files(CASE_TYPES / "refund"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    machines.say("refund_request", 0.9, "neutral")

    def opened(**data: Any) -> Case:
        given = {name: value for name, value in (WHOLE | data).items() if value is not None}
        reference = f"R-{Case.objects.count()}"
        found = case_open(by=None, case_type="refund", reference=reference, source="test", data=given)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return opened


def finish(case: Case, who: User, name: str, **answers: Any) -> Case:
    task = open_task(case)
    assert task.name == name
    outcome = task_complete(
        by=who, task=task, answers={path.replace("__", "."): value for path, value in answers.items()}
    )
    assert isinstance(outcome, Done), outcome
    work_jobs(case.instance_id)
    return Case.objects.get(pk=case.pk)


def test_a_stage_that_the_way_has_passed_by_is_not_needed_while_a_later_one_is_at_work(
    refund: Opens, people: dict[str, User]
) -> None:
    case = refund(amount=9)
    assert case.state == "Being paid"
    bar = [(stage.name, stage.status) for stage in page_of(case, people["anna"]).stages]
    assert bar == [("Understand", "done"), ("Decide", "left out"), ("Pay the refund", "active")]
    whole = page_of(refund(), people["anna"])
    assert [stage.status for stage in whole.stages] == ["done", "active", "ahead"]


def test_it_is_approved_by_one_paid_by_another_and_the_history_holds(refund: Opens, people: dict[str, User]) -> None:
    case = refund()
    assert case.state == "Pending review"
    case = finish(case, people["anna"], "Approve the refund", verdict="approve")
    client = Client()
    client.force_login(people["anna"])
    history = client.get(f"/cases/{case.pk}/history/?show=all").content.decode()
    assert "finished “Approve the refund”" in history
    assert "Approve the refund too" not in history  # nobody was asked to
    assert case.state == "Being paid"
    case = finish(case, people["emil"], "Pay", payment__outcome="paid", payment__reference="SEPA-1")
    assert (case.state, case.closed) == ("Completed", True)
    assert data_of(case.instance)["payment"] == {"outcome": "paid", "reference": "SEPA-1"}
    assert case_verify(by=people["axel"], case=case).ok


def test_no_page_says_that_somebody_gave_a_further_approval_that_was_not_asked_for(
    refund: Opens, people: dict[str, User], client: Client
) -> None:
    case = finish(refund(), people["anna"], "Approve the refund", verdict="approve")
    client.force_login(people["clara"])
    told = client.get(f"/cases/{case.pk}/history/").text
    assert "Approve the refund" in told and "Approve the refund too" not in told
    strip, *_ = page_of(case, people["clara"]).strips
    assert {step.name: step.status for step in strip.steps}["Approve the refund too"] == "left out"


def test_an_amount_that_was_raised_since_is_approved_anew(refund: Opens, people: dict[str, User]) -> None:
    case = refund(amount=80)
    raised = field_edit(
        by=people["clara"], case=case, path="amount", value=2000, stood=standing(data_of(case.instance), "amount"),
        reason="It was more.",
    )  # fmt: skip
    assert isinstance(raised, Done), raised
    finish(case, people["anna"], "Approve the refund", verdict="approve")
    assert data_of(Case.objects.get(pk=case.pk).instance)["approval"]["group"] == "Senior analysts"
    assert finish(case, people["clara"], "Approve the refund", verdict="approve").state == "Being paid"
    assert case_verify(by=people["axel"], case=case).ok


def test_what_is_missing_is_asked_of_a_person_who_types_a_number(refund: Opens, people: dict[str, User]) -> None:
    case = refund(amount=None, customer={"name": "Elena Rossi"})
    assert open_task(case).name == "Complete the request"
    case = finish(case, people["ben"], "Complete the request", amount="9,90", customer__iban="DE89370400440532013000")
    assert data_of(case.instance)["amount"] == 9.9
    assert data_of(case.instance)["customer"] == {"name": "Elena Rossi", "iban": "DE89370400440532013000"}
    assert (case.state, open_task(case).name) == ("Being paid", "Pay")


def test_a_machine_that_fails_for_good_leads_to_a_person_and_to_no_incident(
    refund: Opens, people: dict[str, User], machines: Machines
) -> None:
    machines.fail("sentiment", temporary=False)
    case = refund()
    assert open_task(case).name == "Judge the tone"
    assert not Incident.objects.filter(instance=case.instance_id).exists()
    (call,) = ActorCall.objects.filter(instance=case.instance_id, capability="sentiment")
    assert call.outcome == "failed"
    failures = timeline(case.instance_id, action="engine.JobFailed")
    assert {entry.detail["code"] for entry in failures} == {"actor-failed"}
    case = finish(case, people["anna"], "Judge the tone", sentiment__label="negative")
    assert data_of(case.instance)["approval"]["why"] == "The customer is upset: a person decides."
    assert case_verify(by=people["axel"], case=case).ok


@pytest.fixture
def ada(people: dict[str, User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An administrator of a demo, whose stand-ins do not answer."""
    monkeypatch.setenv(STAND_IN, "http://stand-in.localhost:1")
    monkeypatch.setenv(DISTURBED, str(tmp_path / "disturbed.json"))
    browser = Client()
    browser.force_login(people["ada"])
    return browser


def test_a_tone_model_that_the_page_of_faults_makes_wrong_leads_to_a_person_until_it_is_well_again(
    refund: Opens, ada: Client
) -> None:
    told = ada.post(FAULTS, {"system": "sentiment", "fault": "wrong", "lasts": "300"})
    assert told.status_code == 302
    case = refund()
    assert open_task(case).name == "Judge the tone"
    (call,) = ActorCall.objects.filter(instance=case.instance_id, capability="sentiment")
    assert call.verdicts is not None and [one["guardrail"] for one in call.verdicts if one["outcome"] == "block"] == [
        "schema"
    ]
    ada.post(FAULTS, {"system": "sentiment", "fault": "none"})
    assert data_of(refund().instance)["sentiment"]["label"] == "neutral"


def test_a_tone_model_that_is_made_slower_than_it_may_be_is_asked_again(
    refund: Opens, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("orchestration.actors.disturbed.time.sleep", waited.append)
    ada.post(FAULTS, {"system": "sentiment", "fault": "slow", "seconds": "120", "lasts": "300"})
    with pytest.raises(AssertionError, match="still has work for machines"):
        refund()
    job = Job.objects.get(capability="sentiment")
    call = ActorCall.objects.filter(job=job).earliest("pk")
    assert waited[0] == 60 and call.error == "It did not answer in the time that it has."
    assert job.state == Job.State.WAITING and job.run_at > call.started


def test_of_an_actor_the_page_of_faults_says_what_it_cannot_do_and_nothing_is_done_outside_a_demo(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ada.post(FAULTS, {"system": "sentiment", "fault": "down"}).status_code == 302
    assert "Tone model can be made slow or wrong here." in ada.get("/actors/").content.decode()
    assert disturbed.disturbances() == {}
    monkeypatch.delenv(DISTURBED)
    assert ada.post(FAULTS, {"system": "sentiment", "fault": "slow"}).status_code == 404


def test_a_payment_that_comes_back_is_corrected_and_paid_again(refund: Opens, people: dict[str, User]) -> None:
    case = finish(refund(amount=9.5), people["emil"], "Pay", payment__outcome="returned", payment__why="Unknown")
    reveal = Client()
    reveal.force_login(people["emil"])
    reveal.post(f"/cases/{case.pk}/reveal/", {"path": "/customer/iban", "reason": "The bank returned it"})
    case = finish(case, people["emil"], "Correct the account", customer__iban="NL91 ABNA 0417 1643 00")
    case = finish(case, people["emil"], "Pay", payment__outcome="paid", payment__reference="SEPA-2")
    assert case.closed
    assert data_of(case.instance)["customer"] == {"name": "Elena Rossi", "iban": "NL91 ABNA 0417 1643 00"}


def test_a_credit_instead_of_a_refund_runs_a_process_that_calls_another(refund: Opens, people: dict[str, User]) -> None:
    case = finish(refund(), people["anna"], "Approve the refund", verdict="goodwill", reason="Loyal for ten years")
    case = finish(case, people["clara"], "Offer a credit", goodwill__amount="15", goodwill__text="With our apologies.")
    case = finish(case, people["emil"], "Pay", payment__outcome="paid", payment__reference="SEPA-3")
    asked = Job.objects.get(instance=case.instance_id, capability="legacy-goodwill").input
    assert json.loads(bytes(asked)) == {"customer": "Elena Rossi", "amount": 15, "reason": "Goodwill"}
    case = finish(case, people["emil"], "Key the credit into the old ledger by hand", goodwill__entry="G-00017")
    assert case.closed
    assert data_of(case.instance)["goodwill"] == {"amount": 15, "text": "With our apologies.", "entry": "G-00017"}


@pytest.mark.parametrize("amount", ["0", "101", "much"])
def test_a_credit_keeps_within_its_bounds(refund: Opens, people: dict[str, User], amount: str) -> None:
    case = finish(refund(), people["anna"], "Approve the refund", verdict="goodwill", reason="Loyal for ten years")
    outcome = task_complete(
        by=people["clara"], task=open_task(case), answers={"goodwill.amount": amount, "goodwill.text": "Sorry."}
    )
    assert not isinstance(outcome, Done)
    assert HumanTask.objects.get(instance=case.instance_id, state="open").name == "Offer a credit"


def test_pages_of_a_refund_mask_the_account_for_who_may_not_see_it(refund: Opens, people: dict[str, User]) -> None:
    case = refund()
    for who in ("anna", "clara"):
        reader = Client()
        reader.force_login(people[who])
        told = reader.get(f"/cases/{case.pk}/").content.decode()
        assert "DE89 3704" not in told
        assert ("Elena Rossi" in told) == (who == "clara")
    outsider = Client()
    outsider.force_login(people["dora"])
    assert outsider.get(f"/cases/{case.pk}/").status_code == 404
