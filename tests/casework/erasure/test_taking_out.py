"""A person is taken out of a case that is somebody else's, and it still holds and goes on."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent, AuditPayload
from casework.cases.services import case_change
from casework.documents import reading
from casework.documents.services import Added, document_add
from casework.erasure.again import Mentioned, mentions_again
from casework.erasure.everywhere import look
from casework.erasure.finding import traces
from casework.erasure.folding import folded
from casework.erasure.models import ErasureOrder
from casework.erasure.orders import look_after, order_ask, order_decide
from casework.erasure.rules import hold_place
from casework.erasure.words import MARKER, Words
from casework.lists.tags import case_tag
from casework.models import Case, Draft
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from tests.audit.test_verifier import run as proven
from tests.casework.conftest import PERSON
from tests.casework.erasure.test_erasing import rule, verified

People = dict[str, User]
Opens = Callable[..., Case]
NAME, MAIL = "Zqxander Zumwalt", "zqxander.zumwalt@example.org"
MARKS = (NAME, MAIL)
OTTO = PERSON | {"name": "Otto Other"}
SAID = f"Please ask {NAME} ({MAIL}) about my card."


def asked(people: People, *cases: Case) -> ErasureOrder:
    order = order_ask(
        by=people["ada"], reason="By letter", cases=[], marks=MARKS, mentions=[case.instance_id for case in cases]
    )
    assert isinstance(order, ErasureOrder), order
    return order


def mentioned(people: People, *cases: Case) -> ErasureOrder:
    """An order to take the person out of these, asked for and agreed to."""
    done = order_decide(by=people["axel"], order_id=asked(people, *cases).pk, agree=True)
    assert isinstance(done, ErasureOrder), done
    return done


def ended(people: People, case: Case) -> Case:
    outcome = case_change(by=people["clara"], case=case, transition="terminate", reason="The customer took it back")
    assert isinstance(outcome, Done), outcome
    return case


@pytest.mark.django_db
@pytest.mark.parametrize("over", [True, False])
def test_the_person_goes_from_a_case_of_another_which_still_holds_and_goes_on(
    people: People, analysed: Opens, over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", "memory://")
    rule(people)
    case = analysed(message=SAID, customer=OTTO, reference=f"from {MAIL}")
    Draft.objects.create(
        case=case, person=people["anna"], form=f"/cases/{case.pk}/x/", fields="note=Zqxander+Zumwalt+called", version=1,
        kept=clock.utc_now(),
    )  # fmt: skip
    if over:
        ended(people, case)
    links = list(AuditEvent.objects.filter(chain=case.instance_id).values_list("sequence", "digest"))
    order = mentioned(people, case)
    assert (order.left, order.state, order.words) == ({}, "done", ""), order.left
    assert traces(MARKS).cases == {} and look("Zqxander").hits == []
    case = Case.objects.get(pk=case.pk)
    assert case.reference == f"from {MARKER}" and "Otto Other" in bytes(case.instance.data).decode()
    now = dict(AuditEvent.objects.filter(chain=case.instance_id).values_list("sequence", "digest"))
    assert {number: bytes(digest) for number, digest in links}.items() <= {n: bytes(d) for n, d in now.items()}.items()
    assert AuditEvent.objects.filter(chain=case.instance_id, action="content.replaced").count() == 1
    assert "All histories hold" in verified("--whole")
    if not over:
        assert HumanTask.objects.filter(instance=case.instance_id, state="open").exists()
        ended(people, case)
        assert "All histories hold" in verified()


@pytest.mark.django_db
@pytest.mark.parametrize(("kept_by", "why"), [
    ("hold", "A legal hold keeps it whole: Lawsuit 7"), ("floor", "GDPR article 17 keeps it whole until"),
    ("no rule", "No rule says how long"),
])  # fmt: skip
def test_what_a_hold_or_the_law_keeps_stays_whole_and_is_named(
    people: People, open_case: Opens, kept_by: str, why: str
) -> None:
    case = open_case(message=SAID, customer=OTTO)
    if kept_by != "no rule":
        rule(people, floor=9 if kept_by == "floor" else 0)
    if kept_by == "hold":
        hold_place(by=people["axel"], case=case, reason="Lawsuit 7")
    order = mentioned(people, case)
    assert order.left[str(case.instance_id)].startswith(why) and order.taken == {}
    assert list(traces(MARKS).cases) == [case.instance_id]
    assert "All histories hold" in verified()


@pytest.mark.django_db
def test_pages_list_each_place_before_and_what_went_after(people: People, open_case: Opens) -> None:
    rule(people)
    case = open_case(message=SAID, customer=OTTO)
    ada, axel = Client(), Client()
    ada.force_login(people["ada"])
    axel.force_login(people["axel"])
    asks = {"marks": NAME, "reason": "By letter"}
    page = ada.post("/changes/keeping/person/", asks | {"do": "search"}).content.decode()
    assert f"Take the person out of case {case.pk}" in page and "Will be replaced: " in page
    assert "It goes on, with a marker in the person" in page and "event 1 (opened the case)" not in page
    ada.post("/changes/keeping/person/", asks | {"do": "ask", "mention": [case.instance_id]})
    order = ErasureOrder.objects.get()
    assert order.mentions == [case.instance_id] and order.cases == []
    address = f"/changes/keeping/orders/{order.pk}/"
    assert "Will be replaced: " in axel.get(address).content.decode()
    axel.post(address, {"how": "agree"})
    after = axel.get(address).content.decode()
    assert "The person was taken out." in after and "Replaced: " in after and NAME not in after
    assert "All histories hold" in verified()


@pytest.mark.django_db
def test_an_order_of_many_cases_goes_on_by_and_by_and_a_backup_of_before_is_named(
    people: People, open_case: Opens, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:  # fmt: skip
    monkeypatch.setattr("django.conf.settings.DATA_KEYS", str(tmp_path))
    monkeypatch.setattr("casework.erasure.orders.TAKEN_AT_ONCE", 1)
    rule(people)
    first, second = open_case(message=SAID, customer=OTTO), open_case(message=SAID, customer=OTTO)
    with django_capture_on_commit_callbacks(execute=True):
        order = mentioned(people, first, second)
        assert order.state == "agreed" and order.words and list(order.taken) == [str(first.instance_id)]
        axel = Client()
        axel.force_login(people["axel"])
        shown = axel.get(f"/changes/keeping/orders/{order.pk}/").content.decode()
        assert "The person was taken out." in shown and "Will be replaced: " in shown
        look_after()
    order.refresh_from_db()
    assert order.state == "done" and not order.words and len(order.taken) == 2 and mentions_again() == Mentioned()
    monkeypatch.setattr("casework.erasure.again.REPLACED", "case.viewed")  # as if the backup had no such event
    assert mentions_again() == Mentioned(), "nobody stands there again"
    monkeypatch.setattr("django.conf.settings.SECRET_KEY", "another")
    left = [(first.instance_id, order.pk), (second.instance_id, order.pk)]
    assert mentions_again() == Mentioned(0, left), "with another key nobody knows whom to look for"


@pytest.mark.django_db
def test_no_other_words_are_taken_out_than_those_that_were_agreed_to(people: People, open_case: Opens) -> None:
    rule(people)
    case = open_case(message=SAID, customer=OTTO)
    order = asked(people, case)
    ErasureOrder.objects.filter(pk=order.pk).update(words='["Otto Other"]', state="agreed", decided_by="person:axel")
    look_after()
    order.refresh_from_db()
    assert "or are others" in order.left[str(case.instance_id)] and set(traces(("Otto Other",)).cases)


@pytest.mark.django_db
def test_texts_of_documents_tags_and_what_was_verified_before_are_followed(
    people: People, analysed: Opens, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    rule(people)
    case = analysed(message="Where is my card?", customer=OTTO)
    added = document_add(
        by=people["anna"], case=case, name="Zqxander Zumwalt.txt", content=f"{NAME} came in.\nZumwalt left.".encode()
    )
    assert isinstance(added, Added)
    document = added.document
    reading.read(document.pk)
    tagged = case_tag(by=people["anna"], case=case, add=["zqxander-zumwalt", "kept"])
    assert not isinstance(tagged, Refused)
    assert "All histories hold" in verified()  # what it found is kept, and gone on from
    before = document.digest
    with django_capture_on_commit_callbacks(execute=True):
        order = mentioned(people, case)
    assert order.left == {}, order.left
    assert document.read_pages.get().text == f"{MARKER} {MARKER} came in.\n{MARKER} left."
    document.refresh_from_db()
    assert document.name == f"{MARKER}.txt"
    assert store.content_of(document.digest).decode() == f"{MARKER} came in.\nZumwalt left."
    with pytest.raises(store.Damaged):
        store.content_of(before)
    assert "All histories hold" in verified() and "All histories hold" in verified("--whole")


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["active", "customer", "complaint", "anna", "person:anna", "Intent"])
def test_a_word_that_the_product_goes_by_breaks_no_case(people: People, analysed: Opens, word: str) -> None:
    rule(people)
    case = analysed(message=f"It is about {word} again.", customer=OTTO)
    marks = (word,)
    order = order_ask(by=people["ada"], reason="By letter", cases=[], marks=marks, mentions=[case.instance_id])
    assert isinstance(order, ErasureOrder)
    order_decide(by=people["axel"], order_id=order.pk, agree=True)
    assert "All histories hold" in verified("--whole")
    ended(people, case)
    assert "All histories hold" in verified("--whole")


@pytest.mark.django_db
def test_the_verifier_of_evidence_says_what_was_replaced_by_which_order(
    people: People, open_case: Opens, tmp_path: Path
) -> None:
    rule(people)
    case = open_case(message=SAID, customer=OTTO)
    order = mentioned(people, case)
    evidence = tmp_path / "evidence"
    call_command("evidence", str(evidence), case.reference, stdout=io.StringIO())
    said = proven(str(evidence), "--case", str(case.instance_id))[1]
    assert f"replaced by order {order.pk}" in said and "Does not hold" not in said, said
    forged = evidence.read_bytes().replace(MARKER.encode(), b"[nobody]")
    evidence.write_bytes(forged)
    assert "is not what an order put in its place" in proven(str(evidence), "--case", str(case.instance_id))[1]


@pytest.mark.django_db
def test_pages_of_the_case_show_the_marker_then_as_now(people: People, open_case: Opens) -> None:
    rule(people)
    case = open_case(message=SAID, customer=OTTO)
    mentioned(people, case)
    anna = Client()
    anna.force_login(people["clara"])
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/then/?event=2", f"/cases/{case.pk}/history/"):
        answer = anna.get(address)
        assert answer.status_code == 200 and NAME not in answer.content.decode(), address


@pytest.mark.django_db
def test_contents_are_replaced_by_an_order_alone(people: People, open_case: Opens) -> None:
    case = open_case()
    found = AuditPayload.objects.filter(chain=case.instance_id, sequence=1)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        found.update(salt=b"", body=b"{}")


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "said"), [
    ("update audit_replacedcontent set digest = sha256('{}'::bytea); "
     "update audit_auditpayload set body = '{}' where octet_length(salt) = 0", "is not what an order put in its place"),
    ("insert into audit_replacedcontent select chain, sequence, sha256('{}'::bytea), 9, now() from audit_auditpayload "
     "where chain > 0 and octet_length(salt) > 0; update audit_auditpayload p set salt = '', body = '{}' "
     "where chain > 0 and octet_length(salt) > 0", "and no order says that it was replaced"),
    ("alter table audit_auditpayload disable trigger user; update audit_auditpayload set salt = '', body = '{}' "
     "where chain = 0 and sequence = 1", "the content of event 1 was changed"),
])  # fmt: skip
def test_a_content_that_was_replaced_without_an_order_is_named(
    people: People, open_case: Opens, change: str, said: str
) -> None:
    rule(people)
    mentioned(people, open_case(message=SAID, customer=OTTO))
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert said in verified("--whole")


def test_a_name_within_another_word_is_somebody_elses() -> None:
    words = Words(("Lang", "4711 0815"))
    told = {"variables": {"note": "The language of Mr LANG's letter", "number": 47110815, "sum": 12}, "node": "lang"}
    assert words.out_of_event("engine.InstanceStarted", told) == {
        "variables": {"note": f"The language of Mr {MARKER}'s letter", "number": None, "sum": 12}, "node": "lang",
    }  # fmt: skip


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from([" ", "\n", "  ", "\t"]), st.booleans())
def test_whatever_stands_around_a_person_stays_and_the_person_goes(
    before: str, after: str, space: str, loud: bool
) -> None:
    name = space.join(NAME.upper().split() if loud else NAME.split())
    left = Words(MARKS).out_of(f"{before} {name}, {after}")
    assert left == f"{before} {MARKER}, {after}"
    assert folded(NAME) not in folded(left)
