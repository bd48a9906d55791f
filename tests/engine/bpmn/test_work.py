"""How does a process work with people, machines, decisions and what it calls?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from orchestration.engine.state import State

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:cw="urn:casewright:model:1" id="d"><error id="too_late" errorCode="LATE" />'
)
DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="urn:dd">
<inputData id="amount_in" name="amount"><variable name="amount" typeRef="number"/></inputData>
<decision id="route" name="route"><variable name="route"/>
<informationRequirement><requiredInput href="#amount_in"/></informationRequirement>
<literalExpression><text>if amount &gt; 10 then "boss" else "desk"</text></literalExpression></decision>
</definitions>"""


class Run:
    def __init__(self, *bodies: str, head: str = "", **variables):
        text = head + "".join(f'<process id="p{n or ""}">{body}</process>' for n, body in enumerate(bodies))
        built = build({"p.bpmn": f"{OPEN}{text}</definitions>".encode(), "d.dmn": DECISION})
        assert isinstance(built, CompiledModels), built
        self.library, self.state = built, State()
        self.do(c.StartProcess("p", variables))

    def do(self, command):
        outcome = execute(self.library, self.state, command, NOW)
        assert outcome.rejection is None, outcome.rejection
        self.state, self.events = outcome.state, outcome.events
        return outcome

    def refused(self, command):
        outcome = execute(self.library, self.state, command, NOW)
        assert outcome.rejection is not None
        return outcome.rejection.code

    def waits(self, kind):
        return [wait.id for wait in self.state.waits.values() if wait.kind == kind]

    def last(self, kind):
        return [event for event in self.events if isinstance(event, kind)][-1]

    @property
    def variables(self):
        return self.state.root.variables


def line(middle, *extra):
    """start -> x -> end, with `middle` as the element of id x."""
    return (
        f'<startEvent id="s" />{middle}<endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="x" />'
        f'<sequenceFlow id="g" sourceRef="x" targetRef="e" />{"".join(extra)}'
    )


LATE = (
    '<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="too_late" /></boundaryEvent>'
    '<userTask id="u" /><sequenceFlow id="h" sourceRef="b" targetRef="u" />'
)


def test_a_user_task_says_who_how_and_until_when():
    run = Run(
        line(
            '<userTask id="x" name="Check ${n}" cw:assignee="=person" cw:candidateGroups="a,b" cw:form="f" '
            'cw:due="P1D" cw:priority="=n + 1" flowable:candidateUsers="${people}" />'
        ),
        person="ann",
        n=4,
        people=["bob", "cy"],
    )
    task = run.last(e.TaskOpened)
    assert (task.name, task.assignee, task.form, task.priority) == ("Check 4", "ann", "f", 5)
    assert (task.candidate_groups, task.candidate_users) == (("a", "b"), ("bob", "cy"))
    assert task.due == "2026-01-02T00:00:00+00:00"


def test_a_service_task_asks_for_a_capability_with_the_mapped_input():
    io = '<cw:input name="text" value="=note" /><cw:output name="mood" value="=label" />'
    task = f'<serviceTask id="x" cw:capability="sentiment"><extensionElements>{io}</extensionElements></serviceTask>'
    run = Run(line(task), note="hello", other=1)
    job = run.last(e.JobRequested)
    assert (job.capability, job.input) == ("sentiment", {"text": "hello"})
    run.do(c.CompleteJob(job.job, {"label": "good", "score": 0.9}))
    assert run.state.root.state == "completed"
    assert run.variables == {"note": "hello", "other": 1, "mood": "good"}


def test_without_a_mapping_a_job_sees_only_what_it_is_configured_with_and_gives_back_everything():
    field = '<extensionElements><flowable:field name="speed" stringValue="fast" /></extensionElements>'
    run = Run(line(f'<serviceTask id="x" flowable:class="org.acme.Ship">{field}</serviceTask>'), a=1)
    job = run.last(e.JobRequested)
    assert (job.capability, job.input) == ("org.acme.Ship", {"speed": "fast"})
    run.do(c.CompleteJob(job.job, {"b": 2}))
    assert run.variables == {"a": 1, "b": 2}


def test_a_result_variable_takes_the_whole_result():
    run = Run(line('<serviceTask id="x" cw:capability="w" cw:resultVariable="answer" />'))
    run.do(c.CompleteJob(run.waits("job")[0], {"b": 2}))
    assert run.variables == {"answer": {"b": 2}}


def test_a_stale_or_doubled_answer_is_refused():
    run = Run(line('<serviceTask id="x" cw:capability="w" />'))
    job = run.waits("job")[0]
    run.do(c.CompleteJob(job, {}))
    assert run.refused(c.CompleteJob(job, {})) in ("unknown", "ended")


