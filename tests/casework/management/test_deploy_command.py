"""`manage.py deploy` brings in what ships, and takes back nothing that a person has published since."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.management.commands import deploy as command
from orchestration.actors.registry import actor_ensure
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import Definition
from orchestration.shell.verification.control import verify_control

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ensure_actors", lambda folder: [])


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("deploy", *arguments, stdout=out)
    return out.getvalue()


def test_what_ships_is_deployed_once() -> None:
    assert said().splitlines() == [
        "Customer complaint: version 1 deployed", "What the cards team answers: in the knowledge base",
        "How complaints are answered: in the knowledge base",
        "What the payments team answers: in the knowledge base",
        "Mail system: an actor, registered",
        "Next steps: an actor, registered", "Knowledge base: an actor, registered",
        "Check of sources: an actor, registered",
        "Contested decision: version 1 deployed",
        "Contract: version 1 deployed", "House standard for contracts: in the knowledge base",
        "Comparison with the standard: an actor, registered", "Clauses of contracts: an actor, registered",
        "House standard: an actor, registered", "Summary of contracts: an actor, registered",
        "Summary of contracts by a language model: an actor, registered",
        "Motor claim: version 1 deployed", "Payment system, claims: an actor, registered",
        "Customer records (Salesforce): an actor, registered", "ERP, claims: an actor, registered",
        "Motor fraud score of a vendor: an actor, registered",
        "Policy system, claims: an actor, registered", "Policy system: an actor, registered",
        "Customer review: version 1 deployed", "Account system: an actor, registered",
        "Patterns in money flows: an actor, registered", "List of names: an actor, registered",
        "Screening service of a vendor: an actor, registered",
        "Loan: version 1 deployed", "Core system bot: an actor, registered",
        "Plan of repayment: an actor, registered",
        "Mail that came in: version 1 deployed", "Gist of documents: an actor, registered",
        "Mailroom agent: an actor, registered",
        "Payment release: version 1 deployed", "Transfer system: an actor, registered",
        "Refund: version 1 deployed", "Customer records (Salesforce), changes: an actor, registered",
        "Goodwill bot: an actor, registered", "Order investigator: an actor, registered",
        "Order system: an actor, registered", "Payment records: an actor, registered",
        "Payment system: an actor, registered", "Second look: an actor, registered",
        "Shop advice: version 1 deployed", "Shop, stock in its database: an actor, registered",
        "Shop, what was advised: an actor, registered", "Shop, purchases: an actor, registered",
        "Shop, stock: an actor, registered",
        "Answer with a withdrawn source: version 1 deployed",
        "Supplier invoice: version 1 deployed", "ERP, posting: an actor, registered",
        "ERP, looking up: an actor, registered", "ERP, orders: an actor, registered",
        "ERP, paying: an actor, registered", "ERP, reading: an actor, registered",
    ]  # fmt: skip
    assert said().splitlines() == [
        "Customer complaint: version 1 is there already", "Contested decision: version 1 is there already",
        "Contract: version 1 is there already",
        "Motor claim: version 1 is there already", "Customer review: version 1 is there already",
        "Loan: version 1 is there already", "Mail that came in: version 1 is there already",
        "Payment release: version 1 is there already",
        "Refund: version 1 is there already", "Shop advice: version 1 is there already",
        "Answer with a withdrawn source: version 1 is there already",
        "Supplier invoice: version 1 is there already",
    ]  # fmt: skip


def test_who_deploys_is_told_of_work_that_no_actor_can_do() -> None:
    told = StringIO()
    call_command("deploy", stdout=StringIO(), stderr=told)
    assert "Refund: “Read the tone” asks for 'sentiment', which no actor in use can do" in told.getvalue()
    for kind in ("intent", "sentiment"):
        actor_ensure(kind, name=kind, kind=kind, capability=kind)
    actor_ensure("kinds", name="kinds", kind="intent", capability="case-kind")
    for score in ("credit-risk", "motor-fraud"):
        actor_ensure(score, name=score, kind="score", capability=score)
    actor_ensure("drafting", name="drafting", kind="external", capability="draft-reply")
    told = StringIO()
    call_command("deploy", stdout=StringIO(), stderr=told)
    assert told.getvalue() == ""


def test_rules_that_a_person_published_survive_the_next_start() -> None:
    said()
    files = folder_files(CASE_TYPES / "complaint")
    files["routing.dmn"] = files["routing.dmn"].replace("&lt; 75", "&lt; 80")
    ada = User.objects.create_user("ada")
    assert isinstance(deploy(files, Origin("person:ada"), by=ada), Published)
    assert "Customer complaint: version 2 stays; a person has published it" in said()
    assert "Refund: version 1 is there already" in said()
    assert Definition.objects.filter(key="complaint").latest("version").version == 2


def test_a_folder_that_is_named_is_deployed_whoever_published_before() -> None:
    said()
    ada = User.objects.create_user("ada")
    changed = folder_files(CASE_TYPES / "complaint")
    changed["routing.dmn"] = changed["routing.dmn"].replace("&lt; 75", "&lt; 80")
    deploy(changed, Origin("person:ada"), by=ada)
    assert "version 3 deployed" in said(str(CASE_TYPES / "complaint"))


def test_what_ships_verifies_against_the_chain_of_rules_and_actors() -> None:
    said()
    verdict = verify_control()
    assert verdict.ok, verdict
