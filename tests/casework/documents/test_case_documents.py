"""People and programs add documents to a case, see them and take them away."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpResponse
from django.test import Client

from casework.access import permissions
from casework.cases.services import case_verify
from casework.documents.models import Document
from casework.documents.reading import read
from casework.documents.services import Added, document_add, name_of
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.documents.kinds import KINDS, LARGEST
from tests.casework.actions import denials, kept, refusals
from tests.casework.conftest import PERSON
from tests.orchestration.documents.papers import pdf, picture

pytestmark = pytest.mark.django_db

People = dict[str, User]
LETTER = b"Dear sirs, the machine kept my card."


def browser(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture(params=["page", "api"])
def brings(request: pytest.FixtureRequest) -> Callable[..., HttpResponse]:
    """`brings(who, case, content, name="letter.txt", level="")` by either door."""

    def sent(who: User, case: Case, content: bytes, name: str = "letter.txt", level: str = "") -> HttpResponse:
        door, field = ("", "files") if request.param == "page" else ("/api", "file")
        given: dict[str, Any] = {field: ContentFile(content, name)} | ({"level": level} if level else {})
        return browser(who).post(f"{door}/cases/{case.pk}/documents/", given)

    return sent


def listed(who: User, case: Case) -> str:
    page = browser(who).get(f"/cases/{case.pk}/documents/").content.decode()
    return page + browser(who).get(f"/api/cases/{case.pk}/documents/").content.decode()


def added(by: User, case: Case, content: bytes = LETTER, name: str = "letter.txt", level: str = "") -> Document:
    outcome = document_add(by=by, case=case, name=name, content=content, level=level)
    assert isinstance(outcome, Added) and outcome.new, outcome
    return outcome.document


def test_a_file_becomes_a_document_and_the_history_has_its_hash(
    people: People, open_case: Callable[..., Case], brings: Callable[..., HttpResponse]
) -> None:
    case = open_case()
    assert brings(people["anna"], case, LETTER).status_code in (302, 201)
    (told,) = kept(case, "document.added")
    document = Document.objects.get(case=case)
    assert told.actor == "person:anna" and told.detail == {
        "document": document.pk, "name": "letter.txt", "digest": sha256(LETTER).hexdigest(), "size": len(LETTER),
        "kind": "text", "pages": 1, "level": "internal",
    }  # fmt: skip
    assert "letter.txt" in listed(people["anna"], case)
    page = browser(people["anna"]).get(f"/cases/{case.pk}/").content.decode()
    assert "added the document “letter.txt”" in page


def test_several_files_come_at_once_and_each_is_answered(people: People, open_case: Callable[..., Case]) -> None:
    case = open_case()
    files = [ContentFile(LETTER, "letter.txt"), ContentFile(b"MZ program", "holiday.pdf"), ContentFile(pdf(2), "a.pdf")]
    page = browser(people["anna"]).post(f"/cases/{case.pk}/documents/", {"files": files}, follow=True).content.decode()
    assert "“letter.txt” is in the case." in page and "“a.pdf” is in the case." in page
    assert "“holiday.pdf” was not taken. This is a program" in page
    assert set(Document.objects.filter(case=case).values_list("name", "pages")) == {("letter.txt", 1), ("a.pdf", 2)}


def test_the_same_content_twice_is_one_document_and_this_is_said(
    people: People, open_case: Callable[..., Case], brings: Callable[..., HttpResponse]
) -> None:
    case = open_case()
    added(people["anna"], case)
    answer: Any = brings(people["anna"], case, LETTER, name="again.txt")
    assert answer.status_code in (302, 200) and len(kept(case, "document.added")) == 1
    assert answer.status_code == 302 or answer.json()["created"] is False
    page = browser(people["anna"]).post(f"/cases/{case.pk}/documents/", {"files": ContentFile(LETTER)}, follow=True)
    assert "is in the case already, as “letter.txt”" in page.content.decode()


def test_what_is_refused_is_told_and_kept(
    people: People, open_case: Callable[..., Case], brings: Callable[..., HttpResponse]
) -> None:
    case = open_case()
    answer = brings(people["anna"], case, b"MZ a program", name="invoice.pdf")
    assert answer.status_code == 409 and "Programs are not taken" in answer.content.decode()
    assert refusals(case) == [("person:anna", "program")] and not Document.objects.exists()


def test_what_is_too_large_is_refused_however_large(
    people: People, open_case: Callable[..., Case], brings: Callable[..., HttpResponse]
) -> None:
    answer = brings(people["anna"], open_case(), b"a" * (LARGEST + 100_000))
    assert answer.status_code == 409 and "more than 20 MB" in answer.content.decode()


def test_a_document_is_taken_away_as_it_came_and_never_opened_by_the_browser(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    document = added(people["anna"], case)
    read(document.pk)
    for door in ("", "/api"):
        answer = browser(people["anna"]).get(f"{door}/cases/{case.pk}/documents/{document.pk}/content/")
        assert answer.content == LETTER
        assert answer["Content-Disposition"] == 'attachment; filename="letter.txt"'
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
        assert "html" not in answer["Content-Type"]
    assert [one.detail["document"] for one in kept(case, "document.downloaded")] == [document.pk] * 2


def test_who_lacks_the_clearance_sees_that_there_is_one_and_nothing_of_it(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    document = added(people["clara"], case, name="diagnosis.txt", level="confidential")
    shown = listed(people["anna"], case)
    assert "A document that you may not see" in shown and "Clara" in shown
    browsing = browser(people["anna"])
    pages = [f"/cases/{case.pk}/", f"/cases/{case.pk}/history/", f"/api/cases/{case.pk}/history/"]
    told = shown + "".join(browsing.get(page).content.decode() for page in pages)
    assert "diagnosis" not in told and document.digest not in told
    for below in ("", "content/", "pages/1/320/"):
        assert browsing.get(f"/cases/{case.pk}/documents/{document.pk}/{below}").status_code == 403
    assert browsing.get(f"/api/cases/{case.pk}/documents/{document.pk}/content/").status_code == 403
    assert ("person:anna", "view") in denials(case)
    assert "diagnosis" in listed(people["clara"], case)


def test_nobody_learns_by_trying_whether_a_content_is_there_that_they_may_not_see(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    added(people["clara"], case, level="confidential")
    assert added(people["anna"], case).level == "internal"


def test_nothing_is_less_secret_than_its_case_type_says(
    people: People, open_case: Callable[..., Case], brings: Callable[..., HttpResponse]
) -> None:
    case = open_case()
    answer = brings(people["anna"], case, LETTER, level="public")
    assert "This should be one of: internal, confidential, restricted." in answer.content.decode()
    assert not Document.objects.exists()


def test_names_of_the_customer_are_masked_in_the_names_of_documents(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    added(people["clara"], case, name=f"{PERSON['iban']}.txt")
    assert PERSON["iban"] not in listed(people["anna"], case)


def test_the_program_that_sent_a_case_in_adds_to_it_and_to_no_other(
    people: People, open_case: Callable[..., Case]
) -> None:
    program = User.objects.create_user("shop")
    program.groups.add(Group.objects.get(name="Intake"))
    outcome = case_open(
        by=program, case_type="complaint", reference="S-1", source=permissions.own_source(program),
        data={"message": "It is broken."},
    )  # fmt: skip
    assert isinstance(outcome, Opened)
    for case, status in ((outcome.case, 201), (open_case(), 404)):
        answer = browser(program).post(f"/api/cases/{case.pk}/documents/", {"file": ContentFile(LETTER, "a.txt")})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("letter.txt", "text", "letter.txt"), ("Scan.JPEG", "jpeg", "Scan.JPEG"),
        ("../../etc/passwd", "text", "passwd.txt"),
        ("C:\\temp\\a.pdf", "pdf", "a.pdf"), ("invoice.pdf.exe", "pdf", "invoice.pdf.exe.pdf"),
        ("", "png", "document.png"),
        ("a\0b\n\u202egpj.exe", "png", "a b gpj.exe.png"), ("letter.html", "text", "letter.html.txt"),
        ("picture.png", "pdf", "picture.pdf"), ("n" * 300 + ".pdf", "pdf", "n" * 150 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_has_no_folder_nothing_unseen_and_the_ending_of_its_kind(given: str, kind: str, name: str) -> None:
    assert name_of(given, KINDS[kind]) == name


def test_a_page_is_drawn_once_and_shown(people: People, open_case: Callable[..., Case]) -> None:
    case = open_case()
    document = added(people["anna"], case, pdf(2, (300, 407)), "two.pdf")
    read(document.pk)
    address = f"/cases/{case.pk}/documents/{document.pk}/"
    answer = browser(people["anna"]).get(f"{address}pages/2/320/")
    assert answer["Content-Type"] == "image/webp" and answer["Content-Security-Policy"].endswith("sandbox")
    assert storages["documents"].exists(f"pages/{document.digest[:2]}/{document.digest}-2-320.webp")
    assert browser(people["anna"]).get(f"{address}pages/3/320/").status_code == 404
    assert browser(people["anna"]).get(f"{address}pages/1/5000/").status_code == 404
    assert "Page 2 of 2" in browser(people["anna"]).get(f"{address}?page=7").content.decode()


def test_verification_finds_a_content_that_was_changed_or_is_gone(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    document = added(people["anna"], case, picture("red", (61, 17)), "red.png")
    read(document.pk)
    assert case_verify(by=people["axel"], case=case).ok
    store, name = storages["documents"], f"{document.digest[:2]}/{document.digest}"
    store.delete(name)
    assert "document" in case_verify(by=people["axel"], case=case).reason
    store.save(name, ContentFile(picture("blue", (61, 17))))
    assert "is not what was added" in case_verify(by=people["axel"], case=case).reason
    answer = browser(people["anna"]).get(f"/cases/{case.pk}/documents/{document.pk}/content/")
    assert answer.status_code == 409 and "Tell an administrator" in answer.content.decode()


def test_verification_finds_a_document_of_which_the_history_says_something_else(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    added(people["anna"], case)
    Document.objects.update(level="public")
    assert "is not what the history tells of it" in case_verify(by=people["axel"], case=case).reason


def test_cases_of_a_kind_that_takes_none_say_so(
    people: People, open_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    from casework.documents import services

    case = open_case()
    monkeypatch.setattr(services, "by_definition", lambda _: type("Plain", (), {"document_level": ""}))
    answer = browser(people["anna"]).post(f"/cases/{case.pk}/documents/", {"files": ContentFile(LETTER, "a.txt")})
    assert answer.status_code == 409 and "take no documents" in answer.content.decode()
