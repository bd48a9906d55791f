"""Do scripts of Groovy and JavaScript that compute, set variables and throw do what they say?"""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from orchestration.casetypes.scenario_engine import START
from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from tests.engine.models import HUMAN, Hand, cmmn, entry, item, on
from tests.engine.vendors import Run, activity, bpmn, flows, line, sentences


def scripted(text: str, attributes: str = "", more: str = "") -> bytes:
    task = activity("scriptTask", f'scriptFormat="groovy" {attributes}', body=f"<script>{escape(text)}</script>")
    return line(task, more)


def left_by(text: str, variables: dict | None = None, attributes: str = "") -> dict:
    return Run(scripted(text, attributes), variables or {}).data


@pytest.mark.parametrize(
    ("text", "given", "left"),
    [
        ("import groovy.json.JsonSlurper\ndef r = new JsonSlurper()\ndef u = r.parseText('{\"a\": [1, true]}')\n"
         "execution.setVariable('x', u.a)", {}, {"x": [1, True]}),
        ("println 'hi'\nSystem.out.println(a)\nconsole.log(a); execution.setVariable('x', a)", {"a": 1},
         {"a": 1, "x": 1}),
        ("List<String> l = new ArrayList<>();\nl.add('a')\nl << 'b'\nexecution.setVariable('x', l)", {},
         {"x": ["a", "b"]}),
        ("def m = [:]\nm.put('a', 1)\nm.b = 2\nm['c'] = [d: 3]\nexecution.setVariable('x', m)", {},
         {"x": {"a": 1, "b": 2, "c": {"d": 3}}}),
        ("var m = {a: 1, 'b': [1, 2]}; execution.setVariable('x', m.b)", {}, {"x": [1, 2]}),
        ('execution.setVariable("x", "for ${name}: ${n + 1}")', {"name": "ann", "n": 1},
         {"name": "ann", "n": 1, "x": "for ann: 2"}),
        ("int n = (int) execution.getVariable('a') + Math.max(2, 3)\nexecution.setVariable('x', n as int)", {"a": 1},
         {"a": 1, "x": 4}),
        ("execution.setVariable('x', Arrays.asList('a', 'b').size())", {}, {"x": 2}),
        ("sum = 0\nfor (i in given) {\n  if (i > 1) {\n    sum += i\n  }\n}\nexecution.setVariable('x', sum)",
         {"given": [1, 2, 3]}, {"given": [1, 2, 3], "x": 5}),
        ("def t = 1\nfor (int i = 0; i < 3; i++) { t = t * 10 + i }\nexecution.setVariable('x', t)", {}, {"x": 1012}),
        ("def l = []\ngiven.each { l.add(it * 2) }\nexecution.setVariable('x', l)", {"given": [1, 2]},
         {"given": [1, 2], "x": [2, 4]}),
        ("def n = 5\nfor (i in given) { n += i }\nexecution.setVariable('x', n)", {"given": []}, {"given": [], "x": 5}),
        ("if (a > 1)\n  execution.setVariable('x', 'big')\nelse\n  execution.setVariable('x', 'small')\n", {"a": 1},
         {"a": 1, "x": "small"}),
        ("n++\nfor (i in 1..3) { println i }\nfor (i in 1..<3) { n += i }\nexecution.setVariable('x', n)", {"n": 1},
         {"n": 1, "x": 5}),
        ("execution.setVariable('x', a?.b ?: 'none')", {"a": None}, {"a": None, "x": "none"}),
        ("// of Java\nString s = 'a' +\n  'b'\n/* all */ execution.setVariable('x', s)", {}, {"x": "ab"}),
    ],
)  # fmt: skip
def test_a_script_computes(text, given, left):
    assert left_by(text, given) == left


@pytest.mark.parametrize(("attributes", "left"), [("", {}), ('flowable:autoStoreVariables="true"', {"x": 2})])
def test_what_a_script_of_flowable_only_assigns_is_kept_where_the_model_says_so(attributes, left):
    assert left_by("x = 2", {}, attributes) == left


# -- what it throws

