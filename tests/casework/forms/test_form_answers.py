"""What a person or program answers to a form is looked at before it is kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from casework.explaining.letters import text_amiss
from casework.forms.answer_validation import errors_made, tells, with_initial
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.casetypes.form_answers import form_errors
from orchestration.privacy.classification import classify
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal

FORM = Form(
    "review",
    (
        FormField("verdict", "The suggestion is", choices={"accept": "right", "change": "wrong"}),
        FormField("answer", "Answer"),
        FormField("reason", "Why", required_when={"verdict": ("change",)}),
    ),
)


@pytest.mark.parametrize("verdict", [["accept"], {"accept": True}, [[]], True, 10**30])
def test_an_answer_that_is_no_text_is_not_among_the_choices(verdict: Any) -> None:
    assert form_errors(FORM, {"verdict": verdict, "answer": "It was a fee."}).keys() == {"verdict"}


@pytest.mark.parametrize("blank", ["", " ", "\r\n \t", "\u200b\u2060", "\u2800", "\u3164 \ue000", None])
def test_a_blank_answer_is_none(blank: str | None) -> None:
    assert form_errors(FORM, {"verdict": "change", "answer": blank, "reason": blank}) == {
        "answer": "Please answer this.",
        "reason": "Please answer this.",
    }


@pytest.mark.parametrize("unseen", ["\u200b" * 30, "\u2800" * 30, "no" + "\u3164" * 30, " \u00ad \ufeff" * 9])
def test_a_reason_is_as_long_as_what_somebody_sees_of_it(unseen: str) -> None:
    assert not tells(unseen, 3, 300)
    assert tells(f"{unseen} because", 3, 300) and not tells(f"{unseen} because", 3, 20)
    assert text_amiss("finding", unseen, 10, 2000).keys() == {"finding"}


def test_what_is_not_required_may_be_left_blank() -> None:
    assert form_errors(FORM, {"verdict": "accept", "answer": "It was a fee.", "reason": " "}) == {}


LISTED = FormField(
    "reason", "Why", asked_when={"verdict": ("change",)}, required_unless={"kind": ("tone",)}, choices={}
)


@pytest.mark.parametrize(
    ("answers", "needed"),
    [({"verdict": "accept"}, False), ({"verdict": "change"}, True), ({"verdict": "change", "kind": "tone"}, False)],
)
def test_what_is_not_asked_is_not_missing_nor_is_what_another_answer_says(
    answers: dict[str, str], needed: bool
) -> None:
    assert LISTED.is_required(answers) == needed


def test_both_conditions_have_to_hold_where_a_question_names_both() -> None:
    asked = FormField("why", "Why", required_when={"verdict": ("change",)}, required_unless={"kind": ("tone",)})
    assert asked.is_required({"verdict": "change"})
    assert not asked.is_required({"verdict": "change", "kind": "tone"})
    assert not asked.is_required({"kind": "other"})


PREFILLED = Form("amount", (FormField("amount", "Amount", initial="amount"),))
CLEAR = mask({"amount": 20}, classify({}), Principal("restricted"))


@pytest.mark.parametrize("nothing", ["", " ", None])
def test_who_empties_a_prefilled_field_does_not_mean_what_stood_there(nothing: str | None) -> None:
    complete = with_initial(PREFILLED, {"amount": nothing}, {"amount": 20}, CLEAR)
    assert form_errors(PREFILLED, complete) == {"amount": "Please answer this."}


def test_who_says_nothing_of_a_prefilled_field_means_what_stands_there() -> None:
    assert with_initial(PREFILLED, {}, {"amount": 20}, CLEAR) == {"amount": 20}


def test_what_a_machine_left_wrong_is_no_fault_of_who_changes_the_rest() -> None:
    schema = {
        "properties": {
            "order": {"type": "string"}, "sums": {"properties": {"net": {"type": "number"}, "tax": {"type": "number"}}},
        }
    }  # fmt: skip
    case_type = cast("CaseType", SimpleNamespace(validator=Draft202012Validator(schema)))
    left = {"order": None, "sums": {"net": None, "tax": "much"}}
    assert errors_made(case_type, left, {"sums": {"net": 12.4, "tax": "much"}}) == {}
    assert errors_made(case_type, left, {"sums": {"net": "12", "tax": "more"}}).keys() == {"sums.net", "sums.tax"}
    assert errors_made(case_type, {"order": "PO-1"}, {"order": None}).keys() == {"order"}
