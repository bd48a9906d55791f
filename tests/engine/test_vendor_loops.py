"""Do loops, time and decisions of other vendors' models mean here what they mean there?"""

from __future__ import annotations

import pytest

from tests.engine.vendors import CHILD, Run, activity, bpmn, flows, line

# -- loops


def test_zeebe_counts_its_instances_from_one():
    loop = (
        "<multiInstanceLoopCharacteristics><extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="all" '
        'outputElement="={n: loopCounter, of: item, r: result}"/></extensionElements>'
        "<completionCondition>= numberOfCompletedInstances = 2</completionCondition></multiInstanceLoopCharacteristics>"
    )
    run = Run(line(activity("serviceTask", "", '<zeebe:taskDefinition type="w"/>', loop)), {"items": ["a", "b", "c"]})
    run.answer({"result": 1})
    run.answer({"result": 2})
    assert run.seen["state"] == "completed"
    assert run.data["all"] == [{"n": 1, "of": "a", "r": 1}, {"n": 2, "of": "b", "r": 2}, None]


def test_flowable_gathers_the_variables_of_each_instance():
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" flowable:elementVariable="who" '
        'flowable:elementIndexVariable="i"><extensionElements>'
        "<flowable:collection><flowable:expression>${people}</flowable:expression></flowable:collection>"
        '<flowable:variableAggregation target="reviews"><variable source="score"/>'
        '<variable sourceExpression="${who}-${i}" target="by"/></flowable:variableAggregation>'
        "</extensionElements></multiInstanceLoopCharacteristics>"
    )
    run = Run(line(activity("userTask", 'flowable:assignee="${who}"', "", loop)), {"people": ["ann", "bob"]})
    run.engine.complete(run.id, "#t", {"score": 3})
    run.engine.complete(run.id, "#t", {"score": 5})
    assert run.data["reviews"] == [{"score": 3, "by": "ann-0"}, {"score": 5, "by": "bob-1"}]
    assert [task.assignee for task in run.opened] == ["ann", "bob"]


def test_what_flowable_gathers_belongs_to_each_instance_also_where_loops_stand_in_one_another():
    def loop(index: str, target: str, source: str) -> str:
        gathers = f'<flowable:variableAggregation target="{target}"><variable source="{source}"/>'
        return (
            f'<multiInstanceLoopCharacteristics flowable:elementIndexVariable="{index}"><extensionElements>{gathers}'
            "</flowable:variableAggregation></extensionElements><loopCardinality>2</loopCardinality>"
            "</multiInstanceLoopCharacteristics>"
        )

    inner = f'<userTask id="ask" name="${{i}}.${{j}}">{loop("j", "answers", "answer")}</userTask><userTask id="next"/>'
    run = Run(line(activity("subProcess", body=loop("i", "all", "answers") + inner + flows("ask", "next"))))
    for name in ("0.0", "1.0", "1.1", "0.1"):
        run.engine.complete(run.id, name, {"answer": name})
    assert run.data == {}
    run.engine.complete(run.id, "#next", {})
    run.engine.complete(run.id, "#next", {})
    assert run.data["all"] == [
        {"answers": [{"answer": "0.0"}, {"answer": "0.1"}]},
        {"answers": [{"answer": "1.0"}, {"answer": "1.1"}]},
    ]


def test_what_a_call_of_flowable_gives_back_may_stay_in_the_scope_around_it():
    call = (
        '<callActivity id="call" calledElement="c" flowable:useLocalScopeForOutParameters="true"><extensionElements>'
        '<flowable:out source="b" target="b"/></extensionElements></callActivity>'
    )
    inner = f'<startEvent id="is"/>{call}<userTask id="n" name="${{b}}"/>{flows("is", "call", "n")}'
    run = Run(line(activity("subProcess", body=inner), more=CHILD))
    run.engine.answer(run.seen["children"][0]["iid"], "ct", {"b": 2})
    assert [task["name"] for task in run.seen["tasks"]] == ["2"]
    assert run.data == {}


def test_what_undoes_a_sub_process_begins_where_it_says_so_also_beside_other_start_events():
    starts = (
        '<startEvent id="told"><messageEventDefinition messageRef="m"/></startEvent><userTask id="hear"/>'
        '<startEvent id="undone"><compensateEventDefinition/></startEvent><userTask id="undo"/>'
    )
    handler = f"{starts}{flows('told', 'hear')}{flows('undone', 'undo')}"
    held = f'<startEvent id="is"/><subProcess id="es" triggeredByEvent="true">{handler}</subProcess>'
    source = bpmn(
        '<startEvent id="s"/>',
        f'<subProcess id="t">{held}</subProcess>',
        '<intermediateThrowEvent id="back"><compensateEventDefinition/></intermediateThrowEvent>',
        flows("s", "t", "back"),
        beside='<message id="m" name="M"/>',
    )
    assert [task["def"] for task in Run(source).seen["tasks"]] == ["undo"]


