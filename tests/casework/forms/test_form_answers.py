"""What a person or program answers to a form is looked at before it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from casework.forms.answer_validation import form_errors
from orchestration.casetypes.case_type import Form, FormField

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


@pytest.mark.parametrize("blank", ["", " ", "\r\n \t", None])
def test_a_blank_answer_is_none(blank: str | None) -> None:
    assert form_errors(FORM, {"verdict": "change", "answer": blank, "reason": blank}) == {
        "answer": "Please answer this.",
        "reason": "Please answer this.",
    }


def test_what_is_not_required_may_be_left_blank() -> None:
    assert form_errors(FORM, {"verdict": "accept", "answer": "It was a fee.", "reason": " "}) == {}
