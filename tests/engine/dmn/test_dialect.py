"""Do decision models of Flowable, Camunda 7 and 8 decide as they do there, and do plain ones stay as they are?"""

from __future__ import annotations

import pytest

from orchestration.engine.dmn import compile_model, parse
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table

FLOWABLE = {"namespace": "http://www.flowable.org/dmn", "model": "http://www.omg.org/spec/DMN/20151101"}
ACTIVITI = {**FLOWABLE, "namespace": "http://activiti.org/dmn"}
CAMUNDA = {"namespace": "http://camunda.org/schema/1.0/dmn", "model": "https://www.omg.org/spec/DMN/20191111/MODEL/"}
MODELER = {"extra": 'exporter="Camunda Modeler" exporterVersion="5.1"'}
ZEEBE = {
    "extra": 'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"',
    **{"namespace": CAMUNDA["namespace"], "model": CAMUNDA["model"]},
}
NONE = {}


def model(*parts, dialect):
    return compile_model(parse(definitions(*parts, **dialect)))


def decides(cells, inputs, *, dialect, reads=("x",), gives=("out",), hit_policy="FIRST"):
    rows = [list(row) for row in cells]
    built = model(decision("d", table(list(reads), list(gives), rows, hit_policy)), dialect=dialect)
    assert built.faults == ()
    return built.evaluate("d", inputs).value


@pytest.mark.parametrize("dialect", [FLOWABLE, ACTIVITI, CAMUNDA, MODELER, ZEEBE])
def test_a_table_sees_the_variables_that_it_does_not_require(dialect):
    assert decides([["> 5", '"much"'], ["-", '"little"']], {"x": 7}, dialect=dialect) == "much"


def test_a_table_of_plain_dmn_sees_only_what_it_requires():
    assert decides([["> 5", '"much"'], ["-", '"little"']], {"x": 7}, dialect=NONE) == "little"


def test_the_implied_inputs_are_told_as_inputs_of_the_model():
    built = model(decision("d", table(["order.total", "n"], [""], [["> 1", "> limit", "1"]])), dialect=CAMUNDA)
    assert [each.name for each in built.definitions.input_data] == ["limit", "n", "order"]


@pytest.mark.parametrize(
    ("cell", "value", "hit"),
    [
        ("== 'test1'", "test1", True),
        ("== 'test1'", "other", False),
        ("!= 'test1'", "other", True),
        ('== ""', "", True),
        ("'test1'", "test1", True),
        (".startsWith('te')", "test", True),
        (".contains('x')", "test", False),
        ("== 5", 5, True),
        ("!= 5", 5, False),
        ("< limit * 2", 5, True),
        ("${x > 3 && x < 9}", 5, True),
        ("${x > 3 && x < 5}", 5, False),
        ("#{x == 'a' || x == 'b'}", "b", True),
        ("${empty x}", None, True),
        ("${x.size() > 1}", [1, 2], True),
        ("${collection:contains(x, 'a')}", ["a", "b"], True),
        ('${collection:noneOf(x, \'"a", "c"\')}', ["a", "b"], False),
        ("-", None, True),
        ("", "anything", True),
    ],
)
def test_a_cell_in_juel_means_what_it_means_in_flowable(cell, value, hit):
    found = decides([[cell, "'yes'"], ["-", "'no'"]], {"x": value, "limit": 4}, dialect=FLOWABLE)
    assert found == ("yes" if hit else "no")


@pytest.mark.parametrize(("day", "found"), [("2014-12-31", "before"), ("2015-01-01", None), ("2026-01-01", "after")])
def test_flowables_old_date_functions_are_read(day, found):
    body = table(["day"], ["o"], [["< fn_date('2015-01-01')", '"before"'], ["> date:toDate('2015-01-01')", '"after"']])
    body = body.replace("<inputExpression>", '<inputExpression typeRef="date">')
    assert model(decision("d", body), dialect=FLOWABLE).evaluate("d", {"day": day}).value == found


def test_an_output_may_read_the_outputs_before_it():
    cells = [["< 1000", "110", "price * size"], ["-", "90", "price * size + 1"]]
    found = decides(cells, {"size": 10}, dialect=FLOWABLE, reads=["size"], gives=["price", "total"])
    assert found == {"price": 110, "total": 1100}


def test_a_decision_that_an_editor_left_without_a_name_is_called_by_its_id():
    body = decision("d", literal("x + 1")).replace('name="d"', 'name=""')
    assert model(body, dialect=CAMUNDA).evaluate("d_d", {"x": 1}).value == 2


def test_flowable_takes_the_first_rule_where_the_table_has_no_hit_policy():
    body = table(["x"], ["out"], [["> 1", "1"], ["> 2", "2"]]).replace('hitPolicy="UNIQUE"', "")
    assert model(decision("d", body), dialect=FLOWABLE).evaluate("d", {"x": 5}).value == 1


@pytest.mark.parametrize(
    ("text", "inputs", "expected"),
    [
        ("a > b ? a : b", {"a": 1, "b": 2}, 2),
        ("${a == 1 && !b}", {"a": 1, "b": False}, True),
        ("'literal'", {}, "literal"),
        ("S(order).prop('total').numberValue()", {"order": {"total": 3}}, 3),
        ("sum(list) + a", {"list": [1, 2], "a": 1}, 4),
        ("for each in list return each * factor", {"list": [1, 2], "factor": 3}, [3, 6]),
    ],
)
def test_a_literal_expression_is_feel_or_juel(text, inputs, expected):
    assert model(decision("d", literal(text)), dialect=CAMUNDA).evaluate("d", inputs).value == expected


