"""What stands in the place of a value that is hidden: a name that is the same in all of a case, or nothing at all."""

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.privacy.classification import classify
from orchestration.privacy.detectors import FORMS
from orchestration.privacy.ibans import is_iban
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.privacy.pseudonyms import name_in_case, pseudonym
from orchestration.privacy.stand_ins import stand_in
from orchestration.privacy.texts import Secrets
from orchestration.privacy.writes import refuse_writes_to_masked

NAMED = classify(
    {
        "x-classification": "restricted",
        "x-mask": "pseudonym",
        "properties": {
            "one": {}, "other": {}, "account": {}, "text": {"x-classification": "public", "x-mask": "text"},
            "away": {"x-mask": "absent", "properties": {"inside": {}}}, "list": {"x-mask": "absent"},
        },
    }
)  # fmt: skip


def named_in(case, data, clearance="internal", revealed=()):
    person = Principal(clearance, revealed=frozenset(revealed), named=partial(name_in_case, case))
    return mask(data, NAMED, person)


@given(st.integers(1, 9), st.from_regex(r"[A-Z][a-z]{4,9} [A-Z][a-z]{4,9}", fullmatch=True))
def test_a_value_has_one_name_in_a_case_wherever_it_stands_and_another_in_each_other_case(case, value):
    data = {"one": value, "other": value.upper(), "text": f"It was {value}, says the clerk."}
    shown = named_in(case, data).data
    assert shown["one"] == shown["other"] and shown["text"] == f"It was {shown['one']}, says the clerk."
    assert shown["one"].startswith("PERSON_") and shown["one"] != named_in(case + 1, data).data["one"]
    assert named_in(case, data, "restricted").data == data


def test_a_name_says_by_its_form_what_it_stands_for():
    account = "DE89 3704 0044 0532 0130 00"
    for value, form in (
        (account, r"DE00[B-Z]{18}"),
        ("GB29NWBK60161331926819", r"GB00[B-Z]{18}"),
        ("maria@example.com", r"[b-z]{6}@stand-in\.invalid"),
        ("7 High Street", r"VALUE_[B-Z]{6}"),
        (48211, r"VALUE_[B-Z]{6}"),
    ):
        shown = named_in(1, {"account": value, "text": f"See {value} there."}).data
        assert re.fullmatch(form, shown["account"])
        assert shown["text"] == f"See {shown['account']} there."
        assert refuse_writes_to_masked({"text": shown["text"]}, named_in(1, {}))


@given(st.sampled_from(["MD24AG000225100013104168", "DE89370400440532013000", "NL91ABNA0417164300"]), st.binary())
def test_an_account_stands_for_another_that_no_bank_has_and_no_guard_takes_for_one(account, content):
    named = stand_in(account, pseudonym("people", content))
    assert (named[:2], len(named)) == (account[:2], len(account)) and named != account
    assert not is_iban(named) and not is_iban(named.replace("00", "97", 1)[:2] + "00" + named[4:])
    assert not Secrets(kinds=FORMS).finds(f"Pay to {named}.")


def test_two_cases_of_one_customer_look_as_those_of_two():
    """Whoever sees a thousand cases learns from names that stand for values who is the same in none of them."""
    people = [{"one": f"Maria Stone {number % 7}", "account": "DE89 3704 0044 0532 0130 00"} for number in range(200)]
    shown = [named_in(case, data).data for case, data in enumerate(people)]
    for field in ("one", "account"):
        assert len({each[field] for each in shown}) == len(shown)


def test_what_two_persons_share_stands_for_neither():
    shown = named_in(1, {"one": "Maria Stone", "other": "Otto Stone", "text": "Mr Stone, not Maria"}).data
    assert shown["text"] == f"Mr •••, not {shown['one']}"


def test_a_name_that_stands_for_a_value_is_not_written_in_its_place():
    view = named_in(1, {"one": "Maria Stone"})
    assert refuse_writes_to_masked({"text": f"Dear {view.data['one']}"}, view)
    assert not refuse_writes_to_masked({"text": "Dear PERSON_1"}, view)


@pytest.mark.parametrize("held", [{}, {"away": {"inside": "x1y2z3"}, "list": ["x1y2z3"]}, {"away": {}, "list": ""}])
def test_a_field_that_is_absent_is_absent_be_there_a_value_or_not(held):
    view = named_in(1, held | {"text": "About x1y2z3"})
    assert set(view.data) == {"text"} and view.masked <= {"/text"}
    for path in ("away", "list"):
        assert [one.path for one in refuse_writes_to_masked({path: {"inside": "new"}}, view)] == [f"/{path}"]
    assert view.payload({"changes": held, "/away/inside": 1}) == {"changes": {}}
    assert named_in(1, held, revealed=[""]).data == held
