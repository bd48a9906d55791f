"""Do processes and cases that say things in Flowable's, Camunda's or Zeebe's words do what they say?"""

from __future__ import annotations

import pytest

from orchestration.casetypes.scenario_engine import START
from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.compile_models import build
from orchestration.engine.execute import execute
from tests.engine.vendors import CHILD, Run, activity, bpmn, flows, line

# -- what goes in and comes out


def test_a_connector_asks_for_its_work_with_its_parameters():
    connector = (
        "<camunda:connector><camunda:connectorId>http-connector</camunda:connectorId><camunda:inputOutput>"
        '<camunda:inputParameter name="url">http://x/${id}</camunda:inputParameter>'
        '<camunda:inputParameter name="headers"><camunda:map>'
        '<camunda:entry key="Content-Type">text/plain</camunda:entry><camunda:entry key="n">${id + 1}</camunda:entry>'
        "</camunda:map></camunda:inputParameter>"
        '<camunda:inputParameter name="parts"><camunda:list><camunda:value>a</camunda:value>'
        '<camunda:value>${id}</camunda:value><camunda:script scriptFormat="groovy">id * 2</camunda:script>'
        "</camunda:list></camunda:inputParameter>"
        '<camunda:outputParameter name="status">${statusCode}</camunda:outputParameter>'
        "</camunda:inputOutput></camunda:connector>"
    )
    run = Run(line(activity("serviceTask", "", connector)), {"id": 7})
    (job,) = run.jobs
    assert job.capability == "http-connector"
    assert job.input == {"url": "http://x/7", "headers": {"Content-Type": "text/plain", "n": 8}, "parts": ["a", 7, 14]}
    run.answer({"statusCode": 200, "body": "x"})
    assert run.data == {"id": 7, "status": 200}


def test_a_parameter_may_be_a_script_with_names_of_its_own():
    mapping = (
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="javascript">'
        "var r = a + 1; r * 2;</camunda:script></camunda:inputParameter></camunda:inputOutput>"
    )
    run = Run(line(activity("serviceTask", 'camunda:type="external" camunda:topic="w"', mapping)), {"a": 2})
    assert run.jobs[0].input == {"x": 6}


def test_zeebe_takes_a_source_without_an_equals_sign_as_a_text():
    mapping = (
        '<zeebe:taskDefinition type="w"/><zeebe:taskHeaders><zeebe:header key="url" value="=not read"/>'
        '</zeebe:taskHeaders><zeebe:ioMapping><zeebe:input source="POST" target="method"/>'
        '<zeebe:input source="= a + 1" target="body.count"/><zeebe:input source="=a" target="body.deep.er"/>'
        '<zeebe:input target="nothing"/></zeebe:ioMapping>'
    )
    run = Run(line(activity("serviceTask", "", mapping)), {"a": 1, "body": {"kept": False}})
    assert run.jobs[0].input == {
        "method": "POST", "body": {"count": 2, "deep": {"er": 1}}, "nothing": None, "url": "=not read",
    }  # fmt: skip


def test_what_zeebe_puts_into_a_variable_on_the_way_out_keeps_its_other_entries():
    mapping = (
        '<zeebe:taskDefinition type="w"/><zeebe:ioMapping><zeebe:output source="=price" target="order.price"/>'
        '<zeebe:output source="=42" target="fresh.n"/></zeebe:ioMapping>'
    )
    run = Run(line(activity("serviceTask", "", mapping)), {"order": {"id": 1, "price": 0}})
    run.answer({"price": 9})
    assert run.data == {"order": {"id": 1, "price": 9}, "fresh": {"n": 42}}


@pytest.mark.parametrize(
    ("said", "given", "back"),
    [
        ("", {"a": 1}, {"a": 1, "b": 2}),
        ('propagateAllParentVariables="false"', {}, {"a": 1, "b": 2}),
        ('propagateAllChildVariables="false"', {"a": 1}, {"a": 1}),
    ],
)
def test_a_called_process_of_zeebe_gets_and_gives_all_unless_the_model_says_otherwise(said, given, back):
    run = Run(line(activity("callActivity", "", f'<zeebe:calledElement processId="c" {said}/>'), more=CHILD), {"a": 1})
    (child,) = run.seen["children"]
    assert run.engine.snapshot(child["iid"])["variables"] == given
    run.engine.answer(child["iid"], "ct", {"b": 2})
    assert run.data == back


# -- work


