"""What if a case cannot go on? An incident, never an exception, and a person decides."""

from __future__ import annotations

from orchestration.engine import commands as c
from orchestration.engine import events as e
from tests.engine.models import HUMAN, JOB, Hand, cmmn, item, library

TIMER = '<timerEventListener id="timer"><timerExpression>=when</timerExpression></timerEventListener>'


def incidents(case: Hand) -> list[str]:
    return [event.message for event in case.events if isinstance(event, e.IncidentRaised)]


def test_a_timer_that_is_no_time_is_an_incident_and_starts_after_a_correction():
    case = Hand(library(m_cmmn=cmmn(item("t", "timer") + item("a") + TIMER + HUMAN))).start(variables={"when": "soon"})
    assert "soon" in incidents(case)[0]
    assert case.states() == {"t": "available", "a": "active"}
    case.do(c.SetVariables({"when": "PT1H"}))
    case.do(c.ResolveIncident(case.wait("incident")))
    assert case.wait("timer")


def test_a_retry_that_fails_again_is_a_new_incident():
    case = Hand(library(m_cmmn=cmmn(item("t", "timer") + TIMER))).start()
    first = case.wait("incident")
    case.do(c.ResolveIncident(first))
    assert case.wait("incident") > first


def test_a_decision_that_is_not_there_is_an_incident_at_its_task():
    plan = item("d", "decide") + item("a") + '<decisionTask id="decide" name="Decide"><decisionRefExpression>=which'
    case = Hand(library(m_cmmn=cmmn(plan + "</decisionRefExpression></decisionTask>" + HUMAN)))
    case.start(variables={"which": "ghost"})
    assert incidents(case) == ["No decision 'ghost' is deployed."]
    case.do(c.ResolveIncident(case.wait("incident"), "skip", {"route": "by hand"}))
    assert case.state.root.variables["route"] == "by hand"
    assert case.states() == {"a": "active"}


def test_a_case_that_is_called_and_not_there_is_an_incident():
    plan = item("k", "call") + '<caseTask id="call"><caseRefExpression>=which</caseRefExpression></caseTask>'
    case = Hand(library(m_cmmn=cmmn(plan))).start()
    assert case.states() == {"k": "active"}
    case.do(c.Terminate())
    assert case.state.waits == {}


def test_what_repeats_over_something_that_is_no_list_is_an_incident():
    rule = '<itemControl><repetitionRule flowable:collectionVariable="people"/></itemControl>'
    case = Hand(library(m_cmmn=cmmn(item("a", "human", rule) + item("b") + HUMAN, flowable=True))).start()
    case.do(c.SetVariables({"people": "ann"}))
    assert "no list" in incidents(case)[0]
    case.do(c.SetVariables({"people": ["ann"]}))
    assert case.states() == {"a": "active", "b": "active"}


def test_the_work_of_a_suspended_item_cannot_be_skipped():
    case = Hand(library(m_cmmn=cmmn(item("m", "machine") + JOB))).start()
    case.do(c.FailJob(case.wait("job"), "broken"))
    incident = case.wait("incident")
    case.do(c.Suspend(case.item("m")))
    assert case.refused(c.ResolveIncident(incident, "skip")) == "unknown"
    case.do(c.Resume(case.item("m")))
    assert case.wait("job")
