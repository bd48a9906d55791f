"""What a decision model decides: requirements, functions, services, boxed expressions, types and imports."""

from decimal import Decimal

import pytest

from orchestration.engine.dmn import ModelRefused, UnknownDecision, compile_model, parse
from orchestration.engine.feel import Date, DateTime, Limits, Time
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table


def model_of(*parts: str, imports=(), **options):
    return compile_model(parse(definitions(*parts, **options), imports))


def value_of(expression: str, *more: str, inputs=None, type_ref: str = "", **needs):
    inputs = inputs or {}
    data = [input_data(name) for name in inputs]
    model = model_of(*data, decision("result", expression, inputs, type_ref=type_ref, **needs), *more)
    assert model.faults == ()
    return model.evaluate("result", inputs)


def function(name: str, parameters: str, body: str, type_ref: str = "", inside: str = "") -> str:
    formal = "".join(f'<formalParameter name="{each}"/>' for each in parameters.split())
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{typed}/>{inside}'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def entry(name: str, expression: str, type_ref: str = "") -> str:
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{expression}</contextEntry>"


# ---------------------------------------------------------------- requirements


def test_required_decisions_are_evaluated_first_and_once():
    model = model_of(
        input_data("base amount"),
        decision("with tax", literal("base amount * 1.2"), ["base amount"]),
        decision("total", literal("with tax + with tax"), decisions=["with tax"]),
    )
    traced = model.evaluate("total", {"base amount": 10}, trace=True)
    assert traced.value == 24
    assert [each.name for each in traced.trace.decisions] == ["base amount", "with tax", "total"]


def test_a_decision_sees_only_what_it_requires():
    evaluation = model_of(input_data("a"), decision("b", literal("a"))).evaluate("b", {"a": 1})
    assert evaluation.value is None
    assert "no variable 'a'" in evaluation.problems[0].reason


def test_decisions_are_found_by_name_and_id():
    model = model_of(decision("my result", literal("1")))
    assert model.evaluate("my result", {}).value == model.evaluate("d_my_result", {}).value == 1
    with pytest.raises(UnknownDecision, match="no decision 'other'"):
        model.evaluate("other", {})


def test_a_cycle_is_refused():
    with pytest.raises(ModelRefused, match="a -> b -> a"):
        model_of(decision("a", literal("b"), decisions=["b"]), decision("b", literal("a"), decisions=["a"]))


def test_a_long_chain_of_decisions_is_no_deep_one():
    parts = [decision("d0", literal("1"))]
    parts += [decision(f"d{n}", literal(f"d{n - 1} + 1"), decisions=[f"d{n - 1}"]) for n in range(1, 3000)]
    assert model_of(*parts).evaluate("d2999", {}).value == 3000


def test_what_is_not_feel_is_a_fault_and_null_with_the_reason_while_the_rest_decides():
    model = model_of(decision("bad", literal("1 +")), decision("good", literal("2")))
    assert model.evaluate("good", {}).value == 2
    evaluation = model.evaluate("bad", {})
    assert (evaluation.value, len(evaluation.problems)) == (None, 1)
    assert "not FEEL" in model.faults[0].message


def test_now_is_what_is_handed_in():
    model = model_of(decision("day", literal("today()")))
    now = DateTime(Date(2024, 2, 29), Time(12, 0, 0, 0, 0))
    assert model.evaluate("day", {}, now=now).value == Date(2024, 2, 29)


# ---------------------------------------------------------------- boxed expressions


def test_context_entries_see_those_before_and_the_last_one_may_be_the_result():
    body = "<context>" + entry("a", literal("1")) + entry("b b", literal("a + 1"))
    assert value_of(body + "</context>").value == {"a": 1, "b b": 2}
    assert value_of(body + entry("", literal("b b * 10")) + "</context>").value == 20


def test_a_context_entry_that_does_not_fit_its_type_is_null_with_a_reason():
    evaluation = value_of("<context>" + entry("a", literal('"x"'), "number") + "</context>")
    assert evaluation.value == {"a": None}
    assert "does not fit the type number" in evaluation.problems[0].reason


def test_lists_and_relations():
    assert value_of("<list>" + literal("1") + literal('"b"') + "</list>").value == [1, "b"]
    rows = f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row>"
    relation = f"<relation><column name='x'/><column name='y'/>{rows}</relation>"
    assert value_of(relation).value == [{"x": 1, "y": 2}, {"x": 3, "y": 4}]


def test_conditionals_take_the_else_for_all_but_true():
    body = f"<conditional><if>{literal('x')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    assert [value_of(body, inputs={"x": each}).value for each in (True, False, None, "true")] == [1, 2, 2, 2]


def test_filters_keep_what_matches():
    body = f"<filter><in>{literal('x')}</in><match>{literal('item > 2')}</match></filter>"
    assert value_of(body, inputs={"x": [1, 2, 3, 4]}).value == [3, 4]
    assert value_of(body, inputs={"x": 5}).value == [5]
    assert value_of(body, inputs={"x": []}).value == []
    assert value_of(body, inputs={"x": None}).value is None
    wrong = f"<filter><in>{literal('x')}</in><match>{literal('item')}</match></filter>"
    assert value_of(wrong, inputs={"x": [1]}).value is None