@pytest.mark.parametrize(
    "source",
    [
        line(
            '<intermediateThrowEvent id="t"><messageEventDefinition messageRef="m" camunda:type="external" '
            'camunda:topic="send"/></intermediateThrowEvent>',
            beside='<message id="m" name="M"/>',
        ),
        line(
            '<intermediateThrowEvent id="t"><extensionElements><zeebe:taskDefinition type="send"/></extensionElements>'
            '<messageEventDefinition messageRef="m"/></intermediateThrowEvent>',
            beside='<message id="m" name="M"/>',
        ),
        line(
            activity("sendTask", 'messageRef="m" camunda:delegateExpression="${send}"'),
            beside='<message id="m" name="M"/>',
        ),
    ],
)
def test_a_message_that_a_machine_sends_is_work(source):
    run = Run(source)
    assert run.seen["jobs"] == ["send"]
    run.answer()
    assert run.seen["state"] == "completed"


@pytest.mark.parametrize(
    ("expression", "capability", "given"),
    [
        ("#{printer.print()}", "printer.print", {}),
        ("${printer.print(execution, order.text, n)}", "printer.print", {"text": "hi", "n": 2}),
        ("${desk.printer.print(n, n + 1, 'x')}", "desk.printer.print", {"n": 2, "argument2": 3, "argument3": "x"}),
    ],
)
def test_an_expression_that_calls_a_bean_asks_for_that_work(expression, capability, given):
    task = activity("serviceTask", f'camunda:expression="{expression}" camunda:resultVariable="r"')
    run = Run(line(task), {"order": {"text": "hi"}, "n": 2})
    assert [(job.capability, job.input) for job in run.jobs] == [(capability, given)]
    run.answer("done")
    assert run.data["r"] == "done"


def test_a_task_of_a_case_that_calls_a_bean_asks_for_that_work():
    task = '<task id="h" flowable:type="java" flowable:expression="${desk.file(caseInstance, n)}"/>'
    plan = PLAN.replace('<humanTask id="h" flowable:assignee="${boss}"/>', task)
    events = execute(build({"p.cmmn": plan.encode()}), None, c.StartCase("p", {"n": 2}), START).events
    (job,) = [event for event in events if isinstance(event, e.JobRequested)]
    assert (job.capability, job.input) == ("desk.file", {"n": 2})


def test_a_delegate_is_a_name_whatever_signs_it_has():
    assert Run(line(activity("serviceTask", 'flowable:class="=a["'))).jobs[0].capability == "=a["


@pytest.mark.parametrize(("go", "open_"), [(True, ["b", "h"]), (False, ["h"])])
def test_a_condition_of_cmmn_1_0_stands_in_a_body(go, open_):
    guarded = (
        '<planItem id="j" definitionRef="b"><entryCriterion id="c" sentryRef="y"/></planItem><humanTask id="b"/>'
        '<sentry id="y"><ifPart><condition><body>${go}</body></condition></ifPart></sentry>'
    )
    plan = PLAN.replace("<humanTask", guarded + "<humanTask", 1)
    events = execute(build({"p.cmmn": plan.encode()}), None, c.StartCase("p", {"go": go}), START).events
    assert sorted(event.definition for event in events if isinstance(event, e.TaskOpened)) == open_


def test_an_expression_that_can_be_evaluated_is_no_work():
    task = activity("serviceTask", 'flowable:expression="${name.toUpperCase()}" flowable:resultVariable="r"')
    assert Run(line(task), {"name": "ann"}).data["r"] == "ANN"


@pytest.mark.parametrize(("enabled", "skip", "waits"), [(True, True, False), (True, False, True), (None, True, True)])
@pytest.mark.parametrize("kind", ["userTask", "serviceTask", "task"])
def test_work_is_skipped_where_that_is_enabled_and_the_expression_holds(kind, enabled, skip, waits):
    source = line(activity(kind, 'flowable:skipExpression="${skip}"'))
    run = Run(source, {"skip": skip, "_FLOWABLE_SKIP_EXPRESSION_ENABLED": enabled})
    assert (run.seen["state"] == "active") is (waits and kind != "task")


@pytest.mark.parametrize(("enabled", "taken"), [(True, "a"), (False, "b")])
def test_a_flow_that_is_skipped_is_taken_whatever_its_condition_says(enabled, taken):
    never = '<conditionExpression language="juel">${false}</conditionExpression>'
    run = Run(
        bpmn(
            '<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/><userTask id="a"/><userTask id="b"/>',
            flows("s", "g") + flows("g", "b"),
            '<sequenceFlow id="f" sourceRef="g" targetRef="a" flowable:skipExpression="${true}">',
            never + "</sequenceFlow>",
        ),
        {"_FLOWABLE_SKIP_EXPRESSION_ENABLED": enabled},
    )
    assert [task.definition for task in run.opened] == [taken]


