"""The supplier's invoice from the file to the money: read by the real reader, checked and paid by a real HTTP ERP."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from casework.access.roles import SETUP
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_verify
from casework.documents.models import Document, ReadField, Reading, ReadPage
from casework.documents.services import File, file_of
from casework.intake.samples import Brought, samples_open
from casework.intake.services import Opened, case_open
from casework.management.commands import deploy as deploy_command
from casework.models import Case
from casework.runtime.stand_ins.place import STAND_IN, STAND_IN_HOST
from casework.tasks.services import task_complete
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import by_definition, current
from orchestration.documents.confined import Unreadable
from orchestration.documents.printing import printed
from orchestration.models import ActorCall, Incident
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from tests.casework.actions import as_seen, open_task
from tests.casework.browsing import client
from tests.casework.stand_ins import Demo, demo, store
from tests.orchestration.machines import work_jobs

__all__ = ["demo", "store"]
pytestmark = pytest.mark.django_db

FITS = """\
Nordlicht Werkzeuge GmbH
Werftstrasse 12, Kiel

INVOICE
Invoice number: NW-26-9
Invoice date: 13.11.2026
Your order: PO-4711

Net amount   1,000.00
VAT            190.00
Total EUR    1,190.00

Due date: 13.12.2026
Please pay to IBAN DE89 3704 0044 0532 0130 00
"""
People = dict[str, User]
Brings = Callable[..., Case]


@pytest.fixture
def shipped(people: People, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The case type with the reader and the connectors that ship, and the ERP that they ask."""
    monkeypatch.setenv(STAND_IN, demo.url.replace("127.0.0.1", STAND_IN_HOST))
    host_allow(STAND_IN_HOST, None, private=True, note="a test's", origin=SETUP)
    monkeypatch.setattr(deploy_command, "ensure_actors", lambda folder: [])
    call_command("deploy", CASE_TYPES / "supplier-invoice", stdout=StringIO(), stderr=StringIO())
    return demo


@pytest.fixture
def brings(shipped: Demo) -> Brings:
    """`brings("the text of an invoice")`: its case, with the machines' work done."""

    def brought(text: str = FITS, content: bytes | None = None, name: str = "invoice.pdf") -> Case:
        file = file_of(name, printed(text) if content is None else content)
        assert isinstance(file, File), file
        reference = f"I-{Case.objects.count()}"
        found = case_open(by=None, case_type="supplier-invoice", reference=reference, source="test", data={}, file=file)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return brought


def finish(case: Case, who: User, name: str, **answers: Any) -> Case:
    task = open_task(case)
    assert task.name == name
    given = {path.replace("__", "."): value for path, value in answers.items()}
    outcome = task_complete(by=who, task=task, answers=given, seen_as=as_seen(who, task))
    assert isinstance(outcome, Done), outcome
    work_jobs(case.instance_id)
    return Case.objects.get(pk=case.pk)


def test_rules_that_decided_and_may_be_asked_again_are_not_named_as_if_they_had_still_to_decide(
    brings: Callable[..., Case], people: dict[str, User]
) -> None:
    case = brings(FITS.replace("190.00\n", "191.00\n", 1))
    page = client(people["anna"]).get(f"/cases/{case.pk}/decisions/").content.decode()
    assert "Find what does not fit (by rules, again if the case goes back)" in page
    assert "Choose who approves (by rules, if the case gets there)" in page


def kept_by(erp: Demo, what: str) -> list[dict[str, Any]]:
    status, told = erp.ask("/erp", Accept="application/json")
    assert status == 200
    found: list[dict[str, Any]] = told[what]
    return found


def test_an_invoice_that_fits_is_read_checked_posted_and_paid_by_itself(
    brings: Brings, shipped: Demo, people: People
) -> None:
    case = brings()
    data = data_of(case.instance)
    assert (case.state, case.closed) == ("Completed", True), data.get("handling")
    assert data["invoice"]["supplier"] == "Nordlicht Werkzeuge GmbH" and data["invoice"]["total"] == 1190
    assert data["invoice"]["date"] == "2026-11-13" and data["reading"]["number"] == 0.95
    booked = [one for one in kept_by(shipped, "invoices") if one["number"] == "NW-26-9"]
    assert [(one["supplier"], one["total"]) for one in booked] == [("S-101", 1190.0)]
    assert [one["amount"] for one in kept_by(shipped, "payments")] == [1190.0]
    read = ActorCall.objects.get(instance=case.instance_id, capability="read-document")
    assert read.outcome == "done" and read.output["fields"]["total"]["page"] == 1
    assert len(read.output["fields"]["total"]["box"]) == 4
    assert case_verify(by=people["axel"], case=case).ok


