"""Is each decision that a case type may call the only one of its key, and can services be called as decisions are?"""

from __future__ import annotations

import pytest

from orchestration.engine.compile_models import build, compiled
from orchestration.engine.compiled_models import CompiledModels, Fault
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table
from tests.engine.vendors import Run, activity, bpmn, flows, line

BKM = (
    '<businessKnowledgeModel id="{id}" name="{name}"><encapsulatedLogic>'
    "<literalExpression><text>1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
SERVICE = '<decisionService id="{id}" name="{name}"><variable name="{name}"/><outputDecision href="#d_{of}"/>{more}'
CASE = (
    '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" id="{id}">'
    '<case id="c"><casePlanModel id="plan{id}"/></case></definitions>'
)


def fee(value="1", name="fee", id="fee"):
    return f'<decision id="{id}" name="{name}"><variable name="{name}"/>{literal(value)}</decision>'


def service(name, of, id="", more=""):
    return SERVICE.format(id=id or f"s_{name}", name=name, of=of, more=more) + "</decisionService>"


def severe(**files):
    built = build({name.replace("_", "."): source for name, source in files.items()})
    return [fault for fault in built if fault.severe] if isinstance(built, list) else []


def sentences(**files):
    return [fault.sentence for fault in severe(**files)]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (fee(), fee("2"), "The id 'fee' of this decision is that of a decision in a.dmn too"),
        (fee(), fee("2", id="fee2"), "The name 'fee' of this decision is that of a decision in a.dmn too"),
        (fee(), fee("2", name="other"), "The id 'fee' of this decision is that of a decision in a.dmn too"),
        (fee(), decision("d", "") + service("fee", "d", "fee"), "of this decision service is that of a decision in"),
        (
            decision("d", literal("1")) + service("s", "d", "one"),
            decision("e", literal("1")) + service("s", "e", "two"),
            "The name 's' of this decision service is that of a decision service in a.dmn too",
        ),
    ],
)
def test_two_files_may_not_have_a_decision_or_service_of_one_key(one, other, told):
    files = {"a_dmn": definitions(one, namespace="urn:a"), "b_dmn": definitions(other, namespace="urn:b")}
    assert {fault.file for fault in severe(**files) if told in fault.sentence} == {"b.dmn"}, severe(**files)
    assert len(severe(**files)) == len({fault.element for fault in severe(**files)}), "and it is told once"
    turned = dict(reversed(files.items()))
    assert sentences(**turned), "the order of the files does not matter"


@pytest.mark.parametrize(
    "twice",
    [
        fee() + fee("2", id="fee2"),
        decision("d", literal("1")) + service("d", "d"),
        BKM.format(id="k1", name="rate") + BKM.format(id="k2", name="rate"),
        '<itemDefinition name="t"><typeRef>number</typeRef></itemDefinition>'
        '<itemDefinition name="t"><typeRef>string</typeRef></itemDefinition>',
        '<inputData id="i1" name="x"/><inputData id="i2" name="x"/>',
        '<import name="m" namespace="urn:x" importType="x"/><import name="m" namespace="urn:y" importType="x"/>',
    ],
)
def test_one_file_may_not_have_two_of_a_kind_of_one_name(twice):
    assert any("used twice" in each for each in sentences(a_dmn=definitions(twice)))


def test_an_import_of_a_namespace_that_two_files_have_could_mean_either():
    files = {
        "a_dmn": definitions(fee(), namespace="urn:a"),
        "b_dmn": definitions(fee(name="x", id="x"), namespace="urn:a"),
        "c_dmn": definitions('<import name="m" namespace="urn:a" importType=""/>', namespace="urn:c"),
    }
    assert sentences(**files) == ["It imports 'urn:a', which is the namespace of a.dmn and of b.dmn."]


def test_two_files_may_not_have_a_case_or_process_of_one_id():
    both = {"a_cmmn": CASE.format(id="a").encode(), "b_cmmn": CASE.format(id="b").encode()}
    assert "'c' is defined in a.cmmn and in b.cmmn." in sentences(**both)
    assert "'p' is defined in a.bpmn and in b.bpmn." in sentences(
        a_bpmn=line(activity("userTask")), b_bpmn=line(activity("userTask"))
    )


def starting(process, *events, message="m"):
    ways = "".join(
        f'<startEvent id="{event}"><messageEventDefinition messageRef="m"/></startEvent>'
        f'<sequenceFlow id="f{event}" sourceRef="{event}" targetRef="t"/>'
        for event in events
    )
    return (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><message id="m" name="{message}"/>'
        f'<process id="{process}">{ways}<userTask id="t"/></process></definitions>'
    ).encode()


def test_a_message_begins_one_process_at_one_event():
    told = "The message 'm' begins a process at 's' of 'p' in a.bpmn too; it can begin one."
    assert sentences(a_bpmn=starting("p", "s"), b_bpmn=starting("q", "z")) == [told]
    assert sentences(a_bpmn=starting("p", "s", "s2")) == [told]
    assert sentences(a_bpmn=starting("p", "s"), b_bpmn=starting("q", "z", message="n")) == []


