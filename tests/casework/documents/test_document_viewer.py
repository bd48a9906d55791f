"""People look at a document beside what was found in it, search it, accept and correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.documents import reading
from casework.documents.models import Document, ReadField
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from tests.casework.actions import kept, open_task, statements
from tests.casework.conftest import PERSON
from tests.casework.documents.test_case_documents import added, browser
from tests.orchestration.documents.papers import packed, written_pdf

pytestmark = pytest.mark.django_db

People = dict[str, User]
INVOICE = ("ACME TOOLS LTD", "Date: 14/05/2026", f"Pay to {PERSON['iban']}", "Grand total 1,234.50")


@pytest.fixture
def invoice(people: People, analysed: Callable[..., Case]) -> Document:
    document = added(people["anna"], analysed(), written_pdf(*INVOICE), "invoice.pdf")
    reading.read(document.pk)
    return document


def address(document: Document, below: str = "") -> str:
    return f"/cases/{document.case_id}/documents/{document.pk}/{below}"


def page(who: User, document: Document, **asked: str) -> str:
    return browser(who).get(address(document), asked).content.decode()


def test_a_page_stands_beside_its_text_and_what_was_found(people: People, invoice: Document) -> None:
    shown = page(people["anna"], invoice)
    assert "Grand total 1,234.50" in shown and 'value="ACME TOOLS LTD"' in shown
    assert f"{address(invoice)}pages/1/900/" in shown and 'data-place="total"' in shown
    assert f"{address(invoice)}pages/1/1400/" in page(people["anna"], invoice, large="yes")


def test_the_place_of_a_field_is_lit_without_a_script_too(people: People, invoice: Document) -> None:
    assert 'class="is-lit' not in page(people["anna"], invoice).replace("  ", " ")
    shown = page(people["anna"], invoice, field="total")
    assert shown.count("is-lit") == 1 and "autofocus" in shown


def test_a_field_says_for_which_place_in_the_data_it_is_read_so_that_a_form_may_light_it(
    people: People, invoice: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'data-path=""' in page(people["anna"], invoice)
    case_type = by_definition(invoice.case.instance.definition_id)
    monkeypatch.setitem(vars(case_type), "document_fields", {"total": "message"})
    shown = page(people["anna"], invoice, field="total", still="yes")
    assert 'data-path="message"' in shown and shown.count("is-lit") == 1 and "autofocus" not in shown


def test_what_has_no_pages_lights_up_in_its_text_as_each_reader_reads_it(
    people: People, analysed: Callable[..., Case]
) -> None:
    """An e-mail: a field has a place in it, and a line of which something is masked lights up whole."""
    mail = f"From: a@example.org\nSubject: Ours\n\nACME TOOLS LTD\nTotal 12.50 to {PERSON['iban']}\nDate: 14/05/2026\n"
    document = added(people["anna"], analysed(), mail.encode(), "mail.eml")
    reading.read(document.pk)
    boxes = {row.name: row.box for row in ReadField.objects.filter(document=document)}
    assert boxes["total"][1] < boxes["date"][1] and all(any(box) for box in boxes.values())
    shown = " ".join(page(people["anna"], document, field="date", q="tools").split())
    assert '<mark data-place="date" class="is-lit " >14/05/2026</mark>' in shown and shown.count("is-lit") == 1
    assert 'data-place="company" class=" is-hit" >TOOLS</mark>' in shown
    assert PERSON["iban"] not in shown
    assert shown.count('data-place="total"') == 1 and "Show it on page 1" in shown


def test_a_search_names_the_pages_and_marks_the_words(people: People, invoice: Document) -> None:
    shown = page(people["anna"], invoice, q="grand")
    assert "On page" in shown and shown.count("is-hit") == 1
    assert "Nothing found." in page(people["anna"], invoice, q="petty")


def test_what_is_masked_for_a_reader_is_masked_in_the_text_and_found_by_no_search(
    people: People, invoice: Document
) -> None:
    assert PERSON["iban"] not in page(people["anna"], invoice)
    part = PERSON["iban"][5:9]
    shown = page(people["anna"], invoice, q=part)
    assert "Nothing found." in shown and "is-hit" not in shown


def test_what_is_right_is_accepted_and_what_is_wrong_corrected_and_both_are_labels(
    people: People, invoice: Document
) -> None:
    anna = browser(people["anna"])
    answer = anna.post(address(invoice, "fields/company/"), {"value": "ACME TOOLS LTD", "shown": "ACME TOOLS LTD"})
    assert answer.status_code == 302 and "field=date" in answer["Location"]
    anna.post(address(invoice, "fields/total/"), {"value": "1,234.59", "shown": "1,234.50"})
    rows = {row.name: row for row in ReadField.objects.filter(document=invoice)}
    assert (rows["company"].state, rows["company"].right, rows["company"].by) == (
        "accepted", "ACME TOOLS LTD", "person:anna",
    )  # fmt: skip
    assert (rows["total"].state, rows["total"].value, rows["total"].right) == ("corrected", "1,234.50", "1,234.59")
    assert rows["date"].state == "found"
    assert [one.detail["corrected"] for one in kept(invoice.case, "document.checked")] == [False, True]
    shown = page(people["anna"], invoice)
    assert "Accepted." in shown and "read as “1,234.50”" in shown and 'value="1,234.59"' in shown


def test_an_empty_correction_is_refused(people: People, invoice: Document) -> None:
    answer = browser(people["anna"]).post(address(invoice, "fields/total/"), {"value": " ", "shown": "1,234.50"})
    assert answer.status_code == 409 and ReadField.objects.get(name="total").state == "found"


def test_who_may_only_look_corrects_nothing(people: People, invoice: Document) -> None:
    assert "That is right" not in page(people["axel"], invoice)
    assert browser(people["axel"]).post(address(invoice, "fields/total/"), {"value": "1"}).status_code == 403


def test_what_could_not_be_read_says_why(people: People, invoice: Document) -> None:
    from casework.documents.models import Reading

    Reading.objects.update(state="failed", said="This document holds far too many words.")
    assert "It could not be read. This document holds far too many words." in page(people["anna"], invoice)


def test_what_could_not_be_read_is_not_said_to_be_still_to_read(people: People, analysed: Callable[..., Case]) -> None:
    document = added(
        people["anna"], analysed(), packed({"[Content_Types].xml": b"", "xl/workbook.xml": b"<"}), "a.xlsx"
    )
    assert "not been read yet" in page(people["anna"], document)
    reading.read(document.pk)
    shown = page(people["anna"], document)
    assert "This document is damaged" in shown and "not been read yet" not in shown


def test_a_program_reads_what_was_found(people: People, invoice: Document) -> None:
    told: Any = browser(people["anna"]).get(f"/api{address(invoice)}")
    found = {one["name"]: one["value"] for one in told.json()["fields_found"]}
    assert told.json()["reading"] == "read" and found["total"] == "1,234.50"


def test_the_documents_of_a_case_stand_beside_its_tasks(people: People, invoice: Document) -> None:
    anna = browser(people["anna"])
    task = anna.get(f"/tasks/{open_task(invoice.case).pk}/").content.decode()
    assert f'hx-get="/cases/{invoice.case_id}/documents/"' in task
    part = anna.get(f"/cases/{invoice.case_id}/documents/", headers={"HX-Request": "true"}).content.decode()
    assert "invoice.pdf" in part and "<html" not in part
    view = anna.get(address(invoice), headers={"HX-Request": "true"}).content.decode()
    assert "data-viewer" in view and "<html" not in view


def test_a_page_of_a_long_document_costs_what_one_of_a_short_one_does(people: People, invoice: Document) -> None:
    anna = browser(people["anna"])
    anna.get(address(invoice))
    short = statements(lambda: anna.get(address(invoice)))
    Document.objects.update(pages=400)
    assert statements(lambda: anna.get(address(invoice), {"page": "399"})) == short


def test_what_people_made_of_it_is_labelled_data_for_whom_it_is_shown(people: People, invoice: Document) -> None:
    anna = browser(people["anna"])
    ReadField.objects.filter(name="company").update(value="=ACME(1)")
    anna.post(address(invoice, "fields/company/"), {"value": "=ACME(2)", "shown": "=ACME(1)"})
    anna.post(address(invoice, "fields/iban/"), {"value": PERSON["iban"], "shown": "-"})
    told: Any = anna.get("/api/documents/labels/")
    (label,) = told.json()["results"]
    assert (label["found"], label["right"], label["state"]) == ("=ACME(1)", "=ACME(2)", "corrected")
    assert label["page"] == 1 and len(label["box"]) == 4 and told.json()["following"] == 0
    answer: Any = anna.get("/api/documents/labels/", {"form": "csv"})
    file = b"".join(answer.streaming_content).decode()
    assert "'=ACME(2)" in file and ",=ACME" not in file and PERSON["iban"] not in file
    assert browser(people["olga"]).get("/api/documents/labels/").json()["results"] == []