def _has_a_bundle_beside_it(anna: Client, case: Case) -> None:
    """Forty pages, of which the clerk's task tells what they are without loading one."""
    (document,) = case.documents.all()
    beside = anna.get(f"/cases/{case.pk}/documents/", headers={"HX-Request": "true"}).content.decode()
    assert document.pages == 40 and "What its pages say" in beside and "Delivery note DN-7002" in beside
    assert "All 40 pages" in beside and "/pages/" not in beside


def test_every_sample_goes_the_way_that_it_was_made_for(shipped: Demo) -> None:
    outcome = samples_open(by=None, case_type=by_definition(current("supplier-invoice").pk), seconds=600)
    assert isinstance(outcome, Brought) and (outcome.new, outcome.bad) == (8, [])
    found = {}
    for case in Case.objects.filter(case_type="supplier-invoice").order_by("pk"):
        work_jobs(case.instance_id)
        task = case.instance.tasks.filter(state="open").first()
        data = data_of(case.instance)
        found[case.reference[-1]] = task.name if task else data["payment"]["reference"]
        if task and task.name == "Check the invoice":
            found[case.reference[-1]] = data["handling"]["why"]
    assert found == {
        "1": "T-000001", "2": "T-000002", "3": "Net and tax do not make the total.", "4": "Approve the invoice",
        "5": "It is more than the order has left. An invoice of this number was booked before.",
        "6": "The ERP knows no such supplier.", "7": "It names no order.", "8": "T-000003",
    }  # fmt: skip
    anna = client(User.objects.get(username="anna"))
    _has_a_bundle_beside_it(anna, Case.objects.get(reference="INVOICE-003"))
    page = anna.get("/cases/stuck/?kind=supplier-invoice").content.decode()
    told = " ".join(page.split())
    assert "5 open cases that you may see" in told and "4, the first since" in told and "1, the first since" in told
    assert "kind=supplier-invoice&amp;state=With+a+clerk" in told and "Completed" not in told


def test_the_account_is_blacked_out_for_whom_it_is_masked_and_found_by_no_search(
    brings: Brings, people: People
) -> None:
    """Two readers of one page: the analyst lacks the clearance for the account, the senior has it."""
    case = brings(FITS + "\nAgain: DE89370400440532013000\n")
    document, box = Document.objects.get(case=case), ReadField.objects.get(name="iban").box
    address = f"/cases/{case.pk}/documents/{document.pk}/"

    def colour(who: str) -> tuple[int, ...]:
        answer = client(people[who]).get(f"{address}pages/1/900/")
        picture = Image.open(BytesIO(answer.content)).convert("RGB")
        inside = (round(picture.width * box[0]), round(picture.height * (box[1] + box[3]) / 2))
        return picture.getpixel((inside[0] - 1, inside[1]))  # type: ignore[return-value]

    assert max(colour("anna")) < 40 and min(colour("clara")) > 200
    masked = client(people["anna"]).get(address, {"q": "0532"}).content.decode()
    assert "DE89" not in masked.replace(" ", "") and "Nothing found." in masked and "Not yours to see." in masked
    open_to = client(people["clara"]).get(address, {"q": "0532"}).content.decode()
    assert "DE89 3704 0044 0532 0130 00" in open_to and "On page" in open_to
    for door in ("", "/api"):
        assert client(people["anna"]).get(f"{door}{address}content/").status_code == 409
        assert client(people["clara"]).get(f"{door}{address}content/").status_code == 200
    assert "DE89" not in client(people["anna"]).get(f"/api{address}").content.decode()
    guess = {"value": "DE89 3704 0044 0532 0130 00", "shown": "x"}
    assert client(people["anna"]).post(f"{address}fields/iban/", guess).status_code == 409
    ReadPage.objects.all().delete()
    assert client(people["anna"]).get(f"{address}pages/1/900/").status_code == 404
    assert "shown once it was read" in client(people["anna"]).get(address).content.decode()


