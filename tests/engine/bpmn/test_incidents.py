"""Can a person put right what an event could not do, wherever it stands?"""

from __future__ import annotations

import pytest

from orchestration.engine import commands as c
from tests.engine.bpmn.test_work import Run

TIMER = "<timerEventDefinition><timeDuration>${pause}</timeDuration></timerEventDefinition>"
WAITING = (
    f'<startEvent id="s" /><intermediateCatchEvent id="x">{TIMER}</intermediateCatchEvent><userTask id="u" />'
    '<sequenceFlow id="f" sourceRef="s" targetRef="x" /><sequenceFlow id="g" sourceRef="x" targetRef="u" />'
)
CHOOSING = (
    f'<startEvent id="s" /><eventBasedGateway id="x" /><intermediateCatchEvent id="t">{TIMER}</intermediateCatchEvent>'
    '<userTask id="u" /><sequenceFlow id="f" sourceRef="s" targetRef="x" />'
    '<sequenceFlow id="g" sourceRef="x" targetRef="t" /><sequenceFlow id="h" sourceRef="t" targetRef="u" />'
)
LATER = f'<subProcess id="l" triggeredByEvent="true"><startEvent id="ls">{TIMER}</startEvent><userTask id="lu" />'
LATER += '<sequenceFlow id="lf" sourceRef="ls" targetRef="lu" /></subProcess>'
TASK = '<startEvent id="s" /><userTask id="u" /><sequenceFlow id="f" sourceRef="s" targetRef="u" />'
INNER = '<startEvent id="os" /><subProcess id="o">{}</subProcess><sequenceFlow id="of" sourceRef="os" targetRef="o" />'


def stalled(body: str) -> Run:
    run = Run(body, pause="soon")
    assert run.waits("timer") == []
    assert run.state.root.state == "active"
    return run


def resolve(run: Run, how: str, output=None) -> None:
    (incident,) = run.waits("incident")
    run.do(c.ResolveIncident(incident, how, output))


@pytest.mark.parametrize("body", [WAITING, CHOOSING, TASK + LATER, INNER.format(TASK + LATER)])
def test_a_timer_starts_once_its_data_is_right(body):
    run = stalled(body)
    run.do(c.SetVariables({"pause": "PT1H"}))
    resolve(run, "retry")
    assert len(run.waits("timer")) == 1
    assert run.waits("incident") == []


@pytest.mark.parametrize("body", [WAITING, CHOOSING, TASK + LATER])
def test_a_timer_that_is_still_wrong_is_an_incident_again(body):
    run = stalled(body)
    resolve(run, "retry")
    assert len(run.waits("incident")) == 1


def test_an_event_that_is_skipped_is_taken_to_have_occurred():
    run = stalled(WAITING)
    resolve(run, "skip", {"why": "done by phone"})
    assert len(run.waits("task")) == 1
    assert run.variables["why"] == "done by phone"


def test_from_a_gateway_a_person_names_the_event_to_wait_for():
    run = stalled(CHOOSING)
    (incident,) = run.waits("incident")
    assert run.refused(c.ResolveIncident(incident, "skip", None)) == "variables"
    run.do(c.SetVariables({"pause": "PT1H"}))
    resolve(run, "skip", "g")
    assert len(run.waits("timer")) == 1


@pytest.mark.parametrize("body", [TASK + LATER, INNER.format(TASK + LATER)])
def test_the_rest_of_a_scope_goes_on_and_the_scope_waits_for_the_person(body):
    run = stalled(body)
    run.do(c.CompleteTask(run.waits("task")[0]))
    assert run.state.root.state == "active"
    resolve(run, "skip")
    assert run.state.root.state == "completed"
