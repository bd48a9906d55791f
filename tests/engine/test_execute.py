"""What does the kernel promise about every command?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, encode
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from tests.engine.models import HUMAN, JOB, NOW, Hand, cmmn, entry, item, library, on


@pytest.fixture
def case():
    plan = item("a") + item("b", "machine") + item("t", "timer") + item("d", "human", entry("s")) + on("s", "a")
    timer = '<timerEventListener id="timer"><timerExpression>PT1H</timerExpression></timerEventListener>'
    return Hand(library(m_cmmn=cmmn(plan + HUMAN + JOB + timer))).start(variables={"x": 1})


def test_the_state_given_is_never_changed(case):
    before = encode(case.state)
    execute(case.models, case.state, c.CompleteTask(case.item("a"), {"x": 2}), NOW)
    assert encode(case.state) == before


def test_the_same_command_on_the_same_state_has_the_same_outcome(case):
    one, other = (execute(case.models, case.state, c.CompleteTask(case.item("a")), NOW) for _ in range(2))
    assert one.events == other.events
    assert one.state == other.state


def test_a_task_is_completed_once(case):
    task = case.item("a")
    case.do(c.CompleteTask(task))
    assert case.refused(c.CompleteTask(task)) == "unknown"


def test_a_stale_job_result_changes_nothing(case):
    job = case.wait("job")
    case.do(c.CompleteJob(job, {"text": "hello"}, key="1-7"))
    assert case.refused(c.CompleteJob(job, {"text": "again"}, key="1-7")) == "unknown"
    closed = next(event for event in case.events if isinstance(event, e.JobClosed))
    assert (closed.how, closed.result, closed.key) == ("completed", {"text": "hello"}, "1-7")


def test_a_case_is_started_once(case):
    assert case.refused(c.StartCase("c")) == "exists"
    assert Hand(case.models).refused(c.StartCase("other")) == "no-model"
    assert Hand(case.models).refused(c.CompleteTask(2)) == "unknown"


def test_a_timer_fires_when_it_is_due_and_once(case):
    timer = case.wait("timer")
    assert case.refused(c.FireTimer(timer)) == "not-due"
    case.now += timedelta(hours=1)
    case.do(c.FireTimer(timer))
    assert case.refused(c.FireTimer(timer)) == "unknown"


def test_writing_what_is_there_already_is_refused(case):
    assert case.refused(c.SetVariables({"x": 1})) == "unchanged"
    case.do(c.SetVariables({"x": True}))
    assert case.state.root.variables == {"x": True}


def test_values_that_are_not_json_are_refused(case):
    assert case.refused(c.SetVariables({"x": object()})) == "variables"
    assert case.refused(c.CompleteJob(case.wait("job"), {1, 2})) == "variables"
    assert case.refused(c.CompleteTask(case.item("a"), {"x": 2**70})) == "variables"


def test_a_caller_that_changes_its_variables_later_does_not_change_the_case(case):
    given = {"list": [1]}
    case.do(c.SetVariables(given))
    given["list"].append(2)
    assert case.state.root.variables["list"] == [1]


def test_a_failing_job_is_tried_again_or_becomes_an_incident(case):
    job = case.wait("job")
    case.do(c.FailJob(job, "no answer", retry=True))
    assert case.wait("job") == job
    case.do(c.FailJob(job, "no answer", retry=False))
    incident = case.wait("incident")
    assert case.refused(c.CompleteJob(job, 1)) == "unknown"
    case.do(c.ResolveIncident(incident, "retry"))
    assert case.wait("job") not in (job, incident)
    assert case.refused(c.ResolveIncident(incident, "retry")) == "unknown"


def test_an_incident_may_be_skipped_with_an_output(case):
    case.do(c.FailJob(case.wait("job"), "no answer"))
    case.do(c.ResolveIncident(case.wait("incident"), "skip", {"text": "typed by hand"}))
    assert case.state.root.variables["text"] == "typed by hand"
    assert "b" not in case.states()


@pytest.mark.parametrize("how", ["retry", "skip"])
def test_what_goes_wrong_outside_is_an_incident_that_changes_nothing_else(case, how):
    before = case.states()
    case.do(c.RaiseIncident("message", "Nobody took it."))
    incident = case.wait("incident")
    assert case.events[-1] == e.IncidentRaised(1, None, incident, "message", "Nobody took it.")
    case.do(c.ResolveIncident(incident, how))
    assert case.states() == before and not any(wait.kind == "incident" for wait in case.state.waits.values())
    case.do(c.RaiseIncident("message", "Nobody took it."))
    case.do(c.Terminate())
    assert not case.state.waits
    assert case.refused(c.RaiseIncident("message", "Nobody took it.")) == "ended"


def test_an_ended_case_refuses_everything_but_reactivation(case):
    case.do(c.Terminate())
    assert case.refused(c.SetVariables({"y": 1})) == "ended"
    assert case.refused(c.Terminate()) == "ended"
    case.do(c.ReactivateCase({"y": 1}))
    assert case.state.root.state == "active"


def test_a_closed_case_stays_closed(case):
    assert case.refused(c.CloseCase()) == "state"
    case.do(c.Terminate())
    case.do(c.CloseCase())
    assert case.refused(c.ReactivateCase()) == "state"
    assert case.refused(c.CloseCase()) == "state"


def test_a_failed_case_goes_on_where_it_stood(case):
    before = case.states()
    case.do(c.FaultItem(reason="the building is on fire"))
    assert case.refused(c.CompleteTask(case.item("a"))) == "unknown"
    assert set(case.states().values()) == {"suspended"}
    case.do(c.ReactivateCase())
    assert case.states() == before
    case.do(c.CompleteTask(case.item("a")))


def test_the_history_gives_the_state(case):
    case.do(c.CompleteTask(case.item("a"), {"y": {"z": [1, 2.5, None]}}))
    case.do(c.Suspend())
    assert replay(case.events) == case.state
    assert replay(case.events[5:], replay(case.events[:5])) == case.state


def test_the_case_data_is_written_only_when_it_changed(case):
    items, data = encode(case.state)
    assert data is not None
    stored = decode(items, data)
    assert encode(stored) == (items, None)
    suspended = execute(case.models, stored, c.Suspend(), NOW).state
    assert encode(suspended)[1] is None
    written = execute(case.models, stored, c.SetVariables({"y": 1}), NOW).state
    assert encode(written)[1] == b'{"x":1,"y":1}'


def test_a_model_that_never_rests_is_an_incident_and_the_case_is_as_before():
    again = "<itemControl><repetitionRule id='r'/></itemControl>" + entry("s") + entry("round")
    plan = item("a", "free", again) + item("b") + HUMAN + '<task id="free" isBlocking="false"/>'
    plan += '<sentry id="s"><ifPart><condition>go = true</condition></ifPart></sentry>' + on("round", "a")
    case = Hand(library(m_cmmn=cmmn(plan))).start()
    before = case.states()
    outcome = case.do(c.SetVariables({"go": True}))
    assert [type(event) for event in outcome.events] == [e.IncidentRaised]
    assert "go" not in case.state.root.variables
    assert case.states() == before
    case.do(c.ResolveIncident(case.wait("incident")))
    case.do(c.CompleteTask(case.item("b")))


def test_a_model_that_never_rests_is_refused_at_the_start():
    plan = item("a", "free", "<itemControl><repetitionRule id='r'/></itemControl>")
    case = Hand(library(m_cmmn=cmmn(plan + '<task id="free" isBlocking="false"/>')))
    assert case.refused(c.StartCase("c")) == "agenda"


def test_ids_are_never_used_twice(case):
    for _ in range(3):
        case.do(c.Suspend())
        case.do(c.Resume())
    jobs = [event.job for event in case.events if isinstance(event, e.JobRequested)]
    assert len(jobs) == len(set(jobs)) == 4


def test_ten_thousand_loops_leave_the_state_as_small_as_one():
    plan = item("a", "human", "<itemControl><repetitionRule id='r'/></itemControl>") + HUMAN
    case = Hand(library(m_cmmn=cmmn(plan))).start()
    case.do(c.CompleteTask(case.item("a")))
    small = len(encode(case.state)[0])
    for _ in range(10_000):
        case.state = execute(case.models, case.state, c.CompleteTask(case.item("a")), NOW).state
    assert len(encode(case.state)[0]) <= small + 80, "numbers have more digits, and the task a page of its own"


def test_an_empty_state_has_no_root():
    assert State().instances == {}
