"""What stops an input before it reaches an actor, and an answer before it reaches a case?"""

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.actors import guardrails
from orchestration.actors.capability import Guard, undeclared
from orchestration.actors.card import Card
from orchestration.actors.handoff import CaseFacts, Handoff, Outcome
from orchestration.actors.kinds import Answer
from orchestration.privacy.classification import classify


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


CASE = CaseFacts(
    lambda: {"customer": "Maria Stone"},
    classify({"properties": {"customer": {"x-classification": "confidential", "x-mask": "name"}}}),
)


@dataclass(frozen=True)
class Scope:
    """What is asked for, by which means the actor may read personal details, and how much may go in."""

    capability: str
    personal_data: bool = False
    max_bytes: int = 64 * 1024
    clearance: str = "restricted"
    case: CaseFacts = CaseFacts()


@dataclass(frozen=True)
class Said:
    """The first guardrail that said no, and why."""

    rule: str = ""
    reason: str = ""

    def __bool__(self):
        return self.rule == ""

    @property
    def allowed(self):
        return bool(self)


ACTOR = Classifier()
SCOPE = Scope("tone")


def handoff_of(actor, scope):
    asked = replace(undeclared(scope.capability), before=(Guard("size", scope.max_bytes),))
    card = Card(clearance=scope.clearance, personal_data=scope.personal_data)
    return Handoff(
        asked, actor.key, card, actor.input_schema, actor.output_schema, scope.case, actor_capability=actor.capability
    )


def said(checked):
    against = (one for one in checked.verdicts if one.outcome is Outcome.BLOCK)
    return next((Said(one.guardrail, one.sentence) for one in against), Said())


def before(actor, value, scope):
    return said(guardrails.before(handoff_of(actor, scope), value))


def after(actor, answer, scope):
    return said(guardrails.after(handoff_of(actor, scope), {}, answer, {}))


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
    scope = Scope("tone", personal_data=True, clearance="internal", case=CASE)
    handoff = handoff_of(ACTOR, scope)
    assert before(ACTOR, {"text": "write to somebody@example.com"}, replace(scope, clearance="restricted"))
    assert guardrails.before(handoff, {"text": "I am maria stone"}).value == {"text": "I am m••• s•••"}
    assert guardrails.before(handoff, {"text": "a", "also": {"Maria Stone": 1}}).value["also"] == {"M••• S•••": 1}
    assert after(ACTOR, Answer({"label": "Maria Stone"}, 0.5), scope).rule == "leak"


def test_what_is_kept_for_a_purpose_goes_in_only_for_work_of_that_purpose():
    bound = {"x-classification": "internal", "x-mask": "name", "x-purposes": ["answering letters"]}
    case = CaseFacts(CASE.load, classify({"properties": {"customer": bound}}))
    handoff = handoff_of(ACTOR, Scope("tone", personal_data=True, case=case))
    for purpose, text in (("", "m••• s•••"), ("statistics", "m••• s•••"), ("answering letters", "maria stone")):
        asked = replace(handoff, purpose=purpose)
        assert guardrails.before(asked, {"text": "I am maria stone"}).value == {"text": f"I am {text}"}
        told = said(guardrails.after(asked, {}, Answer({"label": "Maria Stone"}, 0.5), {}))
        assert told.rule == ("" if purpose == "answering letters" else "leak")


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
