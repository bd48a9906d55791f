"""What stops an input before it reaches an actor, and an answer before it reaches a case?"""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.actors.guardrails.standing import Scope, after, before
from orchestration.actors.kinds import Answer
from orchestration.privacy.texts import FORMS, Secret, Secrets


class Classifier:
    """An actor as small as it gets."""

    key = "tone"
    version = "1"
    capability = "tone"
    input_schema = {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {"text": {"type": "string", "maxLength": 200}, "also": {}},
    }
    output_schema = {
        "type": "object",
        "required": ["label"],
        "properties": {"label": {"type": "string"}, "confidence": {"type": "number", "maximum": 1}},
    }

    def run(self, input, *, idempotency_key):
        return Answer({"label": "calm"}, 0.9)


ACTOR = Classifier()
SCOPE = Scope("tone")
SECRETS = Secrets(known=frozenset({Secret("Maria Stone", "name")}), kinds=FORMS)


def test_what_is_asked_for_and_fits_may_go_in_and_come_out():
    assert before(ACTOR, {"text": "where is my card?"}, SCOPE)
    assert after(ACTOR, Answer({"label": "calm"}, 0.9), SCOPE)


def test_an_actor_is_not_used_for_what_it_cannot_do():
    verdict = before(ACTOR, {"text": "hello"}, Scope("translation"))
    assert (verdict.rule, verdict.reason) == ("capability", "tone cannot do 'translation'; it does 'tone'.")


@pytest.mark.parametrize(
    ("given_input", "reason"),
    [
        ({}, "The input does not fit its schema: required text at the top."),
        ({"text": 5}, "The input does not fit its schema: type string at /text."),
        ({"text": "x" * 201}, "The input does not fit its schema: maxLength 200 at /text."),
        (None, "The input does not fit its schema: type object at the top."),
        ({"text": "hello", "more": 1}, "The input does not fit its schema: additionalProperties at the top."),
    ],
)
def test_an_input_that_does_not_fit_is_refused_with_the_place_and_the_rule_and_without_the_data(given_input, reason):
    verdict = before(ACTOR, given_input, SCOPE)
    assert (verdict.rule, verdict.reason) == ("schema", reason)


def test_an_input_beyond_the_size_is_refused():
    verdict = before(ACTOR, {"text": "hello", "also": ["x" * 100] * 10}, replace(SCOPE, max_bytes=1000))
    assert verdict.rule == "size"


def test_what_is_nested_too_deeply_is_refused():
    nested = "bottom"
    for _ in range(40):
        nested = [nested]
    assert before(ACTOR, {"text": "hello", "also": nested}, SCOPE).rule == "size"


def test_a_personal_detail_is_kept_from_an_actor_that_may_not_read_any():
    verdict = before(ACTOR, {"text": "write to maria@example.com"}, SCOPE)
    assert (verdict.rule, verdict.reason) == ("leak", "The input holds personal data (email) at /text.")


def test_an_actor_on_this_machine_may_be_allowed_to_read_personal_details_but_not_what_is_hidden_from_it():
    scope = Scope("tone", secrets=SECRETS, personal_data=True)
    assert before(ACTOR, {"text": "write to somebody@example.com"}, scope)
    assert before(ACTOR, {"text": "I am maria stone"}, scope).rule == "leak"
    assert before(ACTOR, {"text": "hello", "also": {"Maria Stone": 1}}, scope).rule == "leak"


@pytest.mark.parametrize("answer", [None, "calm", {"label": "calm"}, Answer(None, 0.5), Answer([], 0.5)])
def test_a_missing_output_is_refused(answer):
    verdict = after(ACTOR, answer, SCOPE)
    assert (verdict.rule, verdict.reason) == ("missing", "tone gave no output.")


@pytest.mark.parametrize(
    "output", [{}, {"label": 3}, {"label": "calm", "confidence": 7}, {"label": math.nan}, {"label": {1, 2}}]
)
def test_an_output_that_does_not_fit_is_refused(output):
    assert after(ACTOR, Answer(output, 0.5), SCOPE).rule == "schema"


@pytest.mark.parametrize("confidence", [-0.1, 1.1, math.nan, math.inf, True, "0.5", [0.5]])
def test_a_confidence_that_is_no_probability_is_refused(confidence):
    assert after(ACTOR, Answer({"label": "calm"}, confidence), SCOPE).rule == "confidence"


@pytest.mark.parametrize("confidence", [0, 1, 0.5, None])
def test_a_confidence_from_0_to_1_or_none_at_all_is_fine(confidence):
    assert after(ACTOR, Answer({"label": "calm"}, confidence), SCOPE)


@pytest.mark.parametrize("label", ["DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "+49 30 23125 042"])
def test_an_actor_never_writes_personal_details_whatever_it_may_read(label):
    assert after(ACTOR, Answer({"label": label}, 0.5), Scope("tone", personal_data=True)).rule == "leak"


def test_a_circle_in_the_output_is_a_verdict():
    output = {"label": "calm"}
    output["self"] = output
    assert after(ACTOR, Answer(output, 0.5), SCOPE).rule == "schema"


def test_a_broken_schema_of_the_actor_is_a_verdict():
    actor = Classifier()
    actor.output_schema = {"type": "no such type"}
    assert after(actor, Answer({"label": "calm"}, 0.5), SCOPE).rule == "schema"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(JSON, JSON)
def test_whatever_comes_there_is_a_verdict_and_a_no_has_a_reason(value, confidence):
    for verdict in (
        before(ACTOR, value, SCOPE),
        after(ACTOR, value, SCOPE),
        after(ACTOR, Answer(value, confidence), SCOPE),
    ):
        assert verdict.allowed == (verdict.rule == "")
        assert verdict.allowed or verdict.reason.endswith(".")