def test_a_document_that_cannot_be_opened_any_more_is_keyed_in_by_a_person(
    brings: Brings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise Unreadable("This PDF is damaged: it cannot be opened.", "damaged")

    monkeypatch.setattr("casework.documents.reading.text_of", damaged)
    case = brings()
    assert open_task(case).name == "Key the invoice in" and not Incident.objects.exists()
    assert Reading.objects.get().said == "This PDF is damaged: it cannot be opened."
    whole = {"supplier": "Nordlicht Werkzeuge GmbH", "number": "N-2", "order": "PO-4711", "date": "2026-11-13"}
    sums = {"net": "1000", "tax": "190", "total": "1190"}
    case = finish(case, people["anna"], "Key the invoice in", **{f"invoice__{k}": v for k, v in (whole | sums).items()})
    assert case.state == "Completed"


def test_a_clerk_refuses_what_was_not_read_and_what_the_erp_does_not_know(
    brings: Brings, shipped: Demo, people: People
) -> None:
    """What machines found nothing for stands as nothing in the data, which is no reason to refuse a person's answer."""
    case = brings("Corner Shop Ltd\nDate: 13.11.2026\nTotal EUR 12.40\n")
    data = data_of(case.instance)
    assert data["match"]["order"] is None and data["invoice"]["number"] is None
    answers = {"invoice__supplier": "Corner Shop Ltd", "invoice__number": "none", "invoice__date": "2026-11-13"}
    sums = {"invoice__net": "12.40", "invoice__tax": "0", "invoice__total": "12.40"}
    case = finish(case, people["anna"], "Check the invoice", verdict="refuse", reason="Not ours.", **answers, **sums)
    assert case.closed and kept_by(shipped, "payments") == []


HIGH = FITS.replace("1,000.00", "9,000.00").replace("190.00\n", "1,710.00\n", 1).replace("1,190.00", "10,710.00")


def test_a_high_value_is_approved_by_another_person_than_the_clerk(
    brings: Brings, shipped: Demo, people: People
) -> None:
    people["clara"].groups.add(Group.objects.get(name="Analysts"))
    case = brings(HIGH)
    page = client(people["anna"]).get(f"/tasks/{open_task(case).pk}/").content.decode()
    assert f'hx-get="/cases/{case.pk}/documents/"' in page and "It is more than the order has left." in page
    kept = {f"invoice__{name}": value for name, value in data_of(case.instance)["invoice"].items()}
    kept = {name: value for name, value in kept.items() if name not in ("invoice__iban", "invoice__currency")}
    case = finish(case, people["clara"], "Check the invoice", verdict="post", reason="Agreed.", **kept)
    assert (case.state, open_task(case).name) == ("Waiting for approval", "Approve the invoice")
    answer = {"approval.verdict": "approve"}
    assert not isinstance(task_complete(by=people["clara"], task=open_task(case), answers=answer), Done)
    assert kept_by(shipped, "payments") == []


def test_a_file_opens_a_case_by_page_and_by_api_and_the_same_file_twice_is_one(shipped: Demo, people: People) -> None:
    anna, paper = client(people["anna"]), printed(FITS)
    form = anna.get("/cases/new/supplier-invoice/").content.decode()
    assert 'type="file"' in form and 'enctype="multipart/form-data"' in form
    given = {"file": ContentFile(paper, "nw.pdf"), "channel": "upload", "proposed": "F-1"}
    answer = anna.post("/cases/new/supplier-invoice/", given)
    case = Case.objects.get(case_type="supplier-invoice")
    assert answer.status_code == 302 and answer["Location"] == f"/cases/{case.pk}/"
    assert Document.objects.get(case=case).name == "nw.pdf" and case.state == "Being read"
    sent = {"case_type": "supplier-invoice", "file": ContentFile(paper, "nw.pdf")}
    statuses = [anna.post("/api/cases/documents/", sent | {"file": ContentFile(paper)}).status_code for _ in (1, 2)]
    assert statuses == [201, 200]
    program = anna.post("/api/cases/documents/", sent | {"file": ContentFile(b"MZ", "nw.pdf")})
    assert program.status_code == 409 and "Programs are not taken" in program.content.decode()
    assert "Choose the file" in anna.post("/cases/new/supplier-invoice/", {}).content.decode()


def test_an_email_that_comes_in_is_read_by_what_is_attached_to_it(brings: Brings) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Our invoice"
    message.set_content("Please find it attached.")
    message.add_attachment(printed(FITS), maintype="application", subtype="pdf", filename="nw.pdf")
    message.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="virus.pdf")
    case = brings(content=message.as_bytes(), name="mail.eml")
    assert dict(Reading.objects.filter(document__case=case).values_list("document__name", "asked")) == {
        "mail.eml": False, "nw.pdf": True,
    }, "the case asks for what is attached, and the e-mail itself is read beside it"  # fmt: skip
    assert case.state == "Completed"
