"""A person is found, their cases are asked for, and somebody else agrees: by hand, on pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEvent, AuditPayload
from casework.erasure.models import ErasureOrder, RetentionRule
from casework.erasure.orders import order_ask
from casework.models import Case
from tests.casework.browsing import client
from tests.casework.erasure.test_erasing import over

pytestmark = pytest.mark.django_db

People = dict[str, User]
UNCLEAN = "characters that cannot be kept"
RULE = {"floor": "0", "keep": "30", "law": "GDPR article 17", "reason": "As agreed"}


def test_a_person_is_found_and_their_case_goes_when_somebody_else_agrees(
    people: People, open_case: Callable[..., Case]
) -> None:
    case, young = over(open_case()), open_case()
    ada, axel = client(people["ada"]), client(people["axel"])
    assert ada.post("/changes/keeping/rules/complaint/", RULE).status_code == 302
    asks = {"marks": "Maria Sandoval", "reason": "By letter of Monday"}
    page = ada.post("/changes/keeping/person/", asks | {"do": "search"}).content.decode()
    assert f'name="case" value="{case.instance_id}"' in page and f'name="case" value="{young.instance_id}"' not in page
    assert "It is open. It has to come to its end first." in page
    sent = ada.post("/changes/keeping/person/", asks | {"do": "ask", "case": [case.instance_id, young.instance_id + 9]})
    order = ErasureOrder.objects.get()
    assert sent.status_code == 302 and order.cases == [case.instance_id]  # nothing that was not found
    address = f"/changes/keeping/orders/{order.pk}/"
    assert "Take it back" in ada.get(address).content.decode()
    shown = axel.get(address).content.decode()
    assert "Agree: erase 1 case" in shown and f'href="/cases/{case.pk}/"' in shown and case.title in shown
    assert case.title not in ada.get(address).content.decode()  # who may not open it is not told
    for how in ({"how": "banana"}, {}):
        answer = axel.post(address, how)
        assert answer.status_code == 400 and "Nothing was decided." in answer.content.decode()
    assert ErasureOrder.objects.get().state == "asked"
    assert axel.post(address, {"how": "agree"}).status_code == 302
    assert [one.pk for one in Case.objects.all()] == [young.pk]
    shown = axel.get("/changes/keeping/").content.decode()
    assert "was carried out" in shown and "GDPR article 17" in shown


def test_no_word_that_a_person_is_known_by_is_kept_of_the_search(
    people: People, open_case: Callable[..., Case]
) -> None:
    ada = client(people["ada"])
    ada.post("/changes/keeping/person/", {"marks": "Ferdinand Nobody", "reason": "By letter", "do": "search"})
    event = AuditEvent.objects.get(action="erasure.searched")
    body = bytes(AuditPayload.objects.get(chain=0, sequence=event.sequence).body)
    assert b"By letter" in body and b"erdinand" not in body


@pytest.mark.parametrize(("sent", "said"), [
    ({"floor": "9", "keep": "3"}, "It cannot have to go before it may."),
    ({"floor": "soon"}, "Write days, from 0 to 36500."),
    ({"law": ""}, "Name the law or rule of the house"),
    ({"reason": ""}, "Say why, in 3 to 500 characters."),
    ({"law": "abc\0def"}, UNCLEAN),
    ({"reason": "wh\0y so"}, UNCLEAN),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_with_a_sentence(people: People, sent: dict[str, str], said: str) -> None:
    answer = client(people["ada"]).post("/changes/keeping/rules/complaint/", RULE | sent)
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and all(text in page for text in sent.values())
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize(("reason", "said"), [("due\0now", UNCLEAN), ("it", "Say why, in 3 to 500 characters.")])
def test_whoever_asks_for_what_is_due_without_a_good_reason_gets_their_words_back(
    people: People, open_case: Callable[..., Case], reason: str, said: str
) -> None:
    over(open_case(), 40)
    ada = client(people["ada"])
    ada.post("/changes/keeping/rules/complaint/", RULE)
    answer = ada.post("/changes/keeping/rules/complaint/due/", {"reason": reason})
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and f'value="{reason}"' in page
    assert page.count('aria-invalid="true"') == 1 and not ErasureOrder.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"reason": "wh\0y so"}, {"do": "ask"}])
def test_nobody_looks_for_a_person_without_a_reason(people: People, sent: dict[str, str]) -> None:
    answer = client(people["ada"]).post("/changes/keeping/person/", {"marks": "anna adler"} | sent)
    assert answer.status_code == 400 and "anna adler" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="erasure.searched").exists()


def test_the_page_of_an_order_says_what_stays_and_why(people: People, open_case: Callable[..., Case]) -> None:
    kept, goes = over(open_case()), over(open_case())
    ada, axel = client(people["ada"]), client(people["axel"])
    ada.post("/changes/keeping/rules/complaint/", RULE)
    axel.post(f"/cases/{kept.pk}/hold/", {"reason": "Lawsuit 7"})
    asked = order_ask(by=people["ada"], reason="By letter", cases=[kept.instance_id, goes.instance_id])
    assert isinstance(asked, ErasureOrder)
    address = f"/changes/keeping/orders/{asked.pk}/"
    before = axel.get(address).content.decode()
    assert "Agree: erase 1 case" in before and "A legal hold keeps it: Lawsuit 7" in before
    axel.post(address, {"how": "agree"})
    after = axel.get(address).content.decode()
    assert "It was left: A legal hold keeps it: Lawsuit 7" in after and f"Case {kept.pk}" in after
    assert f"Case {goes.pk}<" not in after


def test_the_page_of_a_rule_shows_it_as_it_stands(people: People) -> None:
    ada = client(people["ada"])
    ada.post("/changes/keeping/rules/complaint/", RULE)
    page = ada.get("/changes/keeping/rules/complaint/").content.decode()
    assert 'value="0"' in page and 'value="30"' in page and "None" not in page


def test_where_nothing_may_go_nobody_is_asked(people: People, open_case: Callable[..., Case]) -> None:
    open_case()
    ada, asks = client(people["ada"]), {"marks": "Maria Sandoval", "reason": "By letter"}
    page = ada.post("/changes/keeping/person/", asks | {"do": "search"}).content.decode()
    assert "Found in" in page and "Ask a second person" not in page
    assert ada.post("/changes/keeping/person/", asks | {"do": "ask"}).status_code == 409
    assert not ErasureOrder.objects.exists()


def test_an_auditor_holds_a_case_and_lets_it_go_again(people: People, open_case: Callable[..., Case]) -> None:
    case, axel = open_case(), client(people["axel"])
    address = f"/cases/{case.pk}/hold/"
    assert axel.post(address, {"reason": ""}).status_code == 400
    unclean = axel.post(address, {"reason": "wh\0y"})
    assert unclean.status_code == 400 and UNCLEAN in unclean.content.decode()
    assert axel.post(address, {"reason": "Lawsuit 7"}).status_code == 302
    assert "Lawsuit 7" in axel.get(address).content.decode()
    assert f"Case {case.pk}" in client(people["ada"]).get("/changes/keeping/").content.decode()
    assert axel.post(address, {"reason": "It is settled"}).status_code == 302
    assert "The case is not held" in axel.get(address).content.decode()
    told = client(people["axel"]).get(f"/cases/{case.pk}/history/").content.decode()
    assert "placed a legal hold" in told and "lifted the legal hold" in told
