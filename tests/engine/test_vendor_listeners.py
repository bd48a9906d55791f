"""Do listeners and scripts in vendors' words run where they only set variables, and are the others named?"""

from __future__ import annotations

import pytest

from tests.engine.vendors import Run, activity, bpmn, line, sentences

# -- listeners that only set variables


def sets(name: str, value: str, event: str, kind: str = "flowable:executionListener", on: str = "execution") -> str:
    return f'<{kind} event="{event}" expression="${{{on}.setVariable(\'{name}\', {value})}}"/>'


def test_listeners_of_an_activity_run_as_it_begins_and_when_it_is_done():
    held = (
        sets("phase", "'review'", "start")
        + sets("phase", "'done'", "end")
        + sets("seen", "phase", "create", "camunda:taskListener", "task")
        + sets("sum", "n + 1", "complete", "flowable:taskListener", "task.execution")
    )
    run = Run(line(activity("userTask", "", held)))
    assert run.data == {"phase": "review", "seen": "review"}
    run.engine.complete(run.id, "#t", {"n": 4})
    assert run.data == {"phase": "done", "seen": "review", "sum": 5, "n": 4}


def test_listeners_of_events_gateways_flows_and_the_process_run_on_the_way():
    def noted(sign: str, event: str) -> str:
        script = f'execution.setVariable("way", way + "{sign}")'
        listener = f'<camunda:executionListener event="{event}"><camunda:script scriptFormat="groovy">{script}'
        return f"<extensionElements>{listener}</camunda:script></camunda:executionListener></extensionElements>"

    source = bpmn(
        "<extensionElements>" + sets("way", "&quot;&quot;", "start") + "</extensionElements>",
        f'<startEvent id="s">{noted("a", "end")}</startEvent>',
        f'<sequenceFlow id="1" sourceRef="s" targetRef="g">{noted("b", "take")}</sequenceFlow>',
        f'<exclusiveGateway id="g">{noted("c", "start")}</exclusiveGateway>',
        f'<endEvent id="e">{noted("d", "end")}</endEvent><sequenceFlow id="2" sourceRef="g" targetRef="e"/>',
    )
    assert Run(source, {"way": "lost"}).data["way"] == "abcd"


def test_a_script_listener_of_flowable_runs_for_each_instance_of_a_loop():
    listener = (
        '<flowable:taskListener event="complete" class="org.flowable.engine.impl.bpmn.listener.ScriptTaskListener">'
        '<flowable:field name="script"><flowable:string>task.setVariable("votes", votes + 1)</flowable:string>'
        '</flowable:field><flowable:field name="language" stringValue="groovy"/></flowable:taskListener>'
    )
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    run = Run(line(activity("userTask", "", listener, loop)), {"votes": 0})
    for _ in range(3):
        run.engine.complete(run.id, "#t", {})
    assert run.data["votes"] == 3


@pytest.mark.parametrize(
    "listener",
    [
        '<flowable:executionListener event="start" expression="${bean.work(execution)}"/>',
        '<flowable:executionListener event="start" delegateExpression="${bean}"/>',
        sets("who", "task.assignee", "complete", "flowable:taskListener", "task"),
        sets("x", "1", "assignment", "flowable:taskListener", "task"),
    ],
)
def test_a_listener_that_does_more_is_named_and_not_run(listener):
    assert "is not run" in sentences(line(activity("userTask", "", listener)))["t"][0][1]
