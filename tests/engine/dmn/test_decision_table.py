"""What a decision table gives, by its hit policy."""

from decimal import Decimal

import pytest

from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.feel import Limits
from tests.engine.dmn.samples import decision, definitions, input_data, table


def model_of(body: str, *names: str, types: dict[str, str] | None = None):
    types = types or {}
    data = [input_data(name, types.get(name, "")) for name in names]
    return compile_model(parse(definitions(*data, decision("result", body, names))))


def decide(body: str, **inputs):
    return model_of(body, *inputs).evaluate("result", inputs)


def hit_numbers(evaluation) -> list[int]:
    return [rule.number for rule in evaluation.hits[0].rules]


OVERLAPPING = [["< 10", '"low"'], ["< 20", '"mid"'], ["< 30", '"low"']]


def overlapping(policy: str, aggregation: str = "", rows=OVERLAPPING, **options) -> str:
    return table(["x"], [""], rows, policy, aggregation, **options)


def test_unique_gives_the_rule_that_matches():
    evaluation = decide(overlapping("UNIQUE"), x=25)
    assert evaluation.value == "low"
    assert hit_numbers(evaluation) == [3]


def test_unique_with_two_matching_rules_is_null_with_a_reason():
    evaluation = decide(overlapping("UNIQUE"), x=15)
    assert evaluation.value is None
    assert "rules 2 and 3 match" in evaluation.problems[0].reason
    assert hit_numbers(evaluation) == [2, 3]


def test_any_wants_all_outputs_equal():
    agreeing = decide(overlapping("ANY", rows=[["< 10", '"low"'], ["< 30", '"low"']]), x=5)
    assert (agreeing.value, agreeing.problems) == ("low", ())
    differing = decide(overlapping("ANY"), x=5)
    assert differing.value is None
    assert "must agree" in differing.problems[0].reason


def test_first_gives_the_first_rule_in_the_order_of_the_table():
    evaluation = decide(overlapping("FIRST"), x=15)
    assert evaluation.value == "mid"
    assert hit_numbers(evaluation) == [2]


def test_priority_gives_the_output_that_stands_first_among_the_output_values():
    evaluation = decide(overlapping("PRIORITY", values=['"mid", "low"']), x=5)
    assert evaluation.value == "mid"
    assert hit_numbers(evaluation) == [2]


def test_output_order_gives_all_outputs_by_priority():
    assert decide(overlapping("OUTPUT ORDER", values=['"mid", "low"']), x=5).value == ["mid", "low", "low"]


def test_rule_order_and_collect_give_all_outputs_in_the_order_of_the_table():
    for policy in ("RULE ORDER", "COLLECT"):
        assert decide(overlapping(policy), x=5).value == ["low", "mid", "low"]


def test_a_list_is_given_even_of_one_output():
    assert decide(overlapping("RULE ORDER"), x=25).value == ["low"]


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 6), ("COUNT", 3), ("MIN", 1), ("MAX", 3)])
def test_collected_numbers_are_aggregated(aggregation, value):
    rows = [["< 10", "2"], ["< 20", "1"], ["< 30", "3"]]
    assert decide(overlapping("COLLECT", aggregation, rows), x=5).value == value


def test_several_outputs_are_a_context_and_priority_goes_by_the_first_that_differs():
    rows = [["-", '"b"', "1"], ["-", '"a"', "1"], ["-", '"a"', "2"]]
    body = table(["x"], ["letter", "digit"], rows, "OUTPUT ORDER", values=['"a", "b"', "2, 1"])
    assert decide(body, x=0).value == [
        {"letter": "a", "digit": 2},
        {"letter": "a", "digit": 1},
        {"letter": "b", "digit": 1},
    ]


@pytest.mark.parametrize(
    ("policy", "aggregation", "value"),
    [
        ("UNIQUE", "", None),
        ("FIRST", "", None),
        ("PRIORITY", "", None),
        ("COLLECT", "", []),
        ("RULE ORDER", "", []),
        ("OUTPUT ORDER", "", []),
        ("COLLECT", "COUNT", 0),
        ("COLLECT", "SUM", None),
        ("COLLECT", "MAX", None),
    ],
)
def test_without_a_match_and_a_default_there_is_nothing(policy, aggregation, value):
    evaluation = decide(overlapping(policy, aggregation, rows=[["< 0", "1"]], values=["1, 2"]), x=5)
    assert (evaluation.value, evaluation.hits[0].rules) == (value, ())