CAUGHT = '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="err" {}/></boundaryEvent>'
NEXT = '<userTask id="after"/>' + flows("b", "after")
THROW = "import org.flowable.engine.delegate.BpmnError\nexecution.setVariable('before', 1)\n"


def throwing(text: str, code: str = "bad") -> Run:
    kept = 'flowable:errorVariableName="code"'
    source = scripted(text, "", CAUGHT.format(kept) + NEXT)
    declared = f'<error id="err" errorCode="{code}"/><process'.encode()
    return Run(source.replace(b"<process", declared, 1), {"a": 1})


def test_a_bpmn_error_that_a_script_throws_is_caught_at_its_border():
    run = throwing(THROW + "throw new BpmnError('bad', 'It is bad')")
    assert [task["def"] for task in run.seen["tasks"]] == ["after"]
    assert run.data["before"] == 1


def test_it_is_thrown_only_where_the_branch_is_taken():
    run = throwing("if (a > 1) {\n  throw new org.flowable.engine.delegate.BpmnError('bad');\n}")
    assert run.seen["state"] == "completed"


def incident_of(source: bytes) -> list[str]:
    outcome = execute(build({"p.bpmn": source}), None, c.StartProcess("p", {"a": 1}), START)
    return [event.message for event in outcome.events if isinstance(event, e.IncidentRaised)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throw new BpmnError('other')", "BpmnError"),
        ("assert a == 2", "does not hold"),
        ("throw new RuntimeException('It broke')", "It broke"),
        ("var E = Packages.java.lang.IllegalStateException; throw new E('It broke')", "It broke"),
    ],
)
def test_what_nobody_catches_is_an_incident_at_the_task(text, says):
    (message,) = incident_of(scripted(text))
    assert says in message


def test_an_error_in_a_sub_process_reaches_its_border():
    inside = (
        '<startEvent id="is"/><scriptTask id="i" scriptFormat="groovy"><script>throw new BpmnError("bad")</script>'
        f"</scriptTask>{flows('is', 'i')}"
    )
    border = '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>' + NEXT
    run = Run(line(f'<subProcess id="t">{inside}</subProcess>', border))
    assert [task["def"] for task in run.seen["tasks"]] == ["after"]


def test_a_listener_may_throw_too():
    script = '<flowable:script language="groovy">throw new BpmnError("bad")</flowable:script>'
    listener = f'<flowable:executionListener event="start" type="script">{script}</flowable:executionListener>'
    border = '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>' + NEXT
    run = Run(line(activity("userTask", "", listener), border))
    assert [task["def"] for task in run.seen["tasks"]] == ["after"]


def test_a_script_of_a_case_that_throws_is_an_incident():
    text = "var E = Packages.java.lang.RuntimeException; throw new E('It broke');"
    field = f'<flowable:field name="script"><string>{text}</string></flowable:field>'
    task = f'<task id="t" flowable:type="script"><extensionElements>{field}</extensionElements></task>'
    models = build({"c.cmmn": cmmn(item("i", "t") + task, flowable=True)})
    outcome = execute(models, None, c.StartCase("c"), START)
    assert [event.message for event in outcome.events if isinstance(event, e.IncidentRaised)] == ["It broke"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("org.example.Pojo.foo()", "org.example.Pojo"),
        ("import org.example.Pojo\ndef p = new Pojo(1)", "org.example.Pojo"),
        ("var P = Java.type('org.example.Pojo'); var p = new P(1);", "org.example.Pojo"),
        ("bean.work(1)", "bean.work"),
    ],
)
def test_what_would_call_java_is_refused_with_the_name_of_it(text, names):
    assert any(severe and names in said for severe, said in sentences(scripted(text))["t"])


# -- what else models of Flowable say about themselves


