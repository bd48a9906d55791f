"""A person gets what is held of them in one file, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http.response import HttpResponseBase

from audit.models import AuditEvent, AuditPayload
from casework.documents import reading
from casework.documents.services import document_add
from casework.documents.sight import takes_file
from casework.erasure.own_data import own_data
from casework.models import Case
from orchestration.privacy.classification import classify
from tests.casework.browsing import client
from tests.casework.conftest import PERSON
from tests.casework.documents.test_case_documents import added
from tests.casework.erasure.test_erasing import verified
from tests.orchestration.documents.papers import picture, written_pdf

People = dict[str, User]
ADDRESS = "/changes/keeping/copy/"
OTTO = {"name": "Otto Other", "email": "otto@elsewhere.example", "phone": "+49 171 9998877",
        "iban": "FR14 2004 1010 0505 0001 3M02 606", "card": "5500 0000 0000 0004"}  # fmt: skip
ASKED = {"marks": "Maria Sandoval", "reason": "Her letter of Monday", "do": "copy"}


def opened(answer: HttpResponseBase) -> tuple[dict[str, Any], str, list[str]]:
    """What the file says to programs and to people, and the names of what is in it."""
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip", answer
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:  # type: ignore[arg-type]
        return json.loads(packed.read("copy.json")), packed.read("copy.html").decode(), packed.namelist()


@pytest.mark.django_db
def test_the_copy_has_their_cases_whole_and_of_others_where_they_are_named(
    people: People, open_case: Callable[..., Case]
) -> None:
    """By somebody who may view and reveal: that they did stands in the history of the case, and nothing breaks."""
    people["clara"].groups.set([Group.objects.get(name="Privacy officers")])
    told = "My card was swallowed. Ask Otto, otto@elsewhere.example. Mine is maria.sandoval@example.org."
    mine, other = open_case(message=told), open_case(message="Maria Sandoval saw it: 555-1234.", customer=dict(OTTO))
    letter = added(people["anna"], mine, b"The machine kept my card.", "Letter.txt")
    document_add(by=people["anna"], case=other, name="Maria Sandoval.png", content=picture("red"))
    reading.read(letter.pk)
    clara = client(people["clara"])
    page = clara.post(ADDRESS, ASKED | {"do": "search"}).content.decode()
    assert f'value="{mine.instance_id}"' in page and f'value="{other.instance_id}"' in page
    said, shown, files = opened(clara.post(ADDRESS, ASKED | {"case": [mine.instance_id], "files": "yes"}))
    (case,) = said["cases"]
    assert case["number"] == mine.pk and case["data"]["customer"] == PERSON and not case["hidden"]
    number = mine.documents.get().pk
    for text in (json.dumps(case, ensure_ascii=False), shown):
        assert PERSON["iban"] in text and "maria.sandoval@example.org" in text and "otto@elsewhere" not in text
        assert "added the document “Letter.txt”" in text and f"Last document: nothing → {number}" in text
        assert "anna" not in text.lower()  # who works here is a person of the house
    assert any(name.startswith("documents/") and name.endswith("Letter.txt") for name in files)
    assert not any("Maria" in name for name in files)
    (elsewhere,) = said["elsewhere"]
    places = [one["place"] for one in elsewhere["mentions"]]
    assert elsewhere["number"] == other.pk and "Message" in places and any("the name of document" in p for p in places)
    assert all(value not in json.dumps(said) + shown for value in (*OTTO.values(), "555-1234", "saw it"))
    body = json.loads(bytes(payload(mine.instance_id).body))
    assert "/customer/iban" in body["revealed"] and body["reason"] == ASKED["reason"]
    control = bytes(payload(0).body)
    assert b"Maria" not in control and json.loads(control)["cases"] == [mine.instance_id]
    told = client(people["axel"]).get(f"/cases/{mine.pk}/history/").content.decode()
    assert "copied the case for whose data it is" in told
    assert "All histories hold" in verified()


@pytest.mark.django_db
def test_a_document_goes_whole_where_nothing_in_it_is_masked_and_else_as_text_without_others(
    people: People, open_case: Callable[..., Case]
) -> None:
    """Whoever makes the copy: an account that is the person's own is in clear for those who may reveal it, alone."""
    people["clara"].groups.set([Group.objects.get(name="Privacy officers")])
    case, anna = open_case(), people["anna"]
    own = f"I am {PERSON['name']}, my account is {PERSON['iban']}.".encode()
    shared = written_pdf("The machine kept two cards.", f"Mine and {OTTO['email']}")
    papers = {"own.txt": own, "shared.pdf": shared, "unread.txt": b"Not read."}
    for name, content in papers.items():
        one = added(anna, case, content, name)
        if name != "unread.txt":
            reading.read(one.pk)
    added(people["clara"], case, b"For few.", "beyond.txt", "confidential")
    asked = ASKED | {"case": [case.instance_id], "files": "yes"}
    answer = client(people["clara"]).post(ADDRESS, asked)
    said, told, texts = in_files(answer)
    assert said == {"own.txt": "whole", "shared.pdf": "masked", "unread.txt": "unread"}, "none beyond a clearance"
    assert texts["own.txt"] == own and set(texts) == {"own.txt", "shared.pdf.txt"}
    masked = texts["shared.pdf.txt"].decode()
    assert "Page 1\n\nThe machine kept two cards.\nMine and " in masked and OTTO["email"] not in masked
    assert "so that nobody knows whom else it is about" in told and "with what is not yours masked" in told
    said, _, texts = in_files(client(people["axel"]).post(ADDRESS, asked))
    assert said == {"own.txt": "masked", "shared.pdf": "masked", "unread.txt": "unread"}
    assert all(PERSON["iban"].encode() not in text for text in texts.values())