def test_without_a_match_the_default_outputs_are_given():
    rows = [["< 0", '"a"', "1"]]
    body = table(["x"], ["letter", "digit"], rows, defaults=['"z"', "9"])
    assert decide(body, x=5).value == {"letter": "z", "digit": 9}
    assert decide(overlapping("COLLECT", rows=[["< 0", "1"]], defaults=["9"]), x=5).value == [9]


def test_a_dash_takes_anything_even_nothing():
    assert decide(table(["x", "y"], [""], [["-", "1", '"yes"']]), x=None, y=1).value == "yes"


def test_a_cell_may_use_other_inputs_and_question_mark():
    rows = [["> y", '"more"'], ["? = y or ends with(? , y)", '"same"']]
    assert decide(table(["x"], [""], rows, "FIRST"), x=3, y=2).value == "more"
    assert decide(table(["x"], [""], rows, "FIRST"), x="abc", y="bc").value == "same"


def test_an_input_value_that_is_not_allowed_is_null_with_a_reason():
    body = table(["x"], [""], [["-", "1"]], input_values=['"a", "b"'])
    assert decide(body, x="a").value == 1
    refused = decide(body, x="c")
    assert refused.value is None
    assert "none of its input values" in refused.problems[0].reason
    assert refused.hits[0].rules == ()


def test_an_output_that_is_not_among_the_output_values_is_null_with_a_reason():
    evaluation = decide(table(["x"], [""], [["-", '"q"']], values=['"a", "b"']), x=1)
    assert evaluation.value is None
    assert "none of the output values" in evaluation.problems[0].reason


def test_a_cell_that_fails_keeps_its_rule_from_matching_and_says_why():
    evaluation = decide(table(["x"], [""], [["< 5", '"small"'], ["-", '"other"']], "FIRST"), x="text")
    assert evaluation.value == "other"
    assert [problem.element for problem in evaluation.problems] == ["rule 1 of t"]


def test_a_failing_cell_of_a_rule_that_is_false_anyway_is_not_told():
    rows = [["< 5", "2", '"small"'], ["-", "-", '"other"']]
    assert decide(table(["x", "y"], [""], rows, "FIRST"), x="text", y=1).problems == ()


def test_annotations_and_labels_are_told_with_the_hit():
    hit = decide(table(["x"], [""], [["-", "1", "law 12"]], annotations=["source"]), x=1).hits[0].rules[0]
    assert (hit.number, hit.id, hit.annotations) == (1, "r1", ("law 12",))


@pytest.mark.parametrize("orientation", ["Rule-as-Row", "Rule-as-Column", "CrossTable"])
def test_a_table_decides_the_same_however_it_is_drawn(orientation):
    body = overlapping("UNIQUE").replace("<decisionTable ", f'<decisionTable preferredOrientation="{orientation}" ')
    assert decide(body, x=25).value == "low"


def test_a_table_without_inputs_gives_its_only_rule():
    assert decide(table([], [""], [["7"]])).value == 7


def test_numbers_are_exact_however_they_come():
    body = table(["x"], [""], [["0.3", '"exact"'], ["-", '"other"']], "FIRST")
    model = model_of(body, "x", types={"x": "number"})
    assert model.evaluate("result", {"x": 0.3}).value == "exact"
    assert model.evaluate("result", {"x": Decimal("0.3")}).value == "exact"
    assert model.evaluate("result", {"x": 0.1 + 0.2}).value == "other"
    assert model.evaluate("result", {"x": Decimal("0.3000000000000000000000000000000001")}).value == "other"


def test_a_value_of_the_wrong_type_is_no_value():
    model = model_of(table(["x"], [""], [["1", '"one"'], ["-", '"other"']], "FIRST"), "x", types={"x": "number"})
    for wrong in ("1", True, [1, 2], {"a": 1}):
        evaluation = model.evaluate("result", {"x": wrong})
        assert evaluation.value == "other"
        assert "does not fit the type number" in evaluation.problems[0].reason
    assert model.evaluate("result", {"x": [1]}).value == "one", "a list of one is its item (10.3.2.9.4)"


def test_the_result_may_be_changed_without_changing_the_model():
    model = model_of(table(["x"], ["a", "b"], [["1", "1", "[1, 2]"]]), "x")
    for _ in range(3):
        value = model.evaluate("result", {"x": 1}).value
        assert value == {"a": 1, "b": [1, 2]}
        value["b"].append(3)
        value["c"] = 4


def test_an_evaluation_that_a_limit_cut_short_is_not_remembered():
    model = model_of(table(["x"], [""], [["1", "1"]]), "x", types={"x": "number"})
    assert model.evaluate("result", {"x": 1}, limits=Limits(steps=0)).problems[0].limit
    assert model.evaluate("result", {"x": 1}).value == 1
