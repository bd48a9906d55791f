"""What comes in by mail, from the file to a case of the right kind: read, summed up, opened by an agent, linked."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_verify
from casework.documents.models import Document
from casework.documents.services import File, file_of
from casework.intake.services import Opened, case_open
from casework.management.commands import deploy as deploy_command
from casework.models import Case, FirstAnswer
from casework.tasks.services import task_complete
from orchestration.actors import kinds
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.agents import approvals
from orchestration.agents.approvals import Verdict
from orchestration.agents.checking import KNOWN, Put
from orchestration.casetypes import asked_first
from orchestration.documents.printing import printed
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import AgentProposal
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from tests.casework.actions import open_task
from tests.orchestration.machines import Machine, Machines, work_jobs

pytestmark = pytest.mark.django_db
REAL = kinds.load
OURS = ("agent", "reader", "gist")
LETTER = """Maria Sandoval, Kiel

Dear Sir or Madam,
I wish to complain about your hotline, where I was passed on twice.
In the end I was cut off, and nobody has called me back since then.
Yours faithfully, Maria Sandoval
"""
BACK = """Request for a refund
Invoice number: R-20467

The lamp was broken when I opened the parcel, so I ask for my money back.
Total EUR 18.40
"""
MAIL = """From: Maria Sandoval <maria.sandoval@example.net>
To: service@bank.example
Subject: Complaint
Content-Type: text/plain; charset=utf-8

I wish to complain about your hotline, where I was passed on twice.
My account is DE89 3704 0044 0532 0130 00. Please answer in writing.
"""
Comes = Callable[..., Case]


@pytest.fixture
def comes(people: dict[str, User], machines: Machines, monkeypatch: pytest.MonkeyPatch) -> Comes:
    """`comes("a letter", "complaint", 0.9)`: its case, where the model says so, with the machines' work done."""
    monkeypatch.setattr(deploy_command, "ensure_actors", lambda folder: [])
    folders = [CASE_TYPES / key for key in ("complaint", "refund", "mailroom")]
    call_command("deploy", *folders, stdout=StringIO(), stderr=StringIO())
    actor_ensure("case-kind", name="Kinds", kind="case-kind", capability="case-kind")
    register_model_version("case-kind", "1", b"a test's model", {}, activate=True)
    machine = machines.by_kind["case-kind"] = Machine("case-kind", [{}])

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key in OURS else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)

    def came(text: str = LETTER, kind: str = "complaint", sure: float = 0.93, mail: bool = False) -> Case:
        machine.answers = [{"label": kind, "confidence": sure, "alternatives": []}]
        file = file_of("mail.eml", text.encode()) if mail else file_of("letter.pdf", printed(text))
        assert isinstance(file, File), file
        reference = f"MAIL-{Case.objects.count()}"
        found = case_open(by=None, case_type="mailroom", reference=reference, source="test", data={}, file=file)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return came


def from_it(case: Case) -> Case:
    return Case.objects.get(source="mailroom", reference=case.reference)


def html(who: User, address: str) -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_letter_becomes_a_case_with_its_words_and_the_document_and_both_know_of_each_other(
    comes: Comes, people: dict[str, User]
) -> None:
    mail = comes()
    assert (mail.state, mail.closed) == ("Completed", True)
    found = from_it(mail)
    said = data_of(mail.instance)
    assert said["opened"] == {"case_type": "complaint", "case": found.pk}
    assert said["gist"]["summary"].startswith("I wish to complain") and said["gist"]["summary"] in LETTER.replace(
        "\n", " "
    )
    assert data_of(found.instance)["message"] == said["gist"]["text"]
    assert Document.objects.get(case=found).digest == Document.objects.get(case=mail).digest
    begun = AuditEvent.objects.get(chain=found.instance_id, action="case.opened")
    assert begun.actor == "model:mailroom-agent"
    assert found.title in html(people["anna"], f"/cases/{mail.pk}/links/")
    assert mail.title in html(people["anna"], f"/cases/{found.pk}/links/")
    assert "Linked cases" in html(people["anna"], f"/cases/{found.pk}/")
    assert all(case_verify(by=people["axel"], case=case).ok for case in (mail, found))


