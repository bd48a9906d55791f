"""How is an answer scored afterwards?"""

from decimal import Decimal

import pytest

from orchestration.actors.capability import Guard
from orchestration.actors.evaluators.evaluator import JUDGED, SETTLED, Result, Scored
from orchestration.actors.evaluators.registry import EVALUATORS, scores
from orchestration.casetypes.capabilities import capability_faults
from orchestration.jobs.evaluating import lot
from tests.orchestration.actors.test_guardrails_declared import files

LETTER = "Anna Lind bought two lamps for 1,250.50 EUR on 3 April 2026, order 88."


def score(guard, given=None, output=None, when=SETTLED, **judged):
    return dict(scores([guard], when, Result(given, output, **judged))).get(guard.name)


@pytest.mark.parametrize(
    ("reply", "share"),
    [
        ("You paid 1.250,50 EUR for order 88.", 1),
        ("Dear Anna Lind, we got it on 2026-04-03.", 1),
        ("Dear Anna Holm, you paid 1250.5 EUR.", 3 / 4),
        ("You paid 999 EUR.", 1 / 2),
        ("We look into it.", 1),
    ],
)
def test_grounded_is_the_share_of_what_it_names_that_stands_in_the_input(reply, share):
    found = score(Guard("grounded"), {"text": LETTER}, {"reply": reply})
    assert found.score == pytest.approx(share)
    assert not {"Anna", "Holm", "999", "1250"} & set(found.note.split())


@pytest.mark.parametrize(("length", "expected"), [(50, 1), (100, 1), (25, 0.5), (200, 0.5)])
def test_length_is_less_the_farther_a_text_is_from_what_is_wanted(length, expected):
    found = score(Guard("length", {"of": "/reply", "least": 50, "most": 100}), None, {"reply": "x" * length})
    assert found.score == expected


def test_a_text_that_is_not_there_has_no_length():
    assert score(Guard("length", {"of": "/reply"}), None, {"label": "a"}).score == 0


@pytest.mark.parametrize(
    ("verdict", "right", "expected"),
    [
        ("accepted", None, 1),
        ("rejected", None, 0),
        ("changed", {"label": "pay", "lines": [{"amount": 5}, {"amount": 7}]}, 2 / 3),
        ("changed", {"something": "else"}, 0),
    ],
)
def test_agreement_is_what_a_person_kept_of_an_answer(verdict, right, expected):
    output = {"label": "pay", "lines": [{"amount": 5}, {"amount": 6}]}
    found = score(Guard("agrees-with", "reviewer"), None, output, JUDGED, verdict=verdict, right=right)
    assert found.score == pytest.approx(expected)


def test_agreement_is_asked_for_only_once_a_person_has_said_something():
    assert score(Guard("agrees-with", "reviewer"), None, {"label": "pay"}) is None


@pytest.mark.parametrize(
    ("evaluator", "told"),
    [
        ("beauty", "there is no evaluator 'beauty'; there are agrees-with, length, grounded, cites, schema, tone"),
        ({"agrees-with": "somebody"}, "the parameters of the evaluator agrees-with are not right"),
        ({"length": {"least": 5}}, "the parameters of the evaluator length are not right: 'of' is a required property"),
    ],
)
def test_an_unknown_evaluator_or_parameter_does_not_deploy(evaluator, told):
    document = {"key": "a", "title": "A", "evaluators": [evaluator]}
    assert told in " ".join(capability_faults(files(document)))


def test_every_evaluator_says_what_it_is_about():
    assert all(one.about.endswith(".") for one in EVALUATORS)


GIVEN = {"pieces": [{"id": "event:1", "text": "It came."}, {"id": "page:2.1", "text": "It went."}]}


@pytest.mark.parametrize(
    ("output", "share"),
    [
        ({"statements": [{"text": "It came.", "sources": ["event:1"]}, {"text": "It went.", "sources": []}]}, 1 / 2),
        ({"statements": [{"text": "It came.", "sources": ["event:1", "event:9"]}]}, 0),
        ({"text": "It went.", "sources": ["page:2.1"]}, 1),
    ],
)
def test_cites_is_the_share_that_names_what_was_given_and_nothing_else(output, share):
    assert score(Guard("cites"), GIVEN, output).score == share


@pytest.mark.parametrize("output", [None, {"statements": []}, {"text": "It went."}])
def test_what_says_nothing_or_names_no_sources_by_its_form_is_not_scored(output):
    assert score(Guard("cites"), GIVEN, output) is None


def test_the_form_is_scored_by_how_often_it_had_to_be_mended():
    assert [score(Guard("schema"), None, {}, rounds=rounds) for rounds in (1, 2)] == [
        Scored(1.0, "at once"), Scored(0.5, "in 2 rounds"),
    ]  # fmt: skip
    assert score(Guard("schema"), None, {}) is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("We are sorry for the trouble. The amount is credited on Monday.", 1),
        ("You are stupid and your complaint is a disgusting lie. Thank you for it.", 1 / 2),
        ("Der Betrag kommt am Montag.", None),
    ],
)
def test_the_tone_is_the_share_of_civil_sentences(text, share):
    found = score(Guard("tone", {"of": "/text"}), None, {"text": text})
    assert (found and found.score) == share


def test_a_dear_answer_scores_less_and_one_of_unknown_cost_not_at_all():
    dear = Guard("cost", {"most": 0.05})
    costs = (Decimal("0.05"), Decimal("0.10"))
    assert [score(dear, None, {}, cost=cost).score for cost in costs] == [1, pytest.approx(0.5)]
    assert score(dear, None, {}) is None


def test_what_costs_is_asked_of_a_sample_that_is_the_same_whenever_it_is_drawn():
    asked = Guard("supported", {"of": "/text", "sample": 0.25})
    given, output = (
        {"text": "The amount is credited on Monday."},
        {"text": "The amount is credited on Monday. We pay 5 EUR."},
    )
    assert score(asked, given, output, lot=0.24).score == 1 / 2
    assert score(asked, given, output, lot=0.25) is None
    lots = [lot(number) for number in range(2_000)]
    assert lots == [lot(number) for number in range(2_000)] and all(0 <= one < 1 for one in lots)
    assert 0.22 < sum(one < 0.25 for one in lots) / len(lots) < 0.28
