"""A contract comes in as a document, is compared with the house standard, and a lawyer has it changed."""

from __future__ import annotations

from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES, ensure_reader
from casework.actors.shipped import ensure_shipped
from casework.cases.services import case_verify
from casework.intake.samples import samples_open
from casework.knowledge.shipped import ensure_knowledge
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.documents.printing import printed
from orchestration.engine.commands import CompleteJob
from orchestration.knowledge.register import index, knowledge_withdraw
from orchestration.models import Incident, Job, KnowledgeDocument, KnowledgeUse
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from orchestration.shell.verification.control import verify_control
from tests.casework.actions import open_task
from tests.casework.reading import told
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]
FOLDER = CASE_TYPES / "contract"
TEST = Origin("system:test")
CHANGED = "1. Payment\nInvoices are due 30 days after their receipt.\n2. Other\nNothing more is agreed.\n"


@pytest.fixture(autouse=True)
def contract(people: People) -> Case:
    """The first sample, as far as machines take it."""
    outcome = deploy(folder_files(FOLDER), TEST)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    ensure_shipped(FOLDER / "actors")
    ensure_reader()
    assert ensure_knowledge(FOLDER / "knowledge") == ["House standard for contracts"]
    assert ensure_knowledge(FOLDER / "knowledge") == []
    for row in KnowledgeDocument.objects.all():
        index(row.pk)
    people["clara"].groups.add(Group.objects.get(name="Lawyers"))
    samples_open(by=None, case_type=outcome.case_type, most=1)
    return worked(Case.objects.get(case_type="contract"))


def worked(case: Case) -> Case:
    for _ in range(4):
        work_jobs(case.instance_id)
    case.refresh_from_db()
    case.instance.refresh_from_db()
    return case


def decide(who: User, case: Case, **answers: str) -> int:
    browser = Client()
    browser.force_login(who)
    task = open_task(case)
    browser.post(f"/tasks/{task.pk}/claim/")
    seen = browser.get(f"/api/tasks/{task.pk}/").json().get("seen", "")
    sent = {"answers": {f"decision.{name}": value for name, value in answers.items()}, "seen": seen}
    return browser.post(f"/api/tasks/{task.pk}/complete/", sent, content_type="application/json").status_code


def test_a_lawyer_reads_what_departs_with_quote_and_page_and_where_it_comes_from(
    people: People, contract: Case
) -> None:
    data = data_of(contract.instance)
    first = next(one for one in data["comparison"]["deviations"] if one["clause"] == "Price changes")
    assert (first["what"], first["standard"], first["page"]) == ("It says 8 percent.", "At most 3 percent.", 1)
    assert first["quote"] in data["contract"]["clauses"][1]["text"]
    assert "nothing is written anew" in data["summary"]["how"]
    browser = Client()
    browser.force_login(people["clara"])
    page = unescape(told(browser.get(f"/tasks/{open_task(contract).pk}/")))
    assert first["quote"] in page and "Price changes" in page
    used = KnowledgeUse.objects.filter(job__instance=contract.instance_id)
    assert used.count() == len(data["standard"]["passages"]) and used.filter(cited=True).exists()


def test_a_changed_contract_is_asked_for_and_compared_anew(people: People, contract: Case) -> None:
    letter = data_of(contract.instance)["comparison"]["letter"]
    assert decide(people["clara"], contract, verdict="change", letter=letter) == 200
    job = Job.objects.get(instance=contract.instance_id, capability="send-message")
    services.send(contract.instance_id, CompleteJob(job.job, {"how": "e-mail", "reference": "M-1"}), TEST)
    browser = Client()
    browser.force_login(people["clara"])
    file = SimpleUploadedFile("changed.pdf", printed(CHANGED), "application/pdf")
    added = browser.post(f"/cases/{contract.pk}/documents/", {"files": file})
    assert added.status_code == 302, told(added)[-6000:]
    again = data_of(worked(contract).instance)
    assert [one["heading"] for one in again["contract"]["clauses"]] == ["Payment", "Other"]
    assert all("no such clause" in one["what"] for one in again["comparison"]["deviations"])
    assert decide(people["clara"], contract, verdict="reject", reason="It lacks nearly everything.") == 200
    contract.refresh_from_db()
    assert contract.closed and case_verify(by=people["axel"], case=contract).ok and verify_control().ok


def test_who_may_only_read_contracts_decides_about_none(people: People, contract: Case) -> None:
    assert decide(people["anna"], contract, verdict="accept") in {403, 404}


def test_where_the_standard_is_withdrawn_the_cases_that_rest_on_it_are_told(people: People, contract: Case) -> None:
    row = KnowledgeDocument.objects.get(name="House standard for contracts")
    assert isinstance(knowledge_withdraw(pk=row.pk, reason="A new one.", by=TEST), KnowledgeDocument)
    from orchestration.knowledge.withdrawal import tell

    tell(row.pk)
    assert Incident.objects.filter(instance=contract.instance_id, resolved=None).count() == 1
