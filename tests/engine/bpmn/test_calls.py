"""What goes into a called process, and what comes out, as each dialect says it?"""

from __future__ import annotations

import pytest

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from tests.engine.models import NOW, library

VENDORS = (
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:flowable="http://flowable.org/bpmn" xmlns:casewright="urn:casewright:model:1"'
)
OWN = '<camunda:inputOutput><camunda:inputParameter name="own">${a + 1}</camunda:inputParameter></camunda:inputOutput>'
MAPPED = '<zeebe:ioMapping><zeebe:input source="=a + 1" target="own"/></zeebe:ioMapping>'


def calling(inside: str, attributes: str = 'calledElement="q"') -> bytes:
    return f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" {VENDORS}>
    <process id="p"><startEvent id="s"/><callActivity id="call" {attributes}>
    <extensionElements>{inside}</extensionElements></callActivity><userTask id="after"/>
    <sequenceFlow id="f" sourceRef="s" targetRef="call"/><sequenceFlow id="g" sourceRef="call" targetRef="after"/>
    </process><process id="q"><startEvent id="qs"/><userTask id="work"/>
    <sequenceFlow id="h" sourceRef="qs" targetRef="work"/></process></definitions>""".encode()


def handed(model: bytes) -> dict[str, object]:
    """What the called process has as it begins, called from one that has a and b."""
    events = execute(library(m_bpmn=model), None, c.StartProcess("p", {"a": 1, "b": 2}), NOW).events
    return next(event.variables for event in events if isinstance(event, e.InstanceStarted) and event.key == "q")


@pytest.mark.parametrize(
    ("inside", "given"),
    [
        (f'<camunda:in variables="all" local="true"/>{OWN}', {"own": 2}),
        (f'<camunda:in variables="all"/>{OWN}', {"a": 1, "b": 2, "own": 2}),
        (f'<camunda:in source="own" target="x"/>{OWN}', {"x": 2}),
        (OWN, {}),
        (f'<camunda:in variables="all" local="true"/><camunda:in source="b" target="x"/>{OWN}', {"own": 2, "x": 2}),
        (f'<camunda:in source="b" target="x" local="true"/>{OWN}', {"x": None}),
        (f'<camunda:in sourceExpression="${{b}}" target="x" local="true"/>{OWN}', {"x": None}),
        (
            f'<camunda:in source="own" target="x" local="true"/><camunda:in source="b" target="y"/>{OWN}',
            {"x": 2, "y": 2},
        ),
        (f'<zeebe:calledElement processId="q" propagateAllParentVariables="false"/>{MAPPED}', {"own": 2}),
        (f'<zeebe:calledElement processId="q"/>{MAPPED}', {"a": 1, "b": 2, "own": 2}),
        ('<zeebe:calledElement processId="q" propagateAllParentVariables="false"/>', {}),
        ('<flowable:in source="a" target="x"/>', {"x": 1}),
        ('<casewright:input name="x" value="=b"/>', {"x": 2}),
        ("", {}),
    ],
)
def test_a_called_process_gets_what_the_model_hands_it_and_nothing_else(inside: str, given: object) -> None:
    assert handed(calling(inside)) == given


@pytest.mark.parametrize(
    ("inside", "after"),
    [
        ('<camunda:out variables="all"/>', {"a": 1, "b": 2, "r": 7, "z": 8}),
        (
            '<camunda:out variables="all"/><camunda:out source="r" target="x"/>',
            {"a": 1, "b": 2, "r": 7, "z": 8, "x": 7},
        ),
        ('<camunda:out source="r" target="x"/>', {"a": 1, "b": 2, "x": 7}),
        ('<camunda:out source="r" target="x" local="true"/>', {"a": 1, "b": 2}),
        ('<camunda:out variables="all" local="true"/>', {"a": 1, "b": 2}),
        (
            '<camunda:out source="r" target="x" local="true"/><camunda:inputOutput>'
            '<camunda:outputParameter name="y">${x + 1}</camunda:outputParameter></camunda:inputOutput>',
            {"a": 1, "b": 2, "y": 8},
        ),
        ('<zeebe:calledElement processId="q"/>', {"a": 1, "b": 2, "r": 7, "z": 8}),
        ('<zeebe:calledElement processId="q" propagateAllChildVariables="false"/>', {"a": 1, "b": 2}),
        (
            '<zeebe:calledElement processId="q"/>'
            '<zeebe:ioMapping><zeebe:output source="=r" target="x"/></zeebe:ioMapping>',
            {"a": 1, "b": 2, "x": 7},
        ),
        ('<flowable:out source="r" target="x"/>', {"a": 1, "b": 2, "x": 7}),
        ("", {"a": 1, "b": 2}),
    ],
)
def test_only_what_the_model_takes_out_comes_back(inside: str, after: object) -> None:
    models = library(m_bpmn=calling(inside))
    state: State = execute(models, None, c.StartProcess("p", {"a": 1, "b": 2}), NOW).state
    (task,) = [wait.id for wait in state.waits.values() if wait.kind == "task"]
    ended = execute(models, state, c.CompleteTask(task, {"r": 7, "z": 8}), NOW).state
    assert dict(ended.root.variables) == after


def test_a_signal_of_camunda_carries_what_its_definition_says() -> None:
    for inside, carried in (
        ('<camunda:in variables="all"/>', {"a": 1, "b": 2}),
        ('<camunda:in source="a" target="x"/>', {"x": 1}),
        ("", {}),
    ):
        model = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" {VENDORS}>
        <signal id="s1" name="S"/><process id="p"><startEvent id="s"/><endEvent id="end"><signalEventDefinition
        signalRef="s1"><extensionElements>{inside}</extensionElements></signalEventDefinition></endEvent>
        <sequenceFlow id="f" sourceRef="s" targetRef="end"/></process></definitions>""".encode()
        events = execute(library(m_bpmn=model), None, c.StartProcess("p", {"a": 1, "b": 2}), NOW).events
        assert [event.variables for event in events if isinstance(event, e.SignalThrown)] == [carried]