@pytest.mark.django_db
def test_what_is_masked_is_masked_in_a_document_where_a_line_ends_in_it_too(
    people: People, open_case: Callable[..., Case]
) -> None:
    case, groups = open_case(), PERSON["iban"].split()
    told = "\n".join(["I am Maria.", "My account:", *groups, "Write to me."])
    one = added(people["anna"], case, told.encode(), "own.txt")
    reading.read(one.pk)
    assert not takes_file(people["axel"], one)
    page = client(people["axel"]).get(f"/cases/{case.pk}/documents/{one.pk}/").content.decode()
    assert groups[2] not in page and "Write to me." in page
    asked = ASKED | {"case": [case.instance_id], "files": "yes"}
    said, _, texts = in_files(client(people["axel"]).post(ADDRESS, asked))
    (text,) = texts.values()
    assert said == {"own.txt": "masked"} and groups[2] not in text.decode() and "Write to me." in text.decode()


def in_files(answer: HttpResponseBase) -> tuple[dict[str, str], str, dict[str, bytes]]:
    """What the copy says of each document, to people too, and the files of them that are in it, by name."""
    whole = io.BytesIO(b"".join(answer))  # type: ignore[arg-type]
    with zipfile.ZipFile(whole) as packed:
        said = {one["name"]: one["how"] for one in json.loads(packed.read("copy.json"))["documents"]}
        files = {name.partition("-")[2]: packed.read(name) for name in packed.namelist() if "/" in name}
        return said, packed.read("copy.html").decode(), files


def payload(chain: int) -> AuditPayload:
    event = AuditEvent.objects.get(chain=chain, action="subject.copied")
    return AuditPayload.objects.get(chain=chain, sequence=event.sequence)


@pytest.mark.django_db
def test_who_may_not_see_a_value_does_not_get_it_by_way_of_a_copy(
    people: People, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    said, shown, _ = opened(client(people["axel"]).post(ADDRESS, ASKED | {"case": [case.instance_id]}))
    assert PERSON["iban"] not in json.dumps(said) + shown and "/customer/iban" in said["cases"][0]["hidden"]
    assert said["cases"][0]["opened"] == [] and "the rest since who made this copy may not see them" in shown
    said, shown, _ = opened(client(people["ada"]).post(ADDRESS, ASKED | {"case": [case.instance_id]}))
    assert said["cases"] == [] and said["beside"]["withheld"] == 1 and "Not whole" in shown


@pytest.mark.django_db
def test_nobody_takes_a_copy_without_a_reason_or_words_to_look_for(people: People) -> None:
    axel = client(people["axel"])
    for wrong in ({"reason": ""}, {"marks": ""}, {"reason": "wh\0y so"}, {"marks": "a\0bcdef"}):
        assert axel.post(ADDRESS, ASKED | wrong).status_code == 400
    assert not AuditEvent.objects.filter(action="subject.copied").exists()


def test_what_stands_with_somebody_elses_name_is_theirs() -> None:
    city = {"type": "string", "x-classification": "internal"}
    person = {"type": "object", "properties": {
        "name": {"type": "string", "x-classification": "confidential", "x-mask": "name"},
        "born": {"type": "string", "x-classification": "restricted", "x-mask": "all"},
        "address": {"type": "object", "properties": {"city": city}}}}  # fmt: skip
    schema = {"type": "object", "properties": {
        "amount": {"type": "number", "x-classification": "internal"},
        "people": {"type": "array", "items": person}, "note": {"type": "string", "x-mask": "text"}}}  # fmt: skip
    data = {"amount": 7, "note": "Ask Otto", "people": [
        {"name": "Maria Stone", "born": "1980-03-05", "address": {"city": "Bonn"}},
        {"name": "Otto Other", "born": "1970-01-01", "address": {"city": "Lyon"}}]}  # fmt: skip
    own = own_data(data, classify(schema), ("maria  STONE",), lambda rule, pointer: rule.level == "internal", False)
    assert own.clear == {"/amount", "/people/0/address/city"}
    assert own.beyond == {"/people/0/name", "/people/0/born"} and not own.opened
    assert own.others == {"/people/1/name", "/people/1/born", "/people/1/address/city"}
    own = own_data(data, classify(schema), ("maria stone",), lambda rule, pointer: False, True)
    assert own.opened == own.clear == {"/amount", *(f"/people/0/{one}" for one in ("name", "born", "address/city"))}
