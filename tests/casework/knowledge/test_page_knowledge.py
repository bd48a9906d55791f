"""Can a person ask the knowledge base, and an administrator see to what is in it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.db.one_at_a_time import alone
from audit.db.sql import cursor
from audit.models import AuditEvent
from casework.knowledge.progress import how_far
from orchestration.ground import clock
from orchestration.knowledge import vectors
from orchestration.knowledge.progress import Indexing
from orchestration.knowledge.register import READING, index
from orchestration.models import KnowledgeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["ada"])
    return client


def added(client: Client, text: str, **more: object) -> KnowledgeDocument:
    answer = client.post("/knowledge/", {"name": "Goodwill", "level": "internal", "text": text, **more})
    assert answer.status_code == 302, answer.content.decode()
    assert "is added" in client.get("/knowledge/").content.decode()
    row = KnowledgeDocument.objects.latest("pk")
    index(row.pk)
    return row


def asked(client: Client, question: str) -> str:
    return client.get("/knowledge/", {"q": question}).content.decode()


def test_an_administrator_adds_a_file_and_an_analyst_finds_its_passage(admin: Client, people: dict[str, User]) -> None:
    file = SimpleUploadedFile("goodwill.md", b"# Goodwill\n\n## Limits\n\nA senior analyst gives up to 50 EUR.")
    row = added(admin, "", name="", file=file)
    assert (row.name, row.pieces or KnowledgeDocument.objects.get(pk=row.pk).pieces) == ("goodwill.md", 1)
    admin.force_login(people["anna"])
    page = asked(admin, "How much may a senior analyst give?")
    assert "A senior analyst gives up to 50 EUR." in page and "Goodwill › Limits" in page
    assert f'href="/knowledge/{row.pk}/#piece-' in page
    assert "up to 50 EUR" in admin.get(f"/knowledge/{row.pk}/").content.decode()
    assert "Add a document" not in page


def test_one_looks_into_one_base_of_several(admin: Client, people: dict[str, User]) -> None:
    added(admin, "The limit of a card is 50 EUR.", base="cards")
    added(admin, "The limit of a transfer is 900 EUR.", name="Transfers", base="payments")
    admin.force_login(people["anna"])
    page = admin.get("/knowledge/", {"q": "What is the limit?", "base": "cards"}).content.decode()
    assert "is 50 EUR" in page and "900 EUR" not in page and '<option value="cards" selected>' in page
    found = admin.get("/api/knowledge/", {"q": "What is the limit?", "base": "payments"}).json()["results"]
    assert [one["name"] for one in found] == ["Transfers"]
    admin.force_login(people["ada"])
    answer = admin.post("/knowledge/", {"name": "x", "level": "public", "text": "y", "base": "Not a name"})
    assert answer.status_code == 400 and "A base is named by" in answer.content.decode()


def test_what_one_may_not_read_is_not_found_listed_or_opened(admin: Client, people: dict[str, User]) -> None:
    row = added(admin, "The reserve for goodwill is 90,000 EUR.", level="confidential")
    other = added(admin, "The cards team blocks lost cards at once.", name="Cards", groups=["Cards team"])
    admin.force_login(people["anna"])
    page = asked(admin, "reserve for goodwill, lost cards")
    assert "90,000" not in page and "lost cards at once" not in page
    assert "Nothing that you may read says anything about this." in page
    assert f"/knowledge/{row.pk}/" not in page and "Goodwill" not in page
    for one in (row, other):
        assert admin.get(f"/knowledge/{one.pk}/").status_code == 404
    admin.force_login(people["dora"])
    assert "lost cards at once" in asked(admin, "lost cards")


def test_a_document_is_withdrawn_with_a_reason_that_is_kept(admin: Client, people: dict[str, User]) -> None:
    row = added(admin, "The limit is 50.", level="public")
    assert admin.post(f"/knowledge/{row.pk}/withdraw/", {"reason": ""}).status_code == 409
    assert admin.post(f"/knowledge/{row.pk + 1}/withdraw/", {"reason": "It is 40 now."}).status_code == 404
    assert admin.post(f"/knowledge/{row.pk}/withdraw/", {"reason": "It is 40 now."}).status_code == 302
    assert admin.post(f"/knowledge/{row.pk}/withdraw/", {"reason": "Once more."}).status_code == 409
    assert AuditEvent.objects.filter(action="knowledge.withdrawn", actor="person:ada").count() == 1
    assert "Nothing that you may read" in asked(admin, "limit")
    assert "It is 40 now." in admin.get("/changes/").content.decode()
    admin.force_login(people["anna"])
    assert admin.get(f"/knowledge/{row.pk}/").status_code == 404


def test_what_is_wrong_with_a_document_is_told_and_what_was_typed_stays(admin: Client) -> None:
    answer = admin.post("/knowledge/", {"name": "", "level": "internal", "text": "The limit is 50."})
    page = answer.content.decode()
    assert answer.status_code == 400 and "Give it a name." in page and "The limit is 50." in page


@pytest.mark.parametrize(
    "meant",
    [{"groups": ["Gone"]}, {"groups": ["Cards team", "Gone"]}, {"groups": ["\0"]}, {"unit": "x"}, {"unit": "\0"}],
)
def test_a_document_is_not_added_for_more_people_than_it_was_meant_for(admin: Client, meant: dict[str, object]) -> None:
    """A group may be taken away while somebody fills in the form."""
    answer = admin.post("/knowledge/", {"name": "Goodwill", "level": "internal", "text": "The limit is 50.", **meant})
    assert answer.status_code == 400 and "There is no such" in answer.content.decode()
    assert "The limit is 50." in answer.content.decode() and not KnowledgeDocument.objects.filter(name="Goodwill")


def test_only_administrators_change_it(admin: Client, people: dict[str, User]) -> None:
    row = added(admin, "The limit is 50.")
    for name in ("anna", "clara", "axel"):
        admin.force_login(people[name])
        assert admin.post("/knowledge/", {"name": "x", "level": "public", "text": "y"}).status_code == 403
        assert admin.post(f"/knowledge/{row.pk}/withdraw/", {"reason": "Because."}).status_code == 403
    assert KnowledgeDocument.objects.filter(withdrawn=None).count() == 1


def test_where_the_database_compares_no_meanings_the_page_says_so_and_to_administrators_what_brings_it(
    admin: Client, people: dict[str, User]
) -> None:
    added(admin, "The limit of a card is 50 EUR.")
    with cursor() as plain:
        plain.execute("set constraints all immediate")  # as a commit does: else the table cannot be changed
    vectors.take_back()
    for person, told in (("ada", True), ("anna", False)):
        admin.force_login(people[person])
        page = asked(admin, "limit")
        assert "is 50 EUR" in page and "this database does not compare meanings" in page, person
        assert ("create extension vector" in page) is told and "Ask in any language" not in page, person


def test_while_documents_are_read_the_list_and_their_pages_say_how_far_and_keep_up(
    admin: Client, people: dict[str, User]
) -> None:
    answer = admin.post("/knowledge/", {"name": "Fees", "level": "internal", "text": "A fee of 5 EUR."})
    assert answer.status_code == 302
    row, live = KnowledgeDocument.objects.latest("pk"), {"HX-Request": "true"}
    page = admin.get("/knowledge/").content.decode()
    assert "it waits for a worker" in page
    KnowledgeDocument.objects.filter(pk=row.pk).update(reading="a model", read_to=64, pieces=512, at_page=12, pages=40)
    for address in ("/knowledge/", f"/knowledge/{row.pk}/"):
        page = " ".join(admin.get(address).content.decode().split())
        assert "no worker is at it now; the next goes on at page 12 of 40" in page, address
        assert 'hx-trigger="every 2s"' in page, address
    with alone(READING + row.pk):
        part = admin.get("/knowledge/", headers=live).content.decode()
    assert "1 document is being read" in " ".join(part.split()) and "a worker reads page 12 of 40" in part
    assert "<h1" not in part
    index(row.pk)
    part = admin.get("/knowledge/", headers=live).content.decode()
    assert f'id="state-{row.pk}" hx-swap-oob="true"' in part and "can be found" in part and "every 2s" not in part
    assert "every 2s" not in admin.get(f"/knowledge/{row.pk}/").content.decode()
    admin.force_login(people["anna"])
    assert not admin.get("/knowledge/", headers=live).content.strip()


@pytest.mark.parametrize(
    ("told", "is_read", "words"),
    [
        ({"pieces": 0}, True, "a worker opens it"),
        ({"pieces": 5, "read_to": 2}, True, "a worker reads passage 3 of 5"),
        ({"state": "ready", "reading": "x", "pieces": 5, "read_to": 2}, False,
         "no worker is at it now; the next goes on at passage 3 of 5 by another model"),
        ({"state": "ready", "pieces": 5}, True, ""),
        ({"pieces": 5, "withdrawn": clock.utc_now()}, True, ""),
    ],
)  # fmt: skip
def test_how_far_a_document_is_read_is_said_in_passages_where_it_has_no_pages(
    told: dict[str, Any], is_read: bool, words: str
) -> None:
    assert how_far(KnowledgeDocument(**told), is_read=is_read) == words


def test_while_an_index_is_made_administrators_see_how_much_of_it_is_there_and_when_it_ends(
    admin: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = clock.utc_now() + timedelta(minutes=3, seconds=30)
    for told, words in (
        (
            Indexing(40_000, 100_000, 2, soon),
            ("the first of 2 indexes", "about 40000 of 100000", "all are there", "in 3"),
        ),
        (Indexing(None, 100_000, 1, None), ("has not begun", "100000")),
    ):
        monkeypatch.setattr("casework.knowledge.progress.indexing", lambda told=told: told)
        admin.force_login(people["ada"])
        page = " ".join(admin.get("/knowledge/").content.decode().split())
        assert all(one in page for one in words), words
        admin.force_login(people["anna"])
        assert "100000" not in admin.get("/knowledge/").content.decode()
