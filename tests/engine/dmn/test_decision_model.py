"""What a decision model decides: requirements, functions, services, boxed expressions, types and imports."""

import pytest

from orchestration.engine.dmn import ModelRefused, UnknownDecision
from orchestration.engine.feel import Date, DateTime, Time
from tests.engine.dmn.decision_models import entry, function, model_of, value_of
from tests.engine.dmn.samples import decision, input_data, literal

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
