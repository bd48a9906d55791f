"""Do types, imports and limits of decision models hold, whatever a model asks for?"""

from decimal import Decimal

import pytest

from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.feel import Date, DateTime, Limits, Time
from tests.engine.dmn.decision_models import entry, function, model_of, value_of
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table

# ---------------------------------------------------------------- types

TOO_LARGE = pytest.param(10**6200, id="too large")


PERSON = (
    '<itemDefinition name="tName"><typeRef>string</typeRef><allowedValues><text>"Ann", "Bo"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tPerson"><itemComponent name="first name"><typeRef>tName</typeRef>'
    '</itemComponent><itemComponent name="born"><typeRef>date</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    '<itemDefinition name="tTwo" isCollection="true"><typeRef>number</typeRef>'
    "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
)


def typed(type_ref: str, value):
    model = model_of(PERSON, input_data("x", type_ref), decision("result", literal("x"), ["x"]))
    assert model.faults == ()
    return model.evaluate("result", {"x": value})


def test_inputs_are_converted_to_their_types():
    person = {"first name": "Ann", "born": "2000-01-31"}
    read = {"first name": "Ann", "born": Date(2000, 1, 31)}
    assert typed("tPerson", person).value == read
    assert typed("tPeople", [person, person]).value == [read, read]
    assert typed("tPerson", [person]).value == read
    assert typed("tPeople", person).value == [read]
    assert typed("number", 0.1).value == Decimal("0.1")
    assert typed("date and time", Date(2000, 1, 1)).value == DateTime(Date(2000, 1, 1), Time(0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("type_ref", "value"),
    [
        ("tName", "Cy"),
        ("tPerson", {"first name": "Cy", "born": "2000-01-31"}),
        ("tPerson", {"first name": "Ann"}),
        ("tPerson", {"first name": "Ann", "born": "31.1.2000"}),
        ("tPeople", [{"first name": "Ann"}]),
        ("tTwo", [1]),
        ("tTwo", [1, "2"]),
        ("number", "1"),
        ("boolean", 1),
        ("number", float("inf")),
        ("number", Decimal("sNaN")),
        ("number", Decimal("NaN")),
        ("number", Decimal("-Infinity")),
        pytest.param("number", 10**6200, id="too large"),
        ("string", object()),
    ],
)
def test_what_does_not_fit_its_type_is_null_with_a_reason(type_ref, value):
    evaluation = typed(type_ref, value)
    assert evaluation.value is None
    assert evaluation.problems


@pytest.mark.parametrize("number", [Decimal("sNaN"), Decimal("NaN"), float("nan"), TOO_LARGE, Decimal("Infinity")])
def test_what_is_no_number_matches_no_number(number):
    for type_ref in ("number", ""):
        body = table(["x"], [""], [["< 5", '"low"'], [">= 5", '"high"'], ["-", '"none"']], "FIRST")
        model = model_of(input_data("x", type_ref), decision("result", body, ["x"]))
        assert model.evaluate("result", {"x": number}).value == "none"
        assert model.evaluate("result", {"x": number}, trace=True).problems


def test_types_may_contain_themselves():
    tree = (
        '<itemDefinition name="tTree"><itemComponent name="value"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="children" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>'
    )
    model = model_of(tree, input_data("x", "tTree"), decision("result", literal("x.value"), ["x"]))
    leaf = {"value": 1, "children": []}
    assert model.evaluate("result", {"x": {"value": 2, "children": [leaf]}}).value == 2
    assert model.evaluate("result", {"x": {"value": 2, "children": [{"value": "?"}]}}).value is None


def test_an_unknown_type_is_a_fault():
    model = model_of(input_data("x", "tUnknown"), decision("result", literal("x"), ["x"]))
    assert "no type 'tUnknown'" in model.faults[0].message


def test_the_result_is_converted_to_the_type_of_the_decision():
    assert value_of(literal("[1]"), type_ref="number").value == 1
    evaluation = value_of(literal('"a"'), type_ref="number")
    assert evaluation.value is None
    assert "a string does not fit the type number" in evaluation.problems[0].reason


# ---------------------------------------------------------------- imports


def test_imported_elements_are_seen_under_the_name_of_the_import():
    lib = parse(definitions(PERSON, function("hello", "p", literal('"Hello " + p')), namespace="urn:lib"))
    need = '<knowledgeRequirement><requiredKnowledge href="urn:lib#hello"/></knowledgeRequirement>'
    source = definitions(
        '<import namespace="urn:lib" name="the lib" importType="x"/>',
        input_data("who", "the lib.tName"),
        decision("result", need + literal("the lib.hello(who)"), ["who"]),
    )
    model = compile_model(parse(source, [lib]))
    assert model.faults == ()
    assert model.evaluate("result", {"who": "Ann"}).value == "Hello Ann"
    assert model.evaluate("result", {"who": "Cy"}).value is None


def test_an_imported_model_that_is_not_at_hand_is_a_fault():
    model = model_of('<import namespace="urn:absent" name="far" importType=""/>', decision("a", literal("1")))
    assert "'urn:absent' is not at hand" in model.faults[0].message
    assert model.evaluate("a", {}).value == 1


def test_the_same_input_behind_two_imports_may_differ():
    base = parse(definitions(input_data("n"), decision("twice", literal("n * 2"), ["n"]), namespace="urn:base"))
    requires = '<informationRequirement><requiredDecision href="urn:{}#d_{}"/></informationRequirement>'

    def middle(name):
        head = '<import namespace="urn:base" name="base" importType="x"/>'
        body = decision("more", requires.format("base", "twice") + literal("base.twice + 1"))
        return parse(definitions(head, body, namespace=f"urn:{name}"), [base])

    heads = "".join(f'<import namespace="urn:{name}" name="{name}" importType="x"/>' for name in ("left", "right"))
    needs = requires.format("left", "more") + requires.format("right", "more")
    top = parse(
        definitions(heads, decision("both", needs + literal("[left.more, right.more]"))), map(middle, ("left", "right"))
    )
    model = compile_model(top)
    assert model.evaluate("both", {"left": {"base": {"n": 1}}, "right": {"base": {"n": 10}}}).value == [3, 21]
    assert model.evaluate("both", {"n": 5}).value == [11, 11]


# ---------------------------------------------------------------- bounds and repetition


HOSTILE = [
    literal("for a in 1..100000, b in 1..100000 return a"),
    "<for iteratorVariable='a'><in>" + literal("[1..100000]") + "</in><return>"
    "<for iteratorVariable='b'><in>"
    + literal("[1..100000]")
    + "</in><return>"
    + literal("a")
    + "</return></for></return></for>",
    "<context>"
    + entry("f", "<functionDefinition>" + literal("f() + f()") + "</functionDefinition>")
    + entry("", literal("f()"))
    + "</context>",
    "<context>"
    + entry("a0", literal("[1,2,3,4,5,6,7,8,9,0]"))
    + "".join(entry(f"a{n}", literal(f"[{','.join([f'a{n - 1}'] * 10)}]")) for n in range(1, 30))
    + "</context>",
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_a_hostile_model_ends_with_a_clear_error(expression):
    evaluation = model_of(decision("result", expression)).evaluate("result", {}, trace=False)
    assert evaluation.value is None
    assert evaluation.problems[-1].limit or "deep" in evaluation.problems[-1].reason


def test_values_that_are_nested_too_deeply_are_not_given():
    body = literal("for a in 1..300 return [if a = 1 then 0 else partial[-1]]")
    evaluation = model_of(decision("result", body)).evaluate("result", {}, trace=True)
    assert evaluation.value is None
    assert "nested more than" in evaluation.problems[0].reason
    assert "nested more than" in evaluation.trace.decisions[0].value


def test_a_trace_of_something_enormous_says_so():
    entries = "".join(entry(f"a{n}", literal(f"[{','.join([f'a{n - 1}'] * 10)}]")) for n in range(1, 30))
    inner = "<context>" + entry("a0", literal("[1]")) + entries + "</context>"
    model = model_of(decision("big", inner), decision("small", literal("count(big.a29)"), decisions=["big"]))
    evaluation = model.evaluate("small", {}, trace=True)
    assert evaluation.value == 10
    assert "steps" in evaluation.trace.decisions[0].value


def test_only_the_first_of_very_many_tables_are_told():
    body = f"<encapsulatedLogic><formalParameter name='x'/>{table(['x'], [''], [['-', 'x']])}</encapsulatedLogic>"
    loop = decision("result", literal("count(for i in 1..5000 return f(i))"), knowledge=["f"])
    model = model_of(f'<businessKnowledgeModel id="f" name="f">{body}</businessKnowledgeModel>', loop)
    evaluation = model.evaluate("result", {}, trace=True)
    assert (evaluation.value, len(evaluation.hits), len(evaluation.trace.tables)) == (5000, 1000, 1000)


def test_functions_that_call_each_other_many_times_share_one_budget():
    parts = [function("f0", "x", literal("x"))]
    for number in range(1, 40):
        need = f'<knowledgeRequirement><requiredKnowledge href="#f{number - 1}"/></knowledgeRequirement>'
        parts.append(function(f"f{number}", "x", literal(f"f{number - 1}(x) + f{number - 1}(x)"), inside=need))
    evaluation = value_of(literal("f39(1)"), *parts, knowledge=["f39"])
    assert evaluation.value is None
    assert evaluation.problems[-1].limit


def test_limits_are_those_handed_in():
    model = model_of(decision("result", literal("for a in 1..1000 return a")))
    assert len(model.evaluate("result", {}).value) == 1000
    assert model.evaluate("result", {}, limits=Limits(steps=100)).problems[-1].limit


def test_elements_nested_as_deep_as_xml_allows_do_no_harm():
    depth = 190
    model = model_of(decision("result", "<list>" * depth + literal("1") + "</list>" * depth))
    value = model.evaluate("result", {}).value
    for _ in range(depth):
        (value,) = value
    assert value == 1


def test_recorded_inputs_give_the_identical_result_and_trace():
    body = table(["x"], [""], [["< 5", "x * 2"], ["-", "now()"]], "COLLECT")
    model = model_of(input_data("x"), decision("result", body, ["x"]))
    now = DateTime(Date(2024, 1, 1), Time(0, 0, 0, 0, 0))
    first = model.evaluate("result", {"x": 1}, now=now, trace=True)
    again = compile_model(model.definitions).evaluate("result", {"x": 1}, now=now, trace=True)
    assert first == again
    untraced = model.evaluate("result", {"x": 1}, now=now)
    assert (untraced.value, untraced.hits, untraced.problems) == (first.value, first.hits, first.problems)


def test_a_trace_is_json():
    import json

    model = model_of(input_data("x"), decision("result", table(["x"], ["a", "b"], [["< 5", "x", '@"P1D"']]), ["x"]))
    trace = model.evaluate("result", {"x": 0.5}, trace=True).trace
    assert json.loads(json.dumps(trace.to_json()))["output"] == {"a": 0.5, "b": "P1D"}
    warned = model.evaluate("result", {"x": "text"}, trace=True).trace
    assert "cannot compare string with number" in warned.warnings[0]
    assert warned.tables[0].rules[0].cells[0].problems


def test_what_the_standard_lets_a_model_leave_out_is_a_warning_and_no_fault():
    table_of_nothing = '<decisionTable hitPolicy="FIRST"><input/><output/><rule><inputEntry><text>-</text></inputEntry>'
    model = model_of(
        decision("later", ""),
        '<businessKnowledgeModel id="k" name="k"><variable name="k"/></businessKnowledgeModel>',
        decision("reads", literal("later"), decisions=["later"], knowledge=["k"]),
        decision("t", f"{table_of_nothing}<outputEntry><text>1</text></outputEntry></rule></decisionTable>"),
        '<inputData name="without id"/>',
    )
    assert model.faults == ()
    assert [fault.message.split(",")[0].split(";")[0] for fault in model.warnings] == [
        "this decision has no logic",
        "this knowledge model has no logic",
        "this input has no expression",
    ]
    assert model.evaluate("reads", {}).value is None
    assert model.evaluate("t", {}).value == 1