def test_iterators():
    def body(kind, result):
        closing = {"for": "return"}.get(kind, "satisfies")
        inner = f"<in>{literal('x')}</in><{closing}>{literal(result)}</{closing}>"
        return f'<{kind} iteratorVariable="n">{inner}</{kind}>'

    assert value_of(body("for", "n * 2"), inputs={"x": [1, 2]}).value == [2, 4]
    assert value_of(body("for", "count(partial)"), inputs={"x": [7, 7, 7]}).value == [0, 1, 2]
    assert value_of(body("for", "n"), inputs={"x": None}).value is None
    assert value_of(body("some", "n > 1"), inputs={"x": [1, 2]}).value is True
    assert value_of(body("every", "n > 1"), inputs={"x": [1, 2]}).value is False
    assert value_of(body("some", "n"), inputs={"x": [1]}).value is None, "1 is not true"
    assert value_of(body("every", "n > 1"), inputs={"x": []}).value is True


# ---------------------------------------------------------------- functions and services


def test_knowledge_models_are_invoked_from_text_and_in_boxes():
    tax = function("tax", "amount rate", literal("amount * rate"))
    assert value_of(literal("tax(100, 0.2)"), tax, knowledge=["tax"]).value == 20
    assert value_of(literal("tax(rate: 0.5, amount: 10)"), tax, knowledge=["tax"]).value == 5
    bindings = "".join(
        f'<binding><parameter name="{name}"/>{literal(text)}</binding>'
        for name, text in [("rate", "2"), ("amount", "3")]
    )
    assert value_of(f"<invocation>{literal('tax')}{bindings}</invocation>", tax, knowledge=["tax"]).value == 6


def test_an_unknown_binding_is_null_with_a_reason_and_a_missing_one_is_null():
    tax = function("tax", "amount", literal("amount = null"))
    binding = f'<binding><parameter name="other"/>{literal("1")}</binding>'
    evaluation = value_of(f"<invocation>{literal('tax')}{binding}</invocation>", tax, knowledge=["tax"])
    assert evaluation.value is None
    assert "no parameter 'other'" in evaluation.problems[0].reason
    assert value_of(f"<invocation>{literal('tax')}</invocation>", tax, knowledge=["tax"]).value is True


def test_knowledge_models_use_each_other():
    need = '<knowledgeRequirement><requiredKnowledge href="#half"/></knowledgeRequirement>'
    parts = [function("half", "x", literal("x / 2")), function("quarter", "x", literal("half(half(x))"), inside=need)]
    assert value_of(literal("quarter(8)"), *parts, knowledge=["quarter"]).value == 2


def test_a_function_in_a_context_may_call_itself():
    factorial = literal("if n < 2 then 1 else n * fac(n - 1)")
    body = f"<functionDefinition><formalParameter name='n'/>{factorial}</functionDefinition>"
    context = "<context>" + entry("fac", body) + entry("", literal("fac(10)")) + "</context>"
    assert value_of(context).value == 3628800


def test_functions_that_are_not_feel_are_refused_with_a_message():
    java = function("f", "x", literal("1")).replace("<encapsulatedLogic>", '<encapsulatedLogic kind="Java">')
    model = model_of(decision("d", literal("f(1)"), knowledge=["f"]), java)
    assert "external functions (Java) are not supported" in model.faults[0].message
    evaluation = model.evaluate("d", {})
    assert evaluation.value is None
    assert "external functions (Java) are not supported" in evaluation.problems[0].reason


SERVICE = [
    input_data("a", "number"),
    decision("b", literal("a + 1"), ["a"]),
    decision("c", literal("b * a"), ["a"], ["b"]),
    decision("d", literal("c + 1"), decisions=["c"]),
    '<decisionService id="s" name="s"><outputDecision href="#d_c"/><inputDecision href="#d_b"/><inputData href="#i_a"/>'
    "</decisionService>",
    '<decisionService id="both" name="both"><outputDecision href="#d_c"/><outputDecision href="#d_d"/>'
    '<encapsulatedDecision href="#d_b"/><inputData href="#i_a"/></decisionService>',
    decision("outside", literal("[s(2, 10), a, s(b: 1, a: 7)]"), ["a"], knowledge=["s"]),
]


def test_a_service_takes_its_input_decisions_from_outside():
    assert model_of(*SERVICE).evaluate_service("s", {"a": 3, "b": 100}).value == 300


def test_a_service_with_several_outputs_gives_a_context():
    assert model_of(*SERVICE).evaluate_service("both", {"a": 3}).value == {"c": 12, "d": 13}


def test_a_service_is_a_function_of_input_data_then_input_decisions_apart_from_the_rest():
    assert model_of(*SERVICE).evaluate("outside", {"a": 5}).value == [20, 5, 7]


def test_an_argument_that_does_not_fit_keeps_a_service_from_being_invoked():
    source = [*SERVICE[:-1], decision("outside", literal('s("x", 1) = null'), knowledge=["s"])]
    evaluation = model_of(*source).evaluate("outside", {})
    assert "the argument 'a' does not fit" in evaluation.problems[0].reason


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
