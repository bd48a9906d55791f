"""What becomes of a token where a condition is neither true nor false?"""

from __future__ import annotations

import pytest

from orchestration.engine import commands as c
from orchestration.engine import events as e
from tests.engine.bpmn.test_work import Run, line


def guarded(gateway: str, condition: str = "amount") -> str:
    """A gateway (or activity) with a guarded flow to `yes` and the default flow to `no`."""
    return (
        f'<startEvent id="s"/>{gateway}<userTask id="yes"/><userTask id="no"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="x"/>'
        f'<sequenceFlow id="fy" sourceRef="x" targetRef="yes"><conditionExpression>{condition}</conditionExpression>'
        '</sequenceFlow><sequenceFlow id="fn" sourceRef="x" targetRef="no"/>'
    )


def opened(run: Run) -> list[str]:
    """The tasks that the last command opened."""
    return [event.definition for event in run.events if isinstance(event, e.TaskOpened)]


KINDS = [
    '<exclusiveGateway id="x" default="fn"/>',
    '<inclusiveGateway id="x" default="fn"/>',
    '<complexGateway id="x" default="fn"/>',
    '<scriptTask id="x" default="fn"><script>{}</script></scriptTask>',
    '<subProcess id="x" default="fn"><startEvent id="inner"/></subProcess>',
]


@pytest.mark.parametrize("gateway", KINDS)
@pytest.mark.parametrize("amount", [None, 7, "true", [True]])
def test_a_flow_whose_condition_has_no_truth_value_is_an_incident_and_never_the_default(gateway, amount):
    run = Run(guarded(gateway), amount=amount)
    assert opened(run) == []
    assert "The condition of the flow 'fy' is neither true nor false" in run.last(e.IncidentRaised).message
    run.do(c.SetVariables({"amount": True}))
    run.do(c.ResolveIncident(run.waits("incident")[0], "retry"))
    assert opened(run) == ["yes"]


@pytest.mark.parametrize(("amount", "way"), [(True, "yes"), (False, "no")])
def test_true_and_false_are_answers(amount, way):
    assert opened(Run(guarded(KINDS[0]), amount=amount)) == [way]


@pytest.mark.parametrize("condition", ["${amount}", "=amount &gt; 3", "=missing"])
def test_that_holds_in_each_language_and_for_comparisons_with_what_is_not_there(condition):
    run = Run(guarded(KINDS[0], condition), amount=None)
    assert opened(run) == [] and len(run.waits("incident")) == 1


def test_a_flow_before_the_one_without_a_truth_value_is_taken():
    gateway = '<exclusiveGateway id="x"/>'
    first = '<sequenceFlow id="f0" sourceRef="x" targetRef="no"><conditionExpression>true</conditionExpression>'
    body = guarded(gateway).replace('<sequenceFlow id="fy"', f'{first}</sequenceFlow><sequenceFlow id="fy"')
    assert opened(Run(body)) == ["no"]


def test_a_person_may_name_the_flow_instead():
    run = Run(guarded(KINDS[0]), amount=None)
    run.do(c.ResolveIncident(run.waits("incident")[0], "skip", "fy"))
    assert opened(run) == ["yes"]


def loop(characteristics: str) -> str:
    return line(f'<userTask id="x">{characteristics}</userTask>')


def test_a_loop_whose_condition_has_no_truth_value_waits_for_a_person_and_goes_on_where_it_was():
    again = "<loopCondition>again</loopCondition>"
    run = Run(loop(f"<standardLoopCharacteristics>{again}</standardLoopCharacteristics>"), again=True)
    run.do(c.CompleteTask(run.waits("task")[0], {"again": None}))
    assert opened(run) == [] and "The condition of the loop" in run.last(e.IncidentRaised).message
    run.do(c.SetVariables({"again": True}))
    run.do(c.ResolveIncident(run.waits("incident")[0], "retry"))
    assert opened(run) == ["x"]
    run.do(c.CompleteTask(run.waits("task")[0], {"again": False}))
    assert run.state.root.state == "completed"


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_loop_over_a_list_whose_completion_has_no_truth_value_waits_and_loses_no_instance(sequential):
    several = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>3</loopCardinality>'
        "<completionCondition>enough</completionCondition></multiInstanceLoopCharacteristics>"
    )
    run = Run(loop(several), enough=False)
    run.do(c.CompleteTask(run.waits("task")[0], {"enough": None}))
    assert "The completion condition of the loop" in run.last(e.IncidentRaised).message
    run.do(c.SetVariables({"enough": False}))
    run.do(c.ResolveIncident(run.waits("incident")[0], "retry"))
    for _ in range(2):
        run.do(c.CompleteTask(run.waits("task")[0]))
    assert run.state.root.state == "completed"