def test_nothing_is_heard_at_the_border_of_an_event_sub_process_of_flowable():
    held = (
        '<startEvent id="is"/><endEvent id="ie"><errorEventDefinition errorRef="a"/></endEvent>'
        '<subProcess id="es" triggeredByEvent="true">'
        '<startEvent id="ss"><errorEventDefinition errorRef="a"/></startEvent>'
        f'<endEvent id="se"><errorEventDefinition errorRef="b"/></endEvent>{flows("ss", "se")}</subProcess>'
        '<boundaryEvent id="near" attachedToRef="es"><errorEventDefinition errorRef="b"/></boundaryEvent>'
        f'<userTask id="never"/>{flows("is", "ie")}{flows("near", "never")}'
    )
    far = '<boundaryEvent id="far" attachedToRef="t"><errorEventDefinition errorRef="b"/></boundaryEvent>'
    run = Run(line(activity("subProcess", body=held), far, '<userTask id="outside"/>', flows("far", "outside")))
    assert [task["def"] for task in run.seen["tasks"]] == ["outside"]


# -- time


def test_a_cycle_of_quartz_fires_at_its_moments():
    boundary = (
        '<boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><timerEventDefinition>'
        '<timeCycle flowable:endDate="2026-01-01T09:16:00Z">0 0/5 * * * ?</timeCycle></timerEventDefinition>'
        '</boundaryEvent><userTask id="late"/>'
    )
    run = Run(line(activity("userTask"), boundary, flows("b", "late")))
    run.engine.advance(3600)
    assert [task.definition for task in run.opened].count("late") == 3


# -- decisions

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="http://camunda.org/schema/1.0/dmn"><decision id="dec" name="Dec"><decisionTable hitPolicy="{policy}">
 <input><inputExpression><text>amount</text></inputExpression></input><output name="level"/>
 <rule><inputEntry><text>&gt; 10</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
 <rule><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>"some"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""


@pytest.mark.parametrize(
    ("form", "policy", "amount", "result"),
    [
        ("singleEntry", "FIRST", 11, "high"),
        ("singleResult", "FIRST", 11, {"level": "high"}),
        ("collectEntries", "FIRST", 11, ["high"]),
        ("collectEntries", "COLLECT", 11, ["high", "some"]),
        ("resultList", "COLLECT", 11, [{"level": "high"}, {"level": "some"}]),
        (None, "FIRST", 11, [{"level": "high"}]),
        ("resultList", "FIRST", 1, []),
        ("singleEntry", "FIRST", 1, None),
    ],
)
def test_camunda_7_writes_a_decision_in_the_form_that_the_task_says(form, policy, amount, result):
    said = f'camunda:mapDecisionResult="{form}"' if form else ""
    task = activity("businessRuleTask", f'camunda:decisionRef="dec" camunda:resultVariable="r" {said}')
    run = Run(line(task), {"amount": amount}, d_dmn=TABLE.format(policy=policy).encode())
    assert run.data["r"] == result


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("decisionResult.getSingleEntry()", "high"),
        ("decisionResult.singleEntry", "high"),
        ("decisionResult.getSingleResult().level", "high"),
        ("decisionResult.firstResult.getEntry('level')", "high"),
        ("decisionResult.collectEntries('level')", ["high"]),
        ("decisionResult.size()", 1),
    ],
)
def test_a_task_of_camunda_7_may_map_the_result_of_its_decision(asked, value):
    parameter = f'<camunda:outputParameter name="r">${{{asked}}}</camunda:outputParameter>'
    mapping = f"<camunda:inputOutput>{parameter}</camunda:inputOutput>"
    table = TABLE.format(policy="FIRST").encode()
    run = Run(line(activity("businessRuleTask", 'camunda:decisionRef="dec"', mapping)), {"amount": 11}, d_dmn=table)
    assert run.data == {"amount": 11, "r": value}


def test_flowable_writes_each_output_of_a_decision_under_its_name():
    table = TABLE.format(policy="FIRST").replace("camunda.org/schema/1.0/dmn", "www.flowable.org/dmn")
    key = '<flowable:field name="decisionTableReferenceKey" stringValue="dec"/>'
    run = Run(line(activity("serviceTask", 'flowable:type="dmn"', key)), {"amount": 7}, d_dmn=table.encode())
    assert run.data == {"amount": 7, "level": "some"}