@pytest.mark.parametrize("mail", [True, False], ids=["as a mail", "on paper"])
def test_what_names_addresses_and_accounts_becomes_a_case_that_names_none(comes: Comes, mail: bool) -> None:
    came = comes(MAIL, mail=mail)
    assert data_of(came.instance)["handling"]["path"] == "agent"
    said = data_of(from_it(came).instance)["message"]
    assert "I wish to complain" in said and "maria.sandoval" not in said and "3704" not in said


def test_what_was_read_lies_before_whoever_works_the_new_case(comes: Comes, people: dict[str, User]) -> None:
    refund = from_it(comes(BACK, "refund", 0.9))
    given = data_of(refund.instance)
    assert (given["amount"], given["about"], given["purchase"]) == (18.4, "purchase", {"receipt": "R-20467"})
    work_jobs(refund.instance_id)
    page = html(people["anna"], f"/tasks/{open_task(Case.objects.get(pk=refund.pk)).pk}/")
    assert "18.4" in page and "R-20467" in page and "The lamp was broken" in page


def test_fairly_sure_it_waits_for_a_person_who_sees_why(comes: Comes, people: dict[str, User]) -> None:
    mail = comes(sure=0.7)
    assert not Case.objects.filter(source="mailroom").exists()
    row = AgentProposal.objects.get(run__instance=mail.instance_id, state="held")
    page = html(people["anna"], f"/cases/{mail.pk}/proposals/{row.pk}/")
    assert "Open a case: complaint" in page and "reads like a complaint" in page and "How sure of the kind" in page
    outcome = approvals.decide(row.pk, Verdict(True, row.digest), Origin("person:anna"))
    assert isinstance(outcome, AgentProposal) and outcome.state == "done" and mail.reference in outcome.outcome
    again = approvals.decide(row.pk, Verdict(True, row.digest), Origin("person:ben"))
    assert not isinstance(again, AgentProposal) and again.code == "decided"
    work_jobs(mail.instance_id)
    assert Case.objects.get(pk=mail.pk).closed and Case.objects.filter(source="mailroom").count() == 1


def test_unsure_a_person_says_what_it_is_and_corrects_what_was_read(comes: Comes, people: dict[str, User]) -> None:
    mail = comes(sure=0.4)
    task = open_task(mail)
    assert task.name == "Say what it is" and not AgentProposal.objects.exists()
    answers = {"chosen": "complaint", "gist.text": "As it is really written."}
    assert isinstance(task_complete(by=people["anna"], task=task, answers=answers), Done)
    work_jobs(mail.instance_id)
    assert data_of(from_it(mail).instance)["message"] == "As it is really written."


def test_of_a_share_another_kind_is_shown_first_and_who_accepts_it_opens_nothing(
    comes: Comes, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_first, "put_as", lambda checks, *said, **more: Put(KNOWN, dict(checks.wrong[0])))
    mail = comes(sure=0.4)
    task = open_task(mail)
    first = task_complete(by=people["anna"], task=task, answers={"chosen": "refund", "gist.text": "As it is read."})
    assert isinstance(first, Refused) and first.code == "asked-again"
    assert FirstAnswer.objects.get().fell and not Case.objects.filter(source="mailroom").exists()
    answers = {"chosen": "complaint", "gist.text": "As it is really written."}
    assert isinstance(task_complete(by=people["anna"], task=task, answers=answers), Done)
    work_jobs(mail.instance_id)
    assert from_it(mail).case_type == "complaint" and case_verify(by=people["axel"], case=mail).ok


def test_what_is_none_of_our_kinds_opens_no_case(comes: Comes, people: dict[str, User]) -> None:
    mail = comes("Notice: the water in your street will be turned off.", "other", 0.99)
    assert isinstance(task_complete(by=people["anna"], task=open_task(mail), answers={"chosen": "other"}), Done)
    assert Case.objects.get(pk=mail.pk).closed and not Case.objects.filter(source="mailroom").exists()


def test_a_kind_of_case_that_is_not_here_leaves_the_letter_with_a_person_and_says_why(comes: Comes) -> None:
    mail = comes(kind="supplier-invoice", sure=0.99)
    assert open_task(mail).name == "Open the case by hand"
    row = AgentProposal.objects.get(run__instance=mail.instance_id)
    assert (row.state, row.outcome) == ("refused", "There is no such case type here.")
    assert not Case.objects.filter(source="mailroom").exists()
