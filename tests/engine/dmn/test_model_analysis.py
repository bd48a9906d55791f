"""What the analysis says of a whole model, and what change would give another outcome."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn import UnknownDecision, compile_model, parse
from orchestration.engine.dmn.model_analysis import analyse
from orchestration.engine.dmn.validation import validate
from orchestration.engine.dmn.why_not import fulfils, why_not
from orchestration.engine.feel import Date
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table

ROUTING = table(
    [("confidence", "number"), ("sentiment", "string")],
    ["lane", "why"],
    [
        ["< 0.75", "-", '"senior"', '"unsure"'],
        ["-", '"negative"', '"senior"', '"angry"'],
        ["-", "-", '"draft"', '"fine"'],
    ],
    "FIRST",
)
ALLOWED = (
    '<itemDefinition name="tShare"><typeRef>number</typeRef><allowedValues><text>[0..1]</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tMood"><typeRef>string</typeRef><allowedValues>'
    '<text>"negative", "neutral", "positive"</text></allowedValues></itemDefinition>'
)
ROUTING_FILE = definitions(
    ALLOWED,
    input_data("confidence", "tShare"),
    input_data("sentiment", "tMood"),
    decision("routing", ROUTING, ["confidence", "sentiment"]),
)


def findings(*parts: str, kind: str) -> list[str]:
    model = compile_model(parse(definitions(*parts)))
    return [each.message for each in analyse(model).findings if each.kind == kind]


def test_a_sound_model_gives_no_findings():
    assert validate(ROUTING_FILE) == validate(ROUTING_FILE)
    assert validate(ROUTING_FILE).findings == ()
    assert validate(ROUTING_FILE).publishable


def test_names_that_nothing_gives_are_told():
    told = findings(input_data("a"), decision("d", literal("a + bb"), ["a"]), kind="unknown name")
    assert told == ["there is no 'bb' in 'a + bb'"]


def test_entries_of_filtered_items_and_functions_are_no_unknown_names():
    text = "count(a[price > 1 and item.price < 5]) + sum(for x in a return x.price) + {y: 1, z: y + 1}.z"
    assert findings(input_data("a"), decision("d", literal(text), ["a"]), kind="unknown name") == []


def test_inputs_that_nothing_reads_are_told():
    parts = [input_data("a"), input_data("b"), input_data("c"), decision("d", literal("a + 1"), ["a", "b"])]
    assert findings(*parts, kind="unused input") == ["nothing requires 'c'", "'d' requires 'b' but does not read it"]


def test_a_column_that_no_rule_looks_at_is_told():
    body = table(["a", "b"], [""], [["1", "-", "1"], ["2", "-", "2"]])
    told = findings(input_data("a"), input_data("b"), decision("d", body, ["a", "b"]), kind="unused input")
    assert told == ["no rule looks at the input 'b'"]


def test_cells_that_never_fit_their_type_are_told_with_the_rule():
    body = table([("a", "number")], [""], [["> 1", "1"], ['"many"', "2"], ['< date("2024-01-01")', "3"]])
    model = compile_model(parse(definitions(input_data("a", "number"), decision("d", body, ["a"]))))
    told = [each for each in analyse(model).findings if each.kind == "type"]
    assert [each.rules for each in told] == [(2,), (3,)]
    assert told[0].message.startswith("'\"many\"' never fits its input")
    assert dict(told[0].example) == {"a": 1}


def test_outputs_that_do_not_fit_are_told():
    body = table(["a"], ["o"], [["1", '"x"'], ["2", '"y"']], values=['"x"']).replace(
        "<output ", "<output typeRef='string' "
    )
    told = findings(input_data("a"), decision("d", body, ["a"]), kind="type")
    assert told == ["the output 'y' is none of the output values of o"]


def test_an_expression_that_mixes_types_is_told():
    parts = [input_data("a", "number"), decision("d", literal('a + " items"'), ["a"])]
    assert "is null for all inputs that were tried" in findings(*parts, kind="type")[0]
    assert findings(input_data("a", "number"), decision("d", literal("a + 1"), ["a"]), kind="type") == []


def test_faults_forbid_publishing():
    refused = validate(definitions(decision("a", literal("1 +"))))
    assert not refused.publishable
    assert (refused.faults[0].element, refused.faults[0].line) == ("LiteralExpression", 2)
    assert validate(b"<a/>").faults[0].message.startswith("not the definitions of DMN")


# ---------------------------------------------------------------- why not


@pytest.fixture(scope="module")
def routing():
    return compile_model(parse(ROUTING_FILE))


def changes(routing, inputs, wished):
    answer = why_not(routing, "routing", inputs, wished)
    assert answer.evaluation is not None
    assert [(each.name, each.was) for each in answer.changes] == [
        (each.name, inputs[each.name]) for each in answer.changes
    ]
    return {each.name: each.becomes for each in answer.changes}


def test_the_smallest_change_is_told(routing):
    assert changes(routing, {"confidence": 0.7, "sentiment": "neutral"}, {"lane": "draft"}) == {"confidence": 0.75}
    assert changes(routing, {"confidence": 0.9, "sentiment": "neutral"}, {"why": "unsure"}) == {"confidence": 0.74}
    assert changes(routing, {"confidence": 0.9, "sentiment": "neutral"}, {"why": "angry"}) == {"sentiment": "negative"}


def test_two_inputs_change_where_one_is_not_enough(routing):
    changed = changes(routing, {"confidence": 0.2, "sentiment": "negative"}, {"lane": "draft"})
    assert changed["confidence"] == 0.75
    assert changed["sentiment"] in ("neutral", "positive")


def test_inputs_that_give_the_outcome_need_no_change(routing):
    assert changes(routing, {"confidence": 0.9, "sentiment": "neutral"}, {"lane": "draft"}) == {}


def test_an_outcome_that_cannot_be_had_is_said_so(routing):
    answer = why_not(routing, "routing", {"confidence": 0.9, "sentiment": "neutral"}, {"lane": "nowhere"})
    assert (answer.changes, answer.evaluation) == (None, None)
    assert answer.tried > 0
    with pytest.raises(UnknownDecision):
        why_not(routing, "other", {}, 1)


def test_changes_reach_through_the_requirements():
    first = table([("n", "number")], [""], [["< 10", '"small"'], [">= 10", '"big"']])
    second = table([("size", "string")], [""], [['"small"', "1"], ['"big"', "2"]])
    source = definitions(
        input_data("n", "number"), decision("size", first, ["n"]), decision("fee", second, (), ["size"])
    )
    answer = why_not(compile_model(parse(source)), "fee", {"n": 3}, 2)
    assert [(each.name, each.becomes) for each in answer.changes] == [("n", 10)]


def test_one_is_not_true_and_a_date_is_asked_for_by_its_text():
    assert fulfils(Decimal(1), 1)
    assert not fulfils(Decimal(1), True)
    assert fulfils(Date(2024, 1, 31), "2024-01-31")
    assert fulfils({"a": Decimal(1), "b": None}, {"a": 1})
    assert not fulfils({"a": Decimal(1)}, {"b": None})


@given(st.floats(0, 1).map(lambda each: round(each, 3)), st.sampled_from(["negative", "neutral", "positive"]))
def test_each_answer_gives_what_was_wished(confidence, sentiment):
    model = compile_model(parse(ROUTING_FILE))
    for wished in ("unsure", "angry", "fine"):
        inputs = {"confidence": confidence, "sentiment": sentiment}
        answer = why_not(model, "routing", inputs, {"why": wished})
        changed = {**inputs, **{each.name: each.becomes for each in answer.changes}}
        assert model.evaluate("routing", changed).value["why"] == wished


def test_a_call_with_other_arguments_than_a_function_takes_is_doubtful():
    findings = validate(definitions(decision("d", literal('number("5")')))).findings
    assert [each.message for each in findings if each.kind == "unknown name"] == [
        "'number(\"5\")' calls 'number' with 1 argument; it takes (from, grouping separator, decimal separator)"
    ]
