"""Documents that a case type keeps for some purposes are theirs alone who look for one, at every door."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.agents.opening import _document
from casework.cases.read.case_view import look
from casework.documents.asked import words_of
from casework.documents.models import Document
from casework.documents.reading import read
from casework.documents.services import Added, document_add
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.proof.capsule import _documents
from orchestration.actors.call import Call, limited
from orchestration.actors.contract import ActorError
from orchestration.casetypes.case_type import CaseType, Faulty, checked, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.documents.asked import AskedOf
from orchestration.ground import clock
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db

People = dict[str, User]
PURPOSE = "reviewing a customer"
SECRET = ("ospreyson", "heron-letter")


def kept_for(*purposes: str, level: str = "internal") -> Mapping[str, str]:
    files = dict(folder_files(CASE_TYPES / "kyc-review"))
    told = f"documents: {{level: {level}, purposes: [{', '.join(purposes)}]}}"
    return files | {"manifest.yaml": files["manifest.yaml"].replace("documents: {level: internal}", told)}


@pytest.fixture
def case(people: People) -> Case:
    outcome = deploy(kept_for(PURPOSE), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    data = {"customer": {"name": "Nightjar Shipping Limited"}, "received": "2026-11-16T09:00:00+01:00"}
    opened = case_open(by=None, case_type="kyc-review", reference="P-1", source="test", data=data)
    assert isinstance(opened, Opened), opened
    return opened.case


@pytest.fixture
def document(case: Case, people: People) -> Document:
    outcome = document_add(
        by=people["anna"], case=case, name="heron-letter.txt", content=b"Ospreyson sent the money on."
    )
    assert isinstance(outcome, Added), outcome
    read(outcome.document.pk)
    return outcome.document


def doors(case: Case, document: Document) -> list[str]:
    of_case = ("case", "history", "case-data", "case-documents", "case-pdf", "api-case-documents", "api-case-history")
    of_one = ("case-document", "case-document-content", "api-case-document", "api-case-document-content")
    there = [reverse(name, args=[case.pk]) for name in of_case]
    return [*there, *(reverse(name, args=[case.pk, document.pk]) for name in of_one), reverse("api-document-labels")]


def telling(browser: Client, case: Case, document: Document) -> set[str]:
    """The doors at which somebody learns what the document is called or says."""
    found = set()
    for address in doors(case, document):
        answer = browser.get(address)
        text = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace").casefold()
        found |= {address for word in SECRET if answer.status_code == 200 and word in text}
    return found


def test_who_looks_for_it_reads_them_and_who_is_cleared_as_high_reads_that_they_are_there(
    people: People, case: Case, document: Document
) -> None:
    assert len(telling(client(people["anna"]), case, document)) >= 7
    emil = client(people["emil"])
    assert telling(emil, case, document) == set()
    page = emil.get(reverse("case-documents", args=[case.pk])).content.decode()
    assert f"read for {PURPOSE} only" in " ".join(page.split()) and "A document that you may not see" in page
    assert emil.get(reverse("case-document", args=[case.pk, document.pk])).status_code == 403
    assert emil.get(reverse("case-document-page", args=[case.pk, document.pk, 1, 320])).status_code == 403
    shown = {who: look(user=people[who], case=case, now=clock.utc_now()) for who in ("anna", "emil")}
    taken = {who: len(list(_documents(people[who], case, seen))) for who, seen in shown.items()}
    assert taken == {"anna": 1, "emil": 0}, "nor in a capsule"


def test_who_may_not_know_a_document_does_not_learn_by_adding_it_again(
    people: People, case: Case, document: Document
) -> None:
    again = {who: document_add(by=people[who], case=case, name="mine.txt", content=b"Ospreyson sent the money on.")
             for who in ("anna", "emil")}  # fmt: skip
    assert [who for who, one in again.items() if isinstance(one, Added) and one.new] == ["emil"]


def test_machines_read_them_for_work_of_such_a_purpose_only(case: Case, document: Document) -> None:
    asked = AskedOf(case.instance_id, document.pk)
    with limited(Call(capability="trace-money")):
        assert "Ospreyson" in words_of(asked).text
    for other in ("restrict-account", "summarise-document"):
        with limited(Call(capability=other)), pytest.raises(ActorError, match=f"read for {PURPOSE} only"):
            words_of(asked)


def test_an_agent_takes_none_into_a_case_that_keeps_them_for_more(case: Case, document: Document) -> None:
    def into(files: Mapping[str, str]) -> CaseType:
        return checked(files, clock.utc_now())

    assert _document(case, into(kept_for(PURPOSE))) is not None
    assert _document(case, into(folder_files(CASE_TYPES / "kyc-review"))) is None


def test_a_purpose_that_nobody_looks_for_is_refused_and_so_are_public_documents_for_some(people: People) -> None:
    for files, told in ((kept_for("singing"), "singing"), (kept_for(PURPOSE, level="public"), "for any purpose")):
        with pytest.raises(Faulty, match=told):
            checked(files, clock.utc_now())