def test_an_error_code_of_a_job_is_caught_at_the_border():
    run = Run(line('<serviceTask id="x" cw:capability="w" />', LATE))
    run.do(c.FailJob(run.waits("job")[0], "too late", code="LATE"))
    assert run.last(e.TaskOpened).definition == "u"
    assert run.waits("incident") == []


def test_an_error_that_nobody_catches_is_an_incident_that_a_person_resolves():
    run = Run(line('<serviceTask id="x" cw:capability="w" />', LATE))
    run.do(c.FailJob(run.waits("job")[0], "broken", code="OTHER"))
    (incident,) = run.waits("incident")
    run.do(c.ResolveIncident(incident, "retry"))
    (job,) = run.waits("job")
    run.do(c.FailJob(job, "broken again"))
    run.do(c.ResolveIncident(run.waits("incident")[0], "skip", {"made": "by hand"}))
    assert run.state.root.state == "completed"
    assert run.variables == {"made": "by hand"}


def test_a_retry_keeps_the_border_armed():
    timer = (
        '<boundaryEvent id="t" attachedToRef="x"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><sequenceFlow id="tf" sourceRef="t" targetRef="e" />'
    )
    run = Run(line('<serviceTask id="x" cw:capability="w" />', timer))
    before = run.waits("timer")
    run.do(c.FailJob(run.waits("job")[0], "broken"))
    run.do(c.ResolveIncident(run.waits("incident")[0], "retry"))
    assert run.waits("timer") == before
    assert len(run.waits("job")) == 1


def test_a_gateway_without_a_way_is_an_incident_and_goes_on_once_the_data_is_right():
    gateway = (
        '<exclusiveGateway id="x" /><userTask id="u" /><sequenceFlow id="h" sourceRef="x" targetRef="u">'
        "<conditionExpression>n &gt; 1</conditionExpression></sequenceFlow>"
    )
    run = Run(line(gateway).replace('id="g" sourceRef="x" targetRef="e" />', 'id="g" sourceRef="x" targetRef="e">'
              "<conditionExpression>n &lt; 0</conditionExpression></sequenceFlow>"), n=0)  # fmt: skip
    (incident,) = run.waits("incident")
    assert "no condition holds" in run.last(e.IncidentRaised).message
    assert run.refused(c.ResolveIncident(incident, "skip", "nowhere")) == "variables"
    run.do(c.SetVariables({"n": 2}))
    run.do(c.ResolveIncident(incident, "retry"))
    assert run.last(e.TaskOpened).definition == "u"


def test_a_person_may_choose_the_flow_where_a_gateway_cannot():
    body = '<startEvent id="s" /><exclusiveGateway id="x" /><userTask id="u" /><endEvent id="e" />'
    no = "<conditionExpression>false</conditionExpression></sequenceFlow>"
    body += '<sequenceFlow id="f" sourceRef="s" targetRef="x" />'
    body += (
        f'<sequenceFlow id="g" sourceRef="x" targetRef="e">{no}<sequenceFlow id="h" sourceRef="x" targetRef="u">{no}'
    )
    run = Run(body)
    run.do(c.ResolveIncident(run.waits("incident")[0], "skip", "h"))
    assert run.last(e.TaskOpened).definition == "u"


def test_a_decision_is_recorded_and_its_output_is_a_variable():
    run = Run(line('<businessRuleTask id="x" cw:decision="route" cw:resultVariable="to" />'), amount=12)
    assert run.variables["to"] == "boss"
    assert run.last(e.DecisionEvaluated).inputs == {"amount": 12}


def test_a_called_process_that_is_terminated_leaves_an_incident_at_its_caller():
    run = Run(line('<callActivity id="x" calledElement="p1" />'), line('<userTask id="x1" />').replace('"x"', '"x1"')
              .replace('"s"', '"s1"').replace('"e"', '"e1"').replace('"f"', '"f1"').replace('"g"', '"g1"'))  # fmt: skip
    (called,) = [one.id for one in run.state.instances.values() if one.id != 1]
    run.do(c.Terminate(instance=called))
    assert "is terminated" in run.last(e.IncidentRaised).message
    run.do(c.ResolveIncident(run.waits("incident")[0], "retry"))
    assert len(run.waits("task")) == 1


def test_a_script_may_give_several_variables():
    run = Run(line('<scriptTask id="x"><script>{a: 1, b: n + 1}</script></scriptTask>'), n=1)
    assert run.variables == {"n": 1, "a": 1, "b": 2}


def test_suspending_a_process_suspends_what_it_called():
    run = Run(line('<callActivity id="x" calledElement="p1" />'), line('<userTask id="x1" />').replace('"x"', '"x1"')
              .replace('"s"', '"s1"').replace('"e"', '"e1"').replace('"f"', '"f1"').replace('"g"', '"g1"'))  # fmt: skip
    (task,) = run.waits("task")
    run.do(c.Suspend())
    assert {one.state for one in run.state.instances.values()} == {"suspended"}
    assert run.refused(c.CompleteTask(task)) == "unknown"
    run.do(c.Resume())
    assert run.waits("task") == [task]
    run.do(c.CompleteTask(run.waits("task")[0]))
    assert run.state.root.state == "completed"


