"""A document is read by workers that may die, and what cannot be read is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from casework.cases.services import case_verify
from casework.documents import progress, reading
from casework.documents.models import Document, ReadField, Reading, ReadPage
from casework.documents.pictures import picture_of
from casework.documents.sight import dark_places
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.documents.confined import Unreadable
from orchestration.documents.reading import Text
from orchestration.documents.words import Page, plain_page
from orchestration.ground import clock
from orchestration.tasks import sweep
from tests.benchmarks import papers
from tests.casework.actions import kept, open_task, statements
from tests.casework.conftest import PERSON
from tests.casework.documents.test_case_documents import added, browser
from tests.orchestration.documents.papers import bound, written_pdf

pytestmark = pytest.mark.django_db

INVOICE = ("ACME TOOLS LTD", "Date: 14/05/2026", "Grand total 1,234.50")


@pytest.fixture
def invoice(people: dict[str, User], open_case: Callable[..., Case]) -> Document:
    """Of a case that asks for nothing to be read."""
    document = added(people["anna"], open_case(), written_pdf(*INVOICE), "invoice.pdf")
    Reading.objects.update(asked=False)
    return document


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(reading, "nudge_reading", found.append)
    return found


def test_what_was_added_is_read_with_its_fields(invoice: Document, people: dict[str, User]) -> None:
    assert invoice.reading.state == "waiting"
    reading.read(invoice.pk)
    row = Reading.objects.get()
    assert (row.state, row.words, row.pictures) == ("read", 8, [])
    assert invoice.read_pages.get().text.splitlines() == list(INVOICE)
    found = dict(invoice.read_fields.values_list("name", "value"))
    assert found == {"company": "ACME TOOLS LTD", "date": "14/05/2026", "total": "1,234.50"}
    (told,) = kept(invoice.case, "document.read")
    assert told.actor == "system:reader" and told.detail["words"] == 8 and told.detail["document"] == invoice.pk
    assert case_verify(by=people["axel"], case=invoice.case).ok


def test_a_message_that_comes_twice_changes_nothing(invoice: Document) -> None:
    reading.read(invoice.pk)
    reading.read(invoice.pk)
    assert len(kept(invoice.case, "document.read")) == 1


def test_what_cannot_be_read_is_said_and_kept(invoice: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def bomb(*_: object) -> Text:
        raise Unreadable("This document holds far too many words.", "bomb")

    monkeypatch.setattr(reading, "text_of", bomb)
    reading.read(invoice.pk)
    row = Reading.objects.get()
    assert (row.state, row.said) == ("failed", "This document holds far too many words.")
    assert kept(invoice.case, "document.unread")[0].detail["reason"] == row.said


def test_who_takes_over_goes_on_where_another_stopped(
    invoice: Document, monkeypatch: pytest.MonkeyPatch, nudged: list[int]
) -> None:
    asked: list[tuple[int, ...]] = []

    def pictures(content: bytes, kind: str, pages: list[int]) -> tuple[Page, ...]:
        asked.append(tuple(pages))
        return tuple(plain_page(f"page {number}", number) for number in pages)

    monkeypatch.setattr(reading, "text_of", lambda *_: Text((), tuple(range(1, 7))))
    monkeypatch.setattr(reading, "pictures_read", pictures)
    monkeypatch.setattr(reading, "AT_A_TIME", -1.0)
    reading.read(invoice.pk)
    assert asked == [] and nudged == [invoice.pk] and Reading.objects.get().state == "waiting"
    monkeypatch.setattr(reading, "AT_A_TIME", 100.0)
    reading.read(invoice.pk)
    assert asked == [(1, 2, 3, 4), (5, 6)]
    assert invoice.read_pages.count() == 6 and Reading.objects.get().state == "read"


def test_the_page_says_at_which_page_its_reading_is_and_since_when_its_reader_is_silent(
    invoice: Document, people: dict[str, User], nudged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    Document.objects.filter(pk=invoice.pk).update(pages=40)
    now, left = clock.utc_now(), list(range(13, 41))
    for told, words in (
        ({}, "It waits for a worker: 40 pages, none read yet."),
        ({"state": "reading"}, "A worker reads it: 40 pages, none read yet."),
        ({"pictures": left}, "A worker reads it: page 13 of 40 is next, 12 are read."),
        ({"since": now - timedelta(minutes=4)}, "Nothing more is read since"),
    ):
        Reading.objects.update(**told)
        assert words in shown(people, invoice) and "every 4s" in shown(people, invoice), words
    assert "A worker has it: page 13 of 40 is next, 12 are read." in listed(people, invoice)
    Reading.objects.update(since=now - timedelta(minutes=10))
    sweep()
    assert "It waits for a worker: page 13 of 40 is next, 12 are read." in shown(people, invoice)
    monkeypatch.setattr(progress, "is_stopped", lambda _: True)
    assert "All reading is stopped: page 13 of 40" in shown(people, invoice)
    Reading.objects.update(state="read", pictures=[])
    assert "page 13 of 40" not in listed(people, invoice)
    assert "It is read: 40 pages." in shown(people, invoice) and "every 4s" not in shown(people, invoice)


def shown(people: dict[str, User], document: Document) -> str:
    return page_at(people, f"/cases/{document.case_id}/documents/{document.pk}/")


def listed(people: dict[str, User], document: Document) -> str:
    return page_at(people, f"/cases/{document.case_id}/documents/")


def page_at(people: dict[str, User], address: str) -> str:
    return " ".join(browser(people["anna"]).get(address).content.decode().split())


def test_a_reader_that_dies_is_replaced_and_after_three_the_document_is_to_blame(
    invoice: Document, nudged: list[int]
) -> None:
    long_ago = clock.utc_now() - timedelta(minutes=10)
    Reading.objects.update(state="reading", since=long_ago, tries=2)
    sweep()
    assert Reading.objects.get().state == "waiting" and nudged[0] == invoice.pk
    Reading.objects.update(state="reading", since=long_ago, tries=3)
    sweep()
    assert Reading.objects.get().state == "failed" and "3 times" in Reading.objects.get().said


def test_a_message_that_was_lost_is_sent_again(invoice: Document, nudged: list[int]) -> None:
    sweep()
    assert nudged == []
    Reading.objects.update(since=clock.utc_now() - timedelta(minutes=2))
    sweep()
    assert nudged == [invoice.pk]
    sweep()
    assert nudged == [invoice.pk]


def test_a_bundle_becomes_a_table_of_what_its_pages_say_that_costs_no_page_to_show(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    bundle = added(people["anna"], open_case(), papers.bundle(40).pdf, "bundle.pdf")
    reading.read(bundle.pk)
    anna, address = browser(people["anna"]), f"/cases/{bundle.case_id}/documents/{bundle.pk}/"
    table = anna.get(address).content.decode()
    assert "What its pages say" in table and f"{address}?page=40" in table and "Terms, page 39" in table
    cost = statements(lambda: anna.get(address))
    ReadPage.objects.filter(number__gt=1).delete()
    assert statements(lambda: anna.get(address)) == cost
    assert f"{address}?page=40" in anna.get(address).content.decode()


def test_the_task_s_page_tells_what_the_first_pages_of_a_bundle_say_as_its_reader_may_read_it(
    people: dict[str, User], analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = analysed()
    anna, asked = browser(people["anna"]), {"HX-Request": "true"}
    bundle = added(people["anna"], case, papers.bundle(40).pdf, "bundle.pdf")
    address = f"/cases/{case.pk}/documents/"
    assert "What its pages say" not in anna.get(address, headers=asked).content.decode(), "nobody has read it yet"
    reading.read(bundle.pk)
    assert f'hx-get="{address}"' in anna.get(f"/tasks/{open_task(case).pk}/").content.decode()
    beside = anna.get(address, headers=asked).content.decode()
    assert all(f"{address}{bundle.pk}/?page={number}" in beside for number in range(1, 6))
    assert f"{address}{bundle.pk}/?page=6" not in beside and f"{address}{bundle.pk}/#facts" in beside
    total = Reading.objects.get().facts[0][2][3]
    assert total in beside
    monkeypatch.setitem(vars(by_definition(case.instance.definition_id)), "document_fields", {"total": "customer.iban"})
    masked = anna.get(address, headers=asked).content.decode()
    assert total not in masked and f"{address}{bundle.pk}/?page=5" in masked


def test_a_bundle_beyond_somebody_s_clearance_tells_them_nothing_of_its_pages(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    bundle = added(people["anna"], open_case(), papers.bundle(40).pdf, "bundle.pdf")
    reading.read(bundle.pk)
    Document.objects.update(level="restricted")
    beside = browser(people["anna"]).get(f"/cases/{bundle.case_id}/documents/", headers={"HX-Request": "true"})
    assert "What its pages say" not in beside.content.decode()


STATEMENT = ("Statement of account", "Account DE89 3704 0044 0532 0130 00", "Balance 120.00")


def test_what_is_masked_in_the_text_is_black_on_the_page_where_a_case_type_names_no_fields(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    one = added(people["anna"], open_case(), written_pdf(*STATEMENT), "statement.pdf")
    anna, address = browser(people["anna"]), f"/cases/{one.case_id}/documents/{one.pk}/"
    assert dark_places(people["anna"], one, 1) is None, "nobody knows yet what stands on it"
    assert anna.get(f"{address}pages/1/900/").status_code == 404
    assert anna.get(f"{address}content/").status_code == 409
    reading.read(one.pk)
    dark = dark_places(people["anna"], one, 1)
    assert dark and len(dark) >= 4 and len({round(box.middle, 2) for box in dark}) == 1, "words of one line alone"
    shown = anna.get(f"{address}pages/1/900/")
    assert shown.status_code == 200 and shown.content != picture_of(one.digest, one.kind, 1, 900)
    page = anna.get(address).content.decode()
    assert "3704" not in page and "Balance 120.00" in page and "Download" not in page
    for door in ("", "/api"):
        refused = anna.get(f"{door}{address}content/")
        assert refused.status_code == 409 and b"not yours to see" in refused.content


def test_a_value_that_was_revealed_is_open_in_documents_for_who_revealed_it_and_nobody_else(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    case = open_case()
    one = added(people["anna"], case, written_pdf("Account", PERSON["iban"]), "account.pdf")
    reading.read(one.pk)
    clara, content = browser(people["clara"]), f"/cases/{case.pk}/documents/{one.pk}/content/"
    assert clara.get(content).status_code == 409 and dark_places(people["clara"], one, 1)
    told = {"path": "/customer/iban", "reason": "To compare it with the transfer"}
    assert clara.post(f"/cases/{case.pk}/reveal/", told).status_code == 302
    assert clara.get(content).status_code == 200 and not dark_places(people["clara"], one, 1)
    assert PERSON["iban"] in clara.get(f"/cases/{case.pk}/documents/{one.pk}/").content.decode()
    assert browser(people["anna"]).get(content).status_code == 409


def test_a_file_is_offered_where_it_is_given_and_nowhere_else(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    """Not by the first page alone: the account stands on the second. What nobody has read, nor its picture, is not."""
    case, anna = open_case(), browser(people["anna"])
    parted = added(people["anna"], case, bound(written_pdf("A letter."), written_pdf(*STATEMENT)), "parted.pdf")
    plain = added(people["anna"], case, written_pdf("A letter."), "plain.pdf")
    unread = added(people["anna"], case, written_pdf("Another."), "unread.pdf")
    for one in (parted, plain):
        reading.read(one.pk)
    folder = f"/cases/{case.pk}/documents/"
    listed = anna.get(folder).content.decode()
    for one in (parted, plain, unread):
        given = anna.get(f"{folder}{one.pk}/content/").status_code == 200
        assert given == (one == plain)
        assert given == (f"{folder}{one.pk}/content/" in listed)
        assert given == (f"{folder}{one.pk}/content/" in anna.get(f"{folder}{one.pk}/").content.decode())
        assert given == anna.get(f"/api{folder}{one.pk}/").json()["file_given"]
        drawn = anna.get(f"{folder}{one.pk}/pages/1/320/").status_code == 200
        assert drawn == (f"{folder}{one.pk}/pages/1/320/" in listed) == (one != unread)
    assert listed.count("You do not get the file") == 2


def test_a_group_of_digits_that_a_mask_shows_once_is_not_left_where_it_stands_again(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    card = added(people["anna"], open_case(), written_pdf("Card 4111 1111 1111 1111"), "card.pdf")
    reading.read(card.pk)
    dark = dark_places(people["anna"], card, 1)
    assert dark is not None and len(dark) == 4


def test_a_document_without_anything_masked_is_given_as_it_is(people: dict[str, User], invoice: Document) -> None:
    anna, address = browser(people["anna"]), f"/cases/{invoice.case_id}/documents/{invoice.pk}/"
    reading.read(invoice.pk)
    assert anna.get(f"{address}pages/1/900/").content == picture_of(invoice.digest, invoice.kind, 1, 900)
    assert "Download" in anna.get(address).content.decode()
    assert anna.get(f"{address}content/").status_code == 200


def test_nobody_says_what_a_field_is_that_is_masked_for_them(people: dict[str, User], invoice: Document) -> None:
    reading.read(invoice.pk)
    ReadField.objects.filter(name="total").update(value="DE89 3704 0044 0532 0130 00")
    address = f"/cases/{invoice.case_id}/documents/{invoice.pk}/fields/total/"
    guess = {"value": "DE89 3704 0044 0532 0130 00", "shown": "x"}
    assert browser(people["anna"]).post(address, guess).status_code == 409
    assert ReadField.objects.get(name="total").state == "found"
