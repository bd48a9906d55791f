"""What a line of the inbox says of a case, without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.cases.glance import FIRST_WORDS, Glance, Words, first_words, headline, reason, suggestion
from casework.cases.read.case_view import list_mask
from casework.cases.read.values import values_in_words
from casework.tasks.row import at_risk
from orchestration.casetypes.case_type import CaseType, Faulty, checked, folder_files
from orchestration.privacy.principal import Principal

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MARIA = {"name": "Maria Sandoval", "iban": "DE89 3704 0044 0532 0130 00"}
ANALYST, SENIOR = Principal("internal"), Principal("confidential")


@cache
def case_type(key: str = "complaint") -> CaseType:
    return checked(folder_files(CASE_TYPES / key), NOW)


def seen(person: Principal, key: str = "complaint", **data: Any) -> Glance:
    kind = case_type(key)
    masked = list_mask(kind.classification, data, person, {})
    return Glance(kind, data, person, masked, values_in_words(kind))


def told(found: tuple[Words, ...]) -> list[str]:
    return [f"“{one.text}”" if one.quoted else one.text for one in found]


def test_a_headline_says_what_a_case_is_about_its_first_words_and_whose_it_is() -> None:
    data = {"message": "Where is my card?", "intent": {"label": "card_not_working"}, "customer": MARIA}
    assert told(headline(seen(SENIOR, **data))) == [
        "A card that does not work",
        "“Where is my card?”",
        "Maria Sandoval",
    ]


def test_an_amount_is_said_with_its_currency() -> None:
    data = {"message": "Give it back", "about": "fee", "amount": 212.5}
    assert told(headline(seen(ANALYST, key="refund", **data))) == ["A fee of ours", "“Give it back”", "212.50 EUR"]


def test_an_amount_and_a_name_from_outside_stand_in_no_quotation_marks() -> None:
    data = {"amount": 4200, "payee": {"name": "Nordlicht Office Ltd"}, "purpose": "Invoice 2026-118"}
    assert told(headline(seen(SENIOR, key="payment-release", **data))) == [
        "4,200.00 EUR", "Nordlicht Office Ltd", "Invoice 2026-118",
    ]  # fmt: skip


def test_what_is_not_known_is_left_out() -> None:
    assert told(headline(seen(SENIOR, message="Hello"))) == ["“Hello”"]
    assert headline(seen(SENIOR)) == ()


def test_what_is_masked_for_the_reader_is_masked_in_its_place_and_in_the_first_words() -> None:
    data = {"message": "I am Maria Sandoval, DE89 3704 0044 0532 0130 00", "customer": MARIA}
    shown = " ".join(told(headline(seen(ANALYST, **data))))
    assert "Maria" not in shown and "Sandoval" not in shown and "3704" not in shown
    assert shown.startswith("“I am ") and "•" in shown
    assert "Maria Sandoval" in " ".join(told(headline(seen(SENIOR, **data))))


@pytest.mark.parametrize("before", range(560, 605))
def test_a_name_that_stands_where_a_long_text_is_cut_is_never_shown_in_half(before: int) -> None:
    text = (
        "x" * 3
        + " DE89 3704 0044 0532 0130 00" * 19
        + " "
        + "y" * (before - 537)
        + " Maria Sandoval is my name. "
        + "z" * 300
    )
    shown = " ".join(told(headline(seen(ANALYST, message=text, customer=MARIA))))
    assert "Mar" not in shown and "Sand" not in shown


def test_first_words_are_cut_between_words_and_stand_in_one_line() -> None:
    assert first_words("One\n\n two") == "One two"
    cut = first_words("word " * 40)
    assert cut.endswith("word …") and len(cut) <= FIRST_WORDS + 2
    assert len(first_words("x" * 500)) == FIRST_WORDS + 2


def test_a_task_is_here_for_the_reason_that_the_rule_gave_and_only_where_the_type_says_so() -> None:
    here = seen(ANALYST, message="x", route={"group": "Analysts", "why": "The customer is upset."})
    assert reason(here, "senior_review_task") == "The customer is upset."
    assert reason(here, "write_question_task") == ""
    assert reason(seen(ANALYST, message="x"), "senior_review_task") == ""


def test_a_machine_s_opinion_is_said_in_words_with_how_sure_it_is() -> None:
    here = seen(ANALYST, message="x", intent={"label": "fees_and_charges", "confidence": 0.93})
    assert suggestion(here, "review") == ("Fees and charges", 0.93)
    assert suggestion(here, "question") == suggestion(here, "no such form") == ("", None)
    assert suggestion(seen(ANALYST, message="x"), "review") == ("", None)


@pytest.mark.parametrize(("left", "risk"), [(7, False), (6, False), (5, True), (0, True), (-3, True)])
def test_a_task_is_at_risk_when_less_than_a_quarter_of_its_time_is_left(left: int, risk: bool) -> None:
    due = NOW + timedelta(hours=left)
    assert at_risk(due - timedelta(hours=24), due, NOW) is risk


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ("headline: [intent.label, message", "headline: [intent.label, mesage", "no place 'mesage'"),
        ("route.why: [check_draft", "routed.why: [check_draft", "no place 'routed.why'"),
        ("route.why: [check_draft", "route.why: [chek_draft", "no model has an item 'chek_draft'"),
    ],
)
def test_what_a_list_says_names_places_and_tasks_that_are_there(was: str, becomes: str, fault: str) -> None:
    files = folder_files(CASE_TYPES / "complaint")
    assert was in files["manifest.yaml"]
    files["manifest.yaml"] = files["manifest.yaml"].replace(was, becomes)
    with pytest.raises(Faulty, match=fault):
        checked(files, NOW)