def test_a_suspended_process_calls_its_jobs_off_and_keeps_the_moment_of_its_timers():
    timer = (
        '<boundaryEvent id="t" attachedToRef="x"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><sequenceFlow id="tf" sourceRef="t" targetRef="e" />'
    )
    run = Run(line('<serviceTask id="x" cw:capability="w" />', timer))
    due = [wait.key for wait in run.state.waits.values() if wait.kind == "timer"]
    run.do(c.Suspend())
    assert run.waits("job") == run.waits("timer") == []
    run.do(c.Resume())
    assert [wait.key for wait in run.state.waits.values() if wait.kind == "timer"] == due
    run.do(c.CompleteJob(run.waits("job")[0], {}))
    assert run.state.root.state == "completed"


def test_output_mappings_see_the_whole_answer_as_result():
    io = '<cw:output name="mood" value="=result.label" />'
    task = f'<serviceTask id="x" cw:capability="w"><extensionElements>{io}</extensionElements></serviceTask>'
    run = Run(line(task))
    run.do(c.CompleteJob(run.waits("job")[0], {"label": "good"}))
    assert run.variables == {"mood": "good"}


@pytest.mark.parametrize("command", [c.OccurEvent(2), c.Enable(2), c.FaultItem(2), c.PlanItem("x"), c.Suspend(2)])
def test_what_only_cases_know_is_refused_for_a_process(command):
    assert Run(line('<userTask id="x" />')).refused(command) == "state"


def test_instant_work_that_fails_waits_for_a_person_and_is_done_again_or_passed_over():
    run = Run(line('<businessRuleTask id="x" cw:decision="=which" cw:resultVariable="to" />'), which="none", amount=1)
    (incident,) = run.waits("incident")
    run.do(c.SetVariables({"which": "route"}))
    run.do(c.ResolveIncident(incident, "retry"))
    assert run.variables["to"] == "desk"
    run = Run(line('<businessRuleTask id="x" cw:decision="=which" cw:resultVariable="to" />'), which="none")
    run.do(c.ResolveIncident(run.waits("incident")[0], "skip", "by hand"))
    assert (run.variables["to"], run.state.root.state) == ("by hand", "completed")


def test_a_fault_in_one_instance_of_a_loop_leaves_the_others_alone():
    loop = (
        '<multiInstanceLoopCharacteristics flowable:collection="keys" flowable:elementVariable="key" />'
        '<extensionElements><cw:output name="last" value="=result" /></extensionElements>'
    )
    run = Run(line(f'<businessRuleTask id="x" cw:decision="=key">{loop}</businessRuleTask>'), keys=["none", "route"])
    (incident,) = run.waits("incident")
    assert run.variables["last"] == "desk"
    run.do(c.ResolveIncident(incident, "skip", "by hand"))
    assert (run.variables["last"], run.state.root.state) == ("by hand", "completed")


@pytest.mark.parametrize(("sequential", "tasks", "incidents"), [("false", 0, 1), ("true", 1, 0)])
def test_a_loop_that_would_open_a_billion_instances_at_once_is_a_fault_of_the_model(sequential, tasks, incidents):
    loop = f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>1000000000'
    run = Run(line(f'<userTask id="x">{loop}</loopCardinality></multiInstanceLoopCharacteristics></userTask>'))
    assert (len(run.waits("task")), len(run.waits("incident"))) == (tasks, incidents)


def test_a_person_s_task_is_completed_and_not_triggered():
    run = Run(line('<userTask id="x" />'))
    (item,) = run.state.items
    assert run.refused(c.Trigger(item)) == "state"
    run.do(c.CompleteItem(item, {"by": "hand"}))
    assert run.variables == {"by": "hand"}


def test_a_loop_of_receive_tasks_goes_on_one_by_one():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    run = Run(line(f'<receiveTask id="x">{loop}</receiveTask>'))
    frame, one, other = run.state.items
    assert run.refused(c.Trigger(frame)) == "state"
    run.do(c.Trigger(one))
    run.do(c.Trigger(other))
    assert run.state.root.state == "completed"


def test_a_task_that_sends_makes_its_inputs_once_though_one_hides_what_it_is_made_from():
    sent = '<extensionElements><cw:input name="customer" value="=customer.name"/></extensionElements>'
    run = Run(
        line(f'<sendTask id="x" messageRef="m">{sent}</sendTask>'),
        head='<message id="m" name="told"/>',
        customer={"name": "Ada"},
    )
    assert run.last(e.MessageThrown).variables == {"customer": "Ada"}
