"""A case whose model hears of documents has each read as any other work: routed, guarded, in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from casework.actors.bundled import READER, ensure_reader
from casework.cases.services import case_verify
from casework.documents import reading
from casework.documents.models import Document, Reading
from casework.models import Case
from orchestration.ground import clock
from orchestration.models import Actor, ActorCall, Instance, Job
from orchestration.shell.selectors import data_of
from orchestration.tasks import sweep
from tests.casework.documents.test_case_documents import added
from tests.casework.documents.test_document_reading import INVOICE
from tests.orchestration.documents.papers import written_pdf
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(reading, "nudge_reading", found.append)
    return found


@pytest.fixture
def letter(people: dict[str, User], open_case: Callable[..., Case], nudged: list[int]) -> Document:
    return added(people["anna"], open_case(), written_pdf(*INVOICE), "letter.pdf")


def calls(document: Document) -> list[tuple[str, str, str]]:
    found = ActorCall.objects.filter(instance=document.case.instance_id, capability="read-document")
    return list(found.values_list("actor", "outcome", "asked_by"))


def test_a_document_is_read_by_the_actor_that_routing_chooses_and_the_ledger_has_the_call(
    letter: Document, people: dict[str, User], nudged: list[int]
) -> None:
    ensure_reader()
    work_jobs(letter.case.instance_id)
    assert calls(letter) == [(READER, "done", "person:anna")] and nudged == []
    assert Reading.objects.get().state == "read" and letter.read_fields.count() == 3
    data = data_of(Instance.objects.get(pk=letter.case.instance_id))
    assert data["document"] == data["reading"]["document"] == letter.pk
    assert case_verify(by=people["axel"], case=letter.case).ok


def test_each_further_document_is_work_of_its_own(letter: Document, people: dict[str, User]) -> None:
    ensure_reader()
    second = added(people["anna"], letter.case, written_pdf(*INVOICE, "Page 2"), "second.pdf")
    work_jobs(letter.case.instance_id)
    assert len(calls(letter)) == 2 and Reading.objects.filter(state="read").count() == 2
    assert data_of(Instance.objects.get(pk=letter.case.instance_id))["document"] == second.pk


MAIL = b"From: %b\r\nTo: help@example.com\r\nSubject: My lamp\r\n\r\nDear all,\r\nit is broken.\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.eml", MAIL % b"jane@example.org"),
        ("m.eml", MAIL % b"Maria Sandoval <maria.sandoval@example.org>"),
        ("m.txt", b"MARIA SANDOVAL\n12 High Street\n\nMy lamp is broken.\n"),
        ("m.txt", b"Call 0171 2345678\n\nInvoice no 4111111111111111 of my lamp.\n"),
    ],
)
def test_an_ordinary_e_mail_or_letter_stops_no_case(
    open_case: Callable[..., Case], people: dict[str, User], name: str, content: bytes
) -> None:
    ensure_reader()
    document = added(people["anna"], open_case(), content, name)
    work_jobs(document.case.instance_id)
    assert [outcome for _, outcome, _ in calls(document)] == ["done"]


def test_nothing_reads_it_beside_that_work(letter: Document, nudged: list[int]) -> None:
    Reading.objects.update(since=clock.utc_now() - timedelta(minutes=2))
    sweep()
    assert nudged == [] and Reading.objects.get().state == "waiting"


def test_an_actor_that_is_switched_off_reads_nothing(letter: Document) -> None:
    ensure_reader()
    Actor.objects.filter(key=READER).update(enabled=False)
    work_jobs(letter.case.instance_id)
    assert Reading.objects.get().state == "waiting" and ("read-document", "incident") in set(
        Job.objects.values_list("capability", "state")
    )


def test_what_no_model_hears_of_any_more_is_read_in_the_background(letter: Document, nudged: list[int]) -> None:
    Reading.objects.update(since=clock.utc_now() - timedelta(minutes=2))
    Instance.objects.filter(pk=letter.case.instance_id).update(ended=clock.utc_now())
    sweep()
    assert nudged == [letter.pk]
