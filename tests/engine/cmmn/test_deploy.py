"""Is a wrong case refused, with the element and a sentence, all faults at once?"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.engine import commands as c
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from tests.engine.models import HUMAN, Hand, cmmn, entry, faults, item, on


def found(source: bytes) -> dict[str, str]:
    """element -> sentence"""
    listed = faults(source)
    assert all(fault.line > 0 and fault.file and fault.sentence.endswith(".") for fault in listed)
    return {fault.element: fault.sentence for fault in listed}


def test_all_faults_come_at_once():
    plan = item("a", "nothing") + item("b", "human", '<entryCriterion id="in" sentryRef="none"/>') + item("a") + HUMAN
    plan += '<sentry id="s"/><stage id="st" name="St"><planItem id="q"/></stage>'
    assert len(faults(cmmn(plan))) >= 5


GUARDED = item("a", "human", entry("s")) + HUMAN
MILESTONE = item("m", "mark") + '<milestone id="mark"/>'
BY_HAND = "<itemControl><manualActivationRule>{}</manualActivationRule></itemControl>"
TIMER = '<timerEventListener id="t">{}</timerEventListener>'
TABLE = '<planningTable id="pt"><discretionaryItem id="x" definitionRef="human" {}/></planningTable>'


@pytest.mark.parametrize(
    ("plan", "element", "word"),
    [
        (item("a", "nothing"), "a", "definition"),
        (item("a") + item("a") + HUMAN, "a", "used twice"),
        (item("a", "human", '<entryCriterion id="in" sentryRef="none"/>') + HUMAN, "in", "no sentry"),
        (GUARDED + on("s", "ghost"), "a", "no plan item"),
        (GUARDED + on("s", "a", "fly"), "s", "no transition"),
        (GUARDED + item("b") + on("s", "b", condition="1 +"), "s", "not FEEL"),
        (GUARDED + item("b") + on("s", "b", condition="${bean.call()}"), "s", "Java"),
        (item("a", "call") + '<caseTask id="call" caseRef="ghost"/>', "a", "no case"),
        (item("a", "call") + '<processTask id="call" processRef="ghost"/>', "a", "no process"),
        (item("a", "call") + '<decisionTask id="call" decisionRef="ghost"/>', "a", "no decision"),
        (item("a", "call") + '<decisionTask id="call"/>', "call", "does not say"),
        (item("a", "t") + TIMER.format("<timerExpression>PT1X</timerExpression>"), "t", "ISO"),
        (item("a", "t") + TIMER.format("<timerExpression>every tuesday</timerExpression>"), "t", "not FEEL"),
        (item("a", "st") + '<stage id="st" name="St">' + item("b", "st") + "</stage>", "b", "contains itself"),
        (item("a") + f'<humanTask id="human">{TABLE.format("")}</humanTask>', "a", "offers itself"),
        (
            item("a") + item("b", "u", entry("s")) + on("s", "a") + '<userEventListener id="u"/>' + HUMAN,
            "b",
            "no entry",
        ),
        (item("a") + '<humanTask id="human"/><teapot id="pot"/>', "pot", "no element"),
        (item("a") + '<humanTask id="human" performerRef="ghost"/>', "human", "no role"),
        (item("a", "human", BY_HAND.format("<condition>if</condition>")) + HUMAN, "a", "not FEEL"),
        (item("m", "mark", BY_HAND.format("")) + '<milestone id="mark"/>', "m", "by hand"),
        (item("a") + HUMAN + TABLE.format('applicabilityRuleRefs="r"'), "x", "no applicability rule"),
        (item("a") + HUMAN + TABLE.format('authorizedRoleRefs="r"'), "x", "no role"),
    ],
)
def test_a_fault_names_its_element(plan, element, word):
    sentences = found(cmmn(plan))
    assert word in sentences[element]


@pytest.mark.parametrize(
    ("plan", "element", "word"),
    [
        (GUARDED + '<sentry id="s"/>', "s", "never hold"),
        (GUARDED + on("s", "m", "complete") + MILESTONE, "a", "never makes"),
        (GUARDED + on("s", "a"), "a", "waits for the item that it guards"),
        (item("b") + HUMAN + item("a", "t") + TIMER.format(""), "t", "never occurs"),
    ],
)
def test_what_can_never_happen_is_a_warning_and_does_not_happen(plan, element, word):
    built = build({"m.cmmn": cmmn(plan)})
    assert isinstance(built, CompiledModels)
    assert any(word in warning.sentence for warning in built.warnings if warning.element == element)
    hand = Hand(built)
    hand.do(c.StartCase("c"))
    assert {item.node: item.state for item in hand.state.items.values()}["a"] == "available"


def test_a_case_has_one_plan_model_and_known_multiplicities():
    second = f'<casePlanModel id="other">{item("b")}</casePlanModel>'
    files = '<caseFileModel><caseFileItem id="f" name="f" multiplicity="Lots"/></caseFileModel>'
    sentences = found(cmmn(item("a") + HUMAN, before=files, after=second))
    assert "one case plan model" in sentences["other"]
    assert "no multiplicity" in sentences["f"]


def test_what_can_have_no_effect_is_a_warning():
    go = '<sentry id="go"><ifPart><condition>ready = true</condition></ifPart></sentry>'
    again = "<itemControl><repetitionRule/></itemControl>"
    plan = item("a", "human", again + entry("go")) + go + HUMAN
    plan += item("b", "quick", '<exitCriterion id="out" sentryRef="go"/>')
    built = build({"m.cmmn": cmmn(plan + '<humanTask id="quick" isBlocking="false"/>')})
    assert isinstance(built, CompiledModels)
    assert {warning.element for warning in built.warnings} == {"a", "b"}


def test_a_script_that_would_need_java_is_refused():
    task = '<task id="t" flowable:type="java" flowable:expression="${bean.go() + 1}"/>'
    assert "t" in found(cmmn(item("a", "t") + task, flowable=True))


def test_an_extension_that_is_not_carried_out_is_told_by_the_item_that_has_it():
    part = "<flowable:variableOnPart><variable>x</variable></flowable:variableOnPart>"
    rule = f"<repetitionRule><extensionElements>{part}</extensionElements></repetitionRule>"
    sentences = found(cmmn(item("a", inside=f"<itemControl>{rule}</itemControl>") + HUMAN, flowable=True))
    assert list(sentences) == ["a"]
    assert "use a condition" in sentences["a"]


def test_a_repetition_gathers_variables_by_name_and_not_by_code():
    variable = '<variable source="x"/>'
    for aggregation, sentence in (
        (f'target="all" class="org.Example">{variable}', "Java code"),
        (f">{variable}", "needs a target"),
        ('target="all"><variable/>', "needs a source"),
    ):
        inside = f"<extensionElements><flowable:variableAggregation {aggregation}</flowable:variableAggregation>"
        rule = f"<repetitionRule>{inside}</extensionElements></repetitionRule>"
        sentences = found(cmmn(item("a", inside=f"<itemControl>{rule}</itemControl>") + HUMAN, flowable=True))
        assert sentence in sentences["a"]


def test_listeners_that_would_run_code_are_named_in_a_warning():
    listener = '<extensionElements><flowable:taskListener event="create" class="org.Example"/></extensionElements>'
    built = build({"m.cmmn": cmmn(item("a") + f'<humanTask id="human">{listener}</humanTask>', flowable=True)})
    assert isinstance(built, CompiledModels)
    (warning,) = built.warnings
    assert warning.element == "human" and "taskListener is not run" in warning.sentence


def test_a_file_that_is_no_xml_or_holds_entities_is_refused():
    assert "cannot be read" in faults(b"<definitions")[0].sentence
    assert "document type" in faults(b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>')[0].sentence


def test_an_encoding_that_nobody_knows_is_refused():
    assert "encoding" in faults(b'<?xml version="1.0" encoding="nonsense"?><definitions/>')[0].sentence


def test_two_files_may_not_define_the_same_case():
    built = build({"one.cmmn": cmmn(item("a") + HUMAN), "two.cmmn": cmmn(item("a") + HUMAN)})
    assert isinstance(built, list)
    assert "one.cmmn" in built[0].sentence


def test_items_that_wait_for_one_another_are_a_warning():
    plan = item("a", "human", entry("sa")) + item("b", "human", entry("sb")) + on("sa", "b") + on("sb", "a") + HUMAN
    built = build({"m.cmmn": cmmn(plan)})
    assert isinstance(built, CompiledModels)
    assert {warning.element for warning in built.warnings} == {"a", "b"}


def test_one_listener_reactivates_a_case():
    plan = item("a") + item("b", "one") + item("d", "two") + HUMAN
    plan += "".join(f'<eventListener id="{name}" flowable:eventType="reactivate"/>' for name in ("one", "two"))
    assert "only one" in found(cmmn(plan, flowable=True))["d"]


def test_other_files_of_a_case_type_are_passed_by():
    built = build({"m.cmmn": cmmn(item("a") + HUMAN), "forms.yaml": b"nonsense", "data.schema.json": b"{"})
    assert isinstance(built, CompiledModels)
    assert list(built.cases) == ["c"]


def test_the_case_types_that_ship_can_be_deployed():
    folder = Path(__file__).parents[3] / "casework" / "casetypes"
    for case_type in (path for path in folder.iterdir() if (path / "manifest.yaml").exists()):
        built = build({file.name: file.read_bytes() for file in case_type.iterdir() if file.is_file()})
        assert isinstance(built, CompiledModels), built


def test_what_nobody_refers_to_needs_no_id():
    plan = '<planItem definitionRef="human"/><planItem definitionRef="human"/>'
    files = '<caseFileModel><caseFileItem name="one"/><caseFileItem name="other"/></caseFileModel>'
    built = build({"m.cmmn": cmmn(plan + HUMAN, before=files)})
    assert isinstance(built, CompiledModels), built
    hand = Hand(built).start()
    assert len([wait for wait in hand.state.waits.values() if wait.kind == "task"]) == 2
    hand.do(c.CaseFile("create", "one", 1))
    hand.do(c.CaseFile("create", "other", 2))
    assert dict(hand.state.root.variables) == {"one": 1, "other": 2}


def test_a_file_without_a_case_is_a_warning():
    built = build({"m.cmmn": b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>'})
    assert isinstance(built, CompiledModels)
    assert [warning.sentence for warning in built.warnings] == [
        "There is no case in this file, so nothing in it can run."
    ]