def test_a_date_of_camunda_7_has_a_time():
    expression = '<inputExpression typeRef="date"><text>due</text></inputExpression>'
    cell = '<inputEntry><text>&gt; date and time("2015-09-18T12:00:00")</text></inputEntry>'
    body = (
        f"<decisionTable><input>{expression}</input><output name='o'/>"
        f"<rule>{cell}<outputEntry><text>true</text></outputEntry></rule></decisionTable>"
    )
    built = model(decision("d", body), dialect=CAMUNDA)
    assert built.evaluate("d", {"due": "2015-09-18T12:00:01"}).value is True
    assert built.evaluate("d", {"due": "2015-09-18T11:59:59"}).value is None


@pytest.mark.parametrize("read_as", ["season", "d_Season"])
def test_what_a_required_decision_gives_is_read_by_its_output_or_its_id(read_as):
    built = model(
        input_data("Guests"),
        decision("Season", table(["temperature"], ["season"], [["> 30", '"Summer"'], ["<= 30", '"Winter"']])),
        decision("Dish", table([read_as], ["dish"], [['"Summer"', '"Salad"']]), ["Guests"], ["Season"]),
        dialect=CAMUNDA,
    )
    assert built.faults == ()
    assert built.evaluate("Dish", {"temperature": 33, "Guests": 2}).value == "Salad"
    assert built.evaluate("Dish", {"temperature": 3, "Guests": 2}).value is None


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([decision("d", literal("bean.work(a)"))], "'bean.work' would call Java code"),
        ([decision("d", literal("magic(a)"))], "calls the function 'magic', which is not known here"),
        ([decision("d", table(["x"], [""], [["in 1 2", "1"]]))], "is neither FEEL nor JUEL"),
        (
            [
                decision("two", table(["x"], ["a", "b"], [["1", "2", "3"]])),
                decision("d", literal("b + 1"), (), ["two"]),
            ],
            "write d_two.b",
        ),
        (
            [
                decision("one", table(["x"], ["a"], [["1", "2"]])),
                decision("d", literal("a + d_one"), (), ["one"]),
            ],
            "is read by two names",
        ),
        (
            [decision("d", '<literalExpression expressionLanguage="python"><text>x</text></literalExpression>')],
            "python",
        ),
    ],
)
def test_what_cannot_be_said_in_dmn_is_a_fault_with_the_reason(parts, says):
    faults = model(*parts, dialect=CAMUNDA).faults
    if says is None:
        assert faults == ()
    else:
        assert len(faults) == 1
        assert says in faults[0].message
        assert faults[0].element


@pytest.mark.parametrize("dialect", [CAMUNDA, ZEEBE])
def test_camundas_own_functions_are_known_in_its_files(dialect):
    cells = [["is defined(?) and number(?) > 4", 'get or else(null, "much")'], ["-", '"little"']]
    assert decides(cells, {"x": "5"}, dialect=dialect) == "much"
    assert decides(cells, {"x": None}, dialect=dialect) == "little"


@pytest.mark.parametrize(
    ("text", "told"), [("uuid()", "calls the function 'uuid'"), ("trim(x, 1)", "calls 'trim' with 2 arguments")]
)
def test_a_call_in_camundas_files_that_gives_nothing_is_a_fault(text, told):
    faults = model(decision("d", literal(text)), dialect=ZEEBE).faults
    assert len(faults) == 1
    assert told in faults[0].message


def test_plain_dmn_has_the_functions_of_the_standard_only():
    of = model(decision("d", literal('number("5")')), dialect=NONE)
    assert (of.faults, of.evaluate("d", {}).value) == ((), None)


@pytest.mark.parametrize("dialect", [FLOWABLE, CAMUNDA])
def test_an_output_may_be_written_as_a_cell_of_an_input_is(dialect):
    assert decides([["> 5", "== 'much'"], ["-", '== "little"']], {"x": 7}, dialect=dialect) == "much"


@pytest.mark.parametrize("dialect", [FLOWABLE, CAMUNDA, ZEEBE])
@pytest.mark.parametrize("hit_policy", ["PRIORITY", "OUTPUT ORDER"])
def test_without_output_values_the_order_of_the_rules_counts_in_other_engines_files(dialect, hit_policy):
    rows = [["> 5", '"first"'], ["-", '"second"']]
    of = model(decision("d", table(["x"], [""], rows, hit_policy)), dialect=dialect)
    assert of.faults == ()
    assert "needs output values" in of.warnings[0].message
    found = of.evaluate("d", {"x": 7}).value
    assert (found if hit_policy == "PRIORITY" else found[0]) == "first"
    plain = model(input_data("x"), decision("d", table(["x"], [""], rows, hit_policy), ["x"]), dialect=NONE)
    assert "needs output values" in plain.faults[0].message


def test_an_aggregation_without_collect_is_passed_over_in_other_engines_files():
    logic = table(["x"], [""], [["> 5", "1"], ["-", "2"]], "FIRST", "SUM")
    of = model(decision("d", logic), dialect=CAMUNDA)
    assert (of.faults, of.evaluate("d", {"x": 7}).value) == ((), 1)
    assert "aggregation is passed over" in of.warnings[0].message


def test_a_hit_policy_may_be_written_with_an_underscore():
    assert decides([["> 5", "1"], ["-", "2"]], {"x": 7}, dialect=CAMUNDA, hit_policy="RULE_ORDER") == [1, 2]