@pytest.mark.parametrize("language", ["groovy", "javascript", "juel"])
def test_a_condition_in_a_script_language_that_only_compares_is_read(language):
    condition = (
        f'<conditionExpression language="{language}">amount &gt; 100 &amp;&amp; status == "open"</conditionExpression>'
    )
    source = bpmn(
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/><userTask id="a"/><userTask id="b"/>',
        flows("s", "g")
        + flows("g", "b")
        + f'<sequenceFlow id="f" sourceRef="g" targetRef="a">{condition}</sequenceFlow>',
    )
    assert [task.definition for task in Run(source, {"amount": 101, "status": "open"}).opened] == ["a"]
    assert [task.definition for task in Run(source, {"amount": 101}).opened] == ["b"]


def test_candidates_may_be_names_and_expressions_side_by_side():
    run = Run(line(activity("userTask", 'camunda:candidateGroups="sales, ${team}, desk"')), {"team": ["x", "y"]})
    assert run.opened[0].candidate_groups == ("sales", "x", "y", "desk")


CAUGHT = (
    '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="err" {}/></boundaryEvent>'
    '<userTask id="fix"/>' + flows("b", "fix")
)
ERROR = '<error id="err" errorCode="FAILED" camunda:errorMessage="no ${thing}"/>'


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"', {"code": "FAILED", "why": "it broke"}),
        ('flowable:errorVariableName="code"', {"code": "FAILED"}),
        ("", {}),
    ],
)
def test_who_catches_an_error_may_keep_its_code_and_message(said, kept):
    run = Run(line(activity("serviceTask"), CAUGHT.format(said), beside=ERROR))
    root = run.engine.known[0]
    job = next(wait.id for wait in root.state.waits.values() if wait.kind == "job")
    run.engine._do(root, c.FailJob(job, "it broke", code="FAILED"))
    assert run.data == kept
    assert [task.definition for task in run.opened] == ["fix"]


def test_an_error_that_is_thrown_may_say_something():
    inside = '<startEvent id="is"/><endEvent id="ie"><errorEventDefinition errorRef="err"/></endEvent>' + flows(
        "is", "ie"
    )
    caught = CAUGHT.format('camunda:errorMessageVariable="why"')
    assert (
        Run(line(activity("subProcess", body=inside), caught, beside=ERROR), {"thing": "tea"}).data["why"] == "no tea"
    )


PLAN = (
    '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:flowable="http://flowable.org/cmmn">'
    '<case id="p" flowable:initiatorVariableName="boss"><casePlanModel id="plan"><planItem id="i" definitionRef="h"/>'
    '<humanTask id="h" flowable:assignee="${boss}"/></casePlanModel></case></definitions>'
)


@pytest.mark.parametrize(
    ("name", "source", "start"),
    [
        ("p.bpmn", line(activity("userTask", 'flowable:assignee="${boss}"')), c.StartProcess),
        ("p.cmmn", PLAN.encode(), c.StartCase),
    ],
)
def test_a_model_may_keep_who_began_it(name, source, start):
    library = build({name: source.replace(b'<startEvent id="s"/>', b'<startEvent id="s" flowable:initiator="boss"/>')})
    events = execute(library, None, start("p", by="ann"), START).events
    assert next(event.assignee for event in events if isinstance(event, e.TaskOpened)) == "ann"
    given = execute(library, None, start("p", {"boss": "eve"}, by="ann"), START).events
    assert next(event.assignee for event in given if isinstance(event, e.TaskOpened)) == "eve"


@pytest.mark.parametrize(("amount", "level"), [(5, "low"), (50, "middle"), (500, "high")])
def test_a_script_may_branch_as_long_as_it_only_sets_variables(amount, level):
    text = (
        'def limit = 10\nif (amount &lt; limit) { level = "low" }\n'
        'else if (amount &lt; limit * 10) { level = "middle" }\nelse { execution.setVariable("level", "high") }'
    )
    run = Run(
        line(activity("scriptTask", 'scriptFormat="groovy"', body=f"<script>{text}</script>")), {"amount": amount}
    )
    assert run.data == {"amount": amount, "level": level}
