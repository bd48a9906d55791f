"""Does a process cost what is open in it, and not what is past?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestration.engine import commands as c
from orchestration.engine.codec import decode, encode
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from tests.engine.bpmn.processes import HEAD, TAIL, library

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOOP = (
    '<startEvent id="s" /><userTask id="a" /><exclusiveGateway id="way" default="out" /><endEvent id="e" />'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="a" /><sequenceFlow id="f2" sourceRef="a" targetRef="way" />'
    '<sequenceFlow id="f3" sourceRef="way" targetRef="a">'
    "<conditionExpression>again</conditionExpression></sequenceFlow>"
    '<sequenceFlow id="out" sourceRef="way" targetRef="e" />'
)
SEQUENTIAL = (
    '<startEvent id="s" /><endEvent id="e" /><userTask id="a"><multiInstanceLoopCharacteristics isSequential="true">'
    "<loopCardinality>2000</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
    '<sequenceFlow id="f1" sourceRef="s" targetRef="a" /><sequenceFlow id="f2" sourceRef="a" targetRef="e" />'
)
SUB_PROCESS = (
    '<startEvent id="s" /><endEvent id="e" /><subProcess id="sub"><standardLoopCharacteristics loopMaximum="2000">'
    "<loopCondition>true</loopCondition></standardLoopCharacteristics>"
    '<startEvent id="ss" /><userTask id="a" /><endEvent id="se" />'
    '<sequenceFlow id="f3" sourceRef="ss" targetRef="a" /><sequenceFlow id="f4" sourceRef="a" targetRef="se" />'
    '</subProcess><sequenceFlow id="f1" sourceRef="s" targetRef="sub" />'
    '<sequenceFlow id="f2" sourceRef="sub" targetRef="e" />'
)


@pytest.mark.parametrize("body", [LOOP, SEQUENTIAL, SUB_PROCESS], ids=["loop", "multi-instance", "sub-process"])
def test_the_thousandth_round_leaves_what_the_tenth_left(body):
    models = library(HEAD + body + TAIL)
    state = execute(models, State(), c.StartProcess("p", {"again": True}), NOW).state
    sizes, events = [], []
    for _ in range(1_000):
        outcome = execute(models, state, c.CompleteTask(next(w.id for w in state.waits.values())), NOW)
        assert outcome.rejection is None
        items, data = encode(outcome.state)
        state = decode(items, data or b'{"again":true}')
        sizes.append(len(items))
        events.append(len(outcome.events))
    assert events[999] == events[9]
    assert sizes[999] - sizes[9] <= 80, "numbers have more digits, and what is open now a page of its own"
    assert abs(sizes[999] - sizes[500]) <= 80