def test_an_aggregation_may_compute_its_target_and_the_names_in_it():
    gathered = (
        '<flowable:variableAggregation targetExpression="${kind}List"><variable source="x" targetExpression="${kind}"/>'
        "</flowable:variableAggregation>"
    )
    loop = f"<extensionElements>{gathered}</extensionElements><loopCardinality>2</loopCardinality>"
    task = f'<userTask id="t"><multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics></userTask>'
    run = Run(line(task), {"kind": "vote"})
    for value in (1, 2):
        run.engine.complete(run.id, "#t", {"x": value})
    assert run.data == {"kind": "vote", "voteList": [{"vote": 1}, {"vote": 2}]}


def test_an_execution_tells_where_it_is():
    text = "${execution.currentActivityId}${execution.tenantId}-${execution.parent.id}-${execution.processDefinitionId}"
    run = Run(line(activity("userTask", f'flowable:assignee="{text}"')))
    assert [task["assignee"] for task in run.seen["tasks"]] == ["t-1-p"]


def test_a_text_is_given_in_base64():
    assert (
        Run(line(activity("userTask", 'flowable:assignee="${var:base64(a)}"')), {"a": "hi"}).seen["tasks"][0][
            "assignee"
        ]
        == "aGk="
    )


def case_that(*parts: str, beside: str = "") -> Hand:
    models = build({"c.cmmn": cmmn("".join(parts), before=beside, flowable=True)})
    assert isinstance(models, CompiledModels), models
    assert not models.warnings
    hand = Hand(models)
    hand.do(c.StartCase("c", {"n": 1}))
    return hand


def listener(kind: str, state: str, expression: str) -> str:
    return f'<flowable:{kind} {state} expression="{expression}"/>'


def test_listeners_of_a_life_cycle_set_variables_at_the_changes_that_they_name():
    told = (
        listener("planItemLifecycleListener", 'targetState="active"', "${caseInstance.setVariable('began', n + 1)}")
        + listener("planItemLifecycleListener", 'targetState="completed"', "${caseInstance.setVariable('done', true)}")
        + listener("planItemLifecycleListener", 'sourceState="enabled"', "${caseInstance.setVariable('never', 1)}")
    )
    task = f'<humanTask id="human"><extensionElements>{told}</extensionElements></humanTask><humanTask id="other"/>'
    hand = case_that(item("a"), item("b", "other"), task)
    assert dict(hand.state.root.variables) == {"n": 1, "began": 2}
    hand.do(c.CompleteTask(next(one.id for one in hand.state.items.values() if one.node == "a")))
    assert dict(hand.state.root.variables) == {"n": 1, "began": 2, "done": True}


def test_listeners_of_a_case_set_variables_as_it_begins_and_ends():
    told = listener("caseLifecycleListener", 'targetState="active"', "${caseInstance.setVariable('began', true)}")
    told += listener("caseLifecycleListener", 'targetState="completed"', "${caseInstance.setVariable('ended', true)}")
    hand = case_that(item("a"), HUMAN, beside=f"<extensionElements>{told}</extensionElements>")
    assert dict(hand.state.root.variables) == {"n": 1, "began": True}
    hand.do(c.CompleteTask(next(iter(hand.state.items))))
    assert dict(hand.state.root.variables) == {"n": 1, "began": True, "ended": True}


def heard_as(id: str, event: str, more: str) -> str:
    said = f"<flowable:eventType>{event}</flowable:eventType>{more}"
    return f'<eventListener id="{id}"><extensionElements>{said}</extensionElements></eventListener>'


def test_each_repetition_of_a_stage_may_wait_for_its_own_event():
    rule = '<itemControl><repetitionRule flowable:counterVariable="k"/></itemControl>'
    begins = heard_as("l", "go", '<flowable:eventOutParameter source="f" target="f" transient="true"/>')
    keeps = "${planItemInstance.setVariableLocal('mine', f)}"
    own = listener("planItemLifecycleListener", 'targetState="active"', keeps)
    stops = heard_as("m", "stop", '<flowable:eventCorrelationParameter name="f" value="${mine}"/>')
    stage = (
        f'<stage id="st"><extensionElements>{own}</extensionElements>'
        + item("h", "human", '<exitCriterion sentryRef="x"/>') + item("mi", "m") + on("x", "mi", "occur")
        + f"{HUMAN}{stops}</stage>"
    )  # fmt: skip
    hand = case_that(item("s", "st", rule + entry("y")), item("li", "l", rule), on("y", "li", "occur"), stage, begins)
    for value in ("A", "B"):
        hand.do(c.ReceiveMessage("go", variables={"f": value}))
    assert dict(hand.state.root.variables) == {"n": 1}
    hand.do(c.ReceiveMessage("stop", variables={"f": "B"}))
    stages = [one.local.get("mine") for one in hand.state.items.values() if one.node == "s" and one.state == "active"]
    assert stages == ["A"]