def test_other_engines_call_by_id_so_their_names_may_repeat():
    camunda = {
        "model": "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "namespace": "http://camunda.org/schema/1.0/dmn",
    }
    files = {
        "a.dmn": definitions(fee("1", "Decision 1", "a"), **camunda),
        "b.dmn": definitions(fee("2", "Decision 1", "b"), **camunda),
    }
    built = build(files)
    assert isinstance(built, CompiledModels), built
    assert built.decisions.keys() == {"a", "b"}
    assert isinstance(build({**files, "c.dmn": definitions(fee("3", "Decision 1", "a"), **camunda)}), list)


# ---------------------------------------------------------------- calling a service


def run(key, *parts, **variables):
    """A process that calls this key, and waits at a task then."""
    task = activity("businessRuleTask", f'c:decision="{key}" c:resultVariable="v" xmlns:c="urn:casewright:model:1"')
    nodes = ('<startEvent id="s"/>', task, '<userTask id="u"/>', '<endEvent id="e"/>', flows("s", "t", "u", "e"))
    return Run(bpmn(*nodes), variables, d_dmn=definitions(*parts))


def called(key, *parts, **variables):
    """What a business rule task writes that calls this key."""
    return run(key, *parts, **variables).data.get("v")


INPUT = '<inputData href="#i_x"/>'


def test_a_task_calls_a_decision_service_by_its_id_or_its_name():
    parts = (input_data("x", "number"), decision("d", literal("x * 2"), ["x"]), service("svc", "d", "key", INPUT))
    assert called("key", *parts, x=4) == 8
    assert called("svc", *parts, x=4) == 8


def test_a_service_of_several_decisions_gives_each_under_its_name():
    parts = (
        decision("d", literal("1")),
        decision("e", literal('"two"')),
        service("s", "d", more='<outputDecision href="#d_e"/>'),
    )
    assert called("s", *parts) == {"d": 1, "e": "two"}


def test_a_service_is_given_its_input_decisions_and_does_not_evaluate_them():
    parts = (
        decision("rate", literal("1")),
        decision("fee", literal("rate * 10"), decisions=["rate"]),
        service("s", "fee", more='<inputDecision href="#d_rate"/>'),
    )
    assert called("s", *parts, rate=5) == 50
    assert called("fee", *parts, rate=5) == 10


def test_the_rules_that_a_service_fires_are_kept_in_the_history():
    rules = table(["x"], [""], [["1", '"one"'], ["-", '"more"']], "FIRST")
    parts = (input_data("x"), decision("d", rules, ["x"]), service("s", "d", more=INPUT))
    engine = run("s", *parts, x=1).engine
    (made,) = (each for root in engine.known for each in root.events if type(each).__name__ == "DecisionEvaluated")
    assert (made.decision, made.inputs, made.output) == ("s", {"x": 1}, "one")
    assert [hit["rule"] for hit in made.hits] == [1]


def test_a_case_calls_a_service_too():
    case = (
        '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"><decision id="ds" name="s" externalRef="s"/>'
        '<case id="c"><casePlanModel id="plan"><planItem id="i" definitionRef="t"/>'
        '<decisionTask id="t" decisionRef="ds"/></casePlanModel></case></definitions>'
    )
    files = {"c.cmmn": case.encode(), "d.dmn": definitions(decision("d", literal("1")), service("s", "d"))}
    built = build(files)
    assert not [fault for fault in (built if isinstance(built, list) else built.warnings) if fault.severe]
    assert isinstance(build({"c.cmmn": case.encode()})[0], Fault)


def test_what_was_deployed_before_two_of_one_key_were_a_fault_decides_as_it_did():
    files = {"a.dmn": definitions(fee("1"), namespace="urn:a"), "b.dmn": definitions(fee("2"), namespace="urn:b")}
    assert compiled(files).decisions["fee"].evaluate("fee", {}).value == 2


def test_no_fault_repeats_more_than_a_little_of_a_long_text():
    long = "x" * 50_000
    condition = f'<sequenceFlow id="f" sourceRef="s" targetRef="e"><conditionExpression>={long} ,</conditionExpression>'
    flow = f'<startEvent id="s"/><endEvent id="e"/>{condition}</sequenceFlow>'
    for written in (bpmn(flow), bpmn(flow.replace(f"={long} ,", f"${{{long} ,}}"))):
        found = build({"p.bpmn": written, "d.dmn": definitions(decision("d", literal(f"{long} ,")))})
        assert isinstance(found, list)
        assert all(len(fault.sentence) <= 400 for fault in found)
        assert long[:100] not in str(found)


def warned(files):
    built = build(files)
    assert isinstance(built, CompiledModels), built
    return built.warnings


def test_a_file_without_a_decision_is_a_warning_unless_another_file_imports_it():
    files = {"lib.dmn": definitions(BKM.format(id="b", name="b"), namespace="urn:lib")}
    assert [(one.file, one.sentence) for one in warned(files)] == [
        ("lib.dmn", "There is no decision in this file, so nothing in it can be called.")
    ]
    importing = '<import name="lib" namespace="urn:lib" importType=""/>'
    assert warned(files | {"d.dmn": definitions(importing, fee())}) == ()


def test_a_refusal_repeats_little_of_a_name_as_long_as_a_file():
    name = "q" * 50_000
    (refused,) = build({"p.bpmn": line(activity("callActivity", f'calledElement="{name}"'))})
    assert refused.sentence == f"It calls the process '{'q' * 79}…', which is not deployed."
    faults = build({"p.bpmn": bpmn(f'<startEvent id="{name}"/><userTask id="{name}"/>')})
    assert {len(fault.element) for fault in faults} == {81}