def test_a_result_and_an_error_code_may_live_for_a_step_only():
    work = '<serviceTask id="t" flowable:expression="${a + 1}" flowable:resultVariable="r" {}/>'
    reads = '<scriptTask id="x" scriptFormat="groovy"><script>execution.setVariable("seen", r)</script></scriptTask>'
    model = bpmn('<startEvent id="s"/>', work, reads, '<userTask id="u"/>', flows("s", "t", "x", "u")).decode()
    for said, left in (("", {"a": 1, "r": 2, "seen": 2}), ("Variable", {"a": 1, "seen": 2})):
        transient = 'flowable:storeResultVariableAsTransient="true"' if said else ""
        assert Run(model.replace("{}", transient).encode(), {"a": 1}).data == left


def test_the_code_of_an_error_may_live_for_a_step_only():
    definition = '<errorEventDefinition flowable:errorVariableName="code" flowable:errorVariableTransient="true"/>'
    border = f'<boundaryEvent id="b" attachedToRef="t">{definition}</boundaryEvent>'
    keeps = '<scriptTask id="k" scriptFormat="groovy"><script>execution.setVariable("kept", code)</script></scriptTask>'
    source = scripted("throw new BpmnError('bad')", "", border + keeps + '<userTask id="u"/>' + flows("b", "k", "u"))
    assert Run(source).data == {"kept": "bad"}


def test_a_task_is_kept_by_its_id_name_and_assignee():
    said = (
        'name="Ask" flowable:assignee="${who}" flowable:taskIdVariableName="${key}" flowable:taskNameVariableName="n"'
    )
    run = Run(line(activity("userTask", f'{said} flowable:assigneeVariableName="a"')), {"who": "ann", "key": "id"})
    (opened,) = run.opened
    assert run.data == {"who": "ann", "key": "id", "id": str(opened.item), "n": "Ask", "a": "ann"}


def test_each_of_several_tasks_keeps_its_assignee_for_the_list():
    gathered = '<flowable:variableAggregation target="all"><variable source="a"/></flowable:variableAggregation>'
    loop = f"<extensionElements>{gathered}</extensionElements><loopCardinality>2</loopCardinality>"
    task = (
        '<userTask id="t" flowable:assignee="p${loopCounter}" flowable:assigneeVariableName="a">'
        f"<multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics></userTask>"
    )
    run = Run(line(task))
    for _ in range(2):
        run.engine.complete(run.id, "#t", {})
    assert run.data == {"all": [{"a": "p0"}, {"a": "p1"}]}


def test_a_call_is_kept_by_its_id():
    child = f'<process id="q"><startEvent id="qs"/><userTask id="qt"/>{flows("qs", "qt")}</process>'
    call = activity("callActivity", 'calledElement="q" flowable:processInstanceIdVariableName="child"')
    run = Run(line(call, more=child))
    assert run.data["child"] == run.seen["children"][0]["iid"].partition("/")[2]
    task = '<caseTask id="t" caseRef="d" flowable:idVariableName="${key}"/>'
    other = cmmn(item("a") + HUMAN).replace(b'<case id="c"', b'<case id="d"')
    models = build({"c.cmmn": cmmn(item("i", "t") + task, flowable=True), "d.cmmn": other})
    assert isinstance(models, CompiledModels), models
    hand = Hand(models)
    hand.do(c.StartCase("c", {"key": "child"}))
    assert hand.state.root.variables["child"] in {str(number) for number in hand.state.instances}
