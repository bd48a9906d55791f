"""Does an agent start, skip and finish what a plan leaves to its roles, and is a skip taken back with one click?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from audit.sealed_values import case_subject, forget
from audit.selectors import timeline
from audit.services import Origin
from casework.actors.shipped import made
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.services import task_claim
from orchestration.actors import kinds
from orchestration.agents import approvals
from orchestration.agents.acting import WENT_ON
from orchestration.agents.desk import put_into, unanswered
from orchestration.casetypes.deployment import Published, deploy
from orchestration.casetypes.forms import Form, FormField
from orchestration.engine.codec import decode
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import AgentProposal, HumanTask, Instance
from orchestration.shell.selectors import state_of
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db
REAL = kinds.load
BEN = Origin("person:ben")
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="visit_model" name="Visit" targetNamespace="urn:casewright:visit">
  <case id="visit" name="Visit">
    <casePlanModel id="plan" name="Visit">
      <planItem id="watch" definitionRef="watch_task"/>
      <planItem id="call" definitionRef="call_task">
        <itemControl><manualActivationRule id="m1"/></itemControl>
      </planItem>
      <planItem id="letter" definitionRef="letter_task">
        <itemControl><manualActivationRule id="m2"/></itemControl>
      </planItem>
      <planItem id="wait" definitionRef="wait_task"/>
      <planItem id="talks" definitionRef="talks_stage"/>
      <task id="watch_task" name="Watch" isBlocking="true" casewright:capability="watch-over">
        <extensionElements>
          <casewright:input name="topic" value="=topic"/><casewright:output name="seen" value="=result.outcome"/>
        </extensionElements>
      </task>
      <humanTask id="call_task" name="Call"/>
      <humanTask id="letter_task" name="Write a letter"/>
      <task id="wait_task" name="Let it rest" isBlocking="true"/>
      <stage id="talks_stage" name="Talks" autoComplete="false">
        <planItem id="chat" definitionRef="chat_task">
          <itemControl><manualActivationRule id="m3"/></itemControl>
        </planItem>
        <humanTask id="chat_task" name="Chat"/>
      </stage>
    </casePlanModel>
  </case>
</definitions>
"""
PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="visit_model" name="Visit" targetNamespace="urn:casewright:visit">
  <process id="visit" name="Visit" isExecutable="true">
    <startEvent id="begun"/>
    <parallelGateway id="both"/>
    <userTask id="call" name="Call"/>
    <userTask id="letter" name="Write a letter"/>
    <serviceTask id="watch" name="Watch" casewright:capability="watch-over">
      <extensionElements>
        <casewright:input name="topic" value="=topic"/><casewright:output name="seen" value="=result.outcome"/>
      </extensionElements>
    </serviceTask>
    <endEvent id="called"/><endEvent id="written"/><endEvent id="watched"/>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="both"/>
    <sequenceFlow id="f2" sourceRef="both" targetRef="call"/>
    <sequenceFlow id="f3" sourceRef="both" targetRef="letter"/>
    <sequenceFlow id="f4" sourceRef="both" targetRef="watch"/>
    <sequenceFlow id="f5" sourceRef="call" targetRef="called"/>
    <sequenceFlow id="f6" sourceRef="letter" targetRef="written"/>
    <sequenceFlow id="f7" sourceRef="watch" targetRef="watched"/>
  </process>
</definitions>
"""
CONTRACT = """
key: watch-over
title: Watch over it
purpose: a test
input: {type: object, properties: {topic: {type: string, x-classification: public}}}
output:
  type: object
  properties:
    outcome: {enum: [reached, given-up, asks, stopped], x-classification: public}
    why: {type: string, x-classification: public}
guardrails: {after: [schema]}
fails: {then: person}
"""
FORMS = """
note: {fields: [{path: note, label: What was said, choices: {He is well.: He is well, He is ill.: He is ill}}]}
signed: {signs: true, fields: [{path: note, label: What was said}]}
other: {fields: [{path: topic, label: About what}]}
"""
FILES = {
    "watch-over.capability.yaml": CONTRACT,
    "manifest.yaml": (
        "key: visit\nname: Visit\ncase: visit\nschema: data.schema.json\n"
        "states:\n  - {name: Open, when: otherwise}\n"
        "roles:\n  Analysts: {may: [view, work], clearance: internal}\n"
        "  Senior analysts: {may: [view], clearance: internal}\nfallback_group: Analysts\nmay_open: [Analysts]\n"
    ),
    "forms.yaml": FORMS,
    "data.schema.json": (
        '{"type": "object", "properties": {"seen": {"type": "string", "x-classification": "public"}, '
        '"note": {"type": "string", "maxLength": 50}, "topic": {"type": "string", "x-classification": "public"}}}'
    ),
}
PLAN, FLOW = "plan", "process"
MODELS = {PLAN: ("visit.cmmn", MODEL), FLOW: ("visit.bpmn", PROCESS)}
NOTED = {"complete:call": {"arguments": {"note": {"choose": {"type": "string", "minLength": 3}}}}}
TOOLS = ("start:call", "disable:letter", "complete:wait", "complete:talks")


@pytest.fixture
def orchestrated(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Case]:
    """A case on which an agent has worked that is granted these tools and wants them all."""
    monkeypatch.setattr(runner.kinds, "load", REAL)

    def opened(*tools: str, call: str = "", when: str = "false", mark: str = "", within: str = PLAN) -> Case:
        """`call`: attributes of the task *Call*; `when` people are asked first; `within`: a plan or a process."""
        name, model = MODELS[within]
        changed = model.replace('name="Call"/>', f'name="Call" {call}/>').replace(
            'name="Write a letter"/>', f'name="Write a letter" {mark}/>'
        )
        outcome = deploy(FILES | {name: changed}, Origin("system:test"))
        assert isinstance(outcome, Published), outcome
        pairs = [tool.split(":") for tool in tools]
        made({
            "key": "watcher", "name": "Watcher", "kind": "agent", "origin": "a test",
            "card": {"source": "internal", "purpose": "a test", "clearance": "internal"},
            "file": {
                "capability": "watch-over", "title": "Watch", "goal": "Nothing is left over.", "roles": ["Analysts"],
                "clearance": "internal", "limits": {"calls": 8}, "approval": {"when": when},
                "tools": [{"do": do, "item": item} | NOTED.get(f"{do}:{item}", {}) for do, item in pairs],
                "rules": [
                    {"when": "true", "use": t, "reason": "So.", "evidence": ["topic"]}
                    | ({"arguments": {"note": "He is well."}} if t in NOTED else {})
                    for t in (*TOOLS, *NOTED)
                ],
            },
        })  # fmt: skip
        found = case_open(by=None, case_type="visit", reference="V-1", source="test", data={"topic": "a visit"})
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return opened


def states(case: Case) -> dict[str, str]:
    case.instance.refresh_from_db()
    state = decode(bytes(case.instance.items), bytes(case.instance.data))
    return {item.node: item.state for item in state.items.values()}


def test_it_starts_skips_and_finishes_what_is_optional_and_a_skip_is_taken_back(
    orchestrated: Callable[..., Case], people: dict[str, User]
) -> None:
    case = orchestrated(*TOOLS)
    assert list(AgentProposal.objects.order_by("pk").values_list("tool", "state")) == [(tool, "done") for tool in TOOLS]
    assert HumanTask.objects.get(instance=case.instance_id, state="open").name == "Call"
    assert states(case) == {"call": "active", "letter": "disabled"}
    row = AgentProposal.objects.get(tool="disable:letter")
    assert isinstance(approvals.undo(row.pk, BEN), AgentProposal) and states(case)["letter"] == "enabled"
    undone = list(timeline(case.instance_id, action="agent.undone"))
    assert [one.actor for one in undone] == ["person:ben"]
    assert case_verify(by=people["axel"], case=case).ok


def test_of_all_that_it_wants_it_does_what_it_is_granted(orchestrated: Callable[..., Case]) -> None:
    case = orchestrated("start:call")
    assert [row.tool for row in AgentProposal.objects.all()] == ["start:call"]
    assert states(case) == {
        "call": "active",
        "letter": "enabled",
        "wait": "active",
        "talks": "active",
        "chat": "enabled",
    }


FINISH = {PLAN: ("start:call", "complete:call"), FLOW: ("complete:call",)}
"""What it is granted and wants: in a process the task is there by itself."""
either = pytest.mark.parametrize("within", FINISH)


@either
def test_it_finishes_a_task_of_people_in_their_place_with_the_answers_to_its_form(
    orchestrated: Callable[..., Case], people: dict[str, User], within: str
) -> None:
    wanted = FINISH[within]
    case = orchestrated(*wanted, call='casewright:form="note" casewright:candidateGroups="Analysts"', within=within)
    assert [(row.tool, row.state) for row in AgentProposal.objects.order_by("pk")] == [(one, "done") for one in wanted]
    task = HumanTask.objects.get(instance=case.instance_id, name="Call")
    assert (task.state, task.assignee) == ("completed", None)
    [closed] = [
        one for one in timeline(case.instance_id, action="engine.TaskClosed") if one.detail["how"] == "completed"
    ]
    assert closed.actor == "model:watcher" and state_of(Instance.objects.get()).root.variables["note"] == "He is well."
    assert case_verify(by=people["axel"], case=case).ok


KEPT = (
    'casewright:form="note" casewright:personOnly="true"',
    'casewright:form="note" casewright:notNamedIn="topic"',
    'casewright:form="signed"',
    'casewright:form="note" casewright:candidateGroups="Senior analysts"',
)


@either
@pytest.mark.parametrize("attributes", KEPT)
def test_what_is_for_people_no_agent_finishes(orchestrated: Callable[..., Case], attributes: str, within: str) -> None:
    case = orchestrated(*FINISH[within], call=attributes, within=within)
    assert not AgentProposal.objects.filter(tool="complete:call").exists()
    assert HumanTask.objects.get(instance=case.instance_id, name="Call").state == "open"


@either
def test_a_task_that_keeps_whoever_did_it_from_another_is_finished_by_no_agent(
    orchestrated: Callable[..., Case], within: str
) -> None:
    orchestrated(
        *FINISH[within], call='casewright:form="note"', mark='casewright:otherThan="call"', within=within
    )  # fmt: skip
    assert not AgentProposal.objects.filter(tool="complete:call").exists()


@either
def test_answers_that_its_form_does_not_ask_for_are_no_answers(orchestrated: Callable[..., Case], within: str) -> None:
    case = orchestrated(*FINISH[within], call='casewright:form="other"', within=within)
    assert HumanTask.objects.get(instance=case.instance_id, name="Call").state == "open"
    assert not AgentProposal.objects.filter(tool="complete:call", state="done").exists()


def test_an_answer_stands_in_its_place_beside_what_else_stands_there_and_nothing_goes_with_it() -> None:
    form = Form("when", (FormField("visit.on", "When", "date"), FormField("visit.by.name", "Who", "text")))
    data = {"visit": {"on": "2026-01-01", "why": "He asked.", "by": {"team": 3}}, "topic": "t"}
    answers = {"visit": {"on": "2026-02-02", "by": {"name": "Ben"}}}
    assert unanswered(form, data, answers) == ""
    assert put_into(data, form, answers) == {
        "visit": {"on": "2026-02-02", "why": "He asked.", "by": {"team": 3, "name": "Ben"}}
    }
    for more in ({"visit": {"why": "I say so."}}, {"topic": "x"}, {"visit": 5}, {"visit": {"by": {"team": 4}}}):
        assert unanswered(form, data, answers | more) in ("visit.why", "topic", "visit", "visit.by.team")


@either
def test_what_waits_for_a_word_is_let_go_once_somebody_has_taken_the_task(
    orchestrated: Callable[..., Case], people: dict[str, User], within: str
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    case = orchestrated(*FINISH[within], call=call, when=when, within=within)
    approvals.look_after()
    work_jobs(case.instance_id)
    assert AgentProposal.objects.filter(state="held").count() == 1
    assert not isinstance(task_claim(by=people["anna"], task=HumanTask.objects.get(name="Call")), Refused)
    approvals.look_after()
    work_jobs(case.instance_id)
    row = AgentProposal.objects.select_related("run").get(tool="complete:call")
    assert (row.state, row.outcome, row.run.state) == ("expired", WENT_ON, "ended")
    assert [one.detail["why"] for one in timeline(case.instance_id, action="agent.lapsed")] == [WENT_ON]
    assert case_verify(by=people["axel"], case=case).ok


def test_one_case_whose_key_is_gone_keeps_no_other_from_letting_go(
    orchestrated: Callable[..., Case], people: dict[str, User], tmp_path: Path
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        lost = orchestrated(*FINISH[FLOW], call=call, when=when, within=FLOW)
        found = case_open(by=None, case_type="visit", reference="V-2", source="test", data={"topic": "another"})
        assert isinstance(found, Opened), found
        other = found.case.instance_id
        work_jobs(other)
        task = HumanTask.objects.get(name="Call", instance=other)
        assert not isinstance(task_claim(by=people["anna"], task=task), Refused)
        forget(case_subject(lost.instance_id))
        approvals.look_after()
        work_jobs(other)
        states = AgentProposal.objects.filter(tool="complete:call").values_list("run__instance", "state")
        assert dict(states) == {lost.instance_id: "held", other: "expired"}


def test_what_an_answer_keeps_as_it_was_an_agent_leaves_as_it_was() -> None:
    why = FormField("why", "Why", "text", initial="draft", unchanged_when={"verdict": ("accept",)})
    form = Form("said", (FormField("verdict", "Verdict", "text", choices={"accept": "Yes", "change": "No"}), why))
    for verdict, text, wrong in (("accept", "As it is.", ""), ("accept", "Other.", "Why"), ("change", "Other.", "")):
        assert unanswered(form, {"draft": "As it is."}, {"verdict": verdict, "why": text}) == wrong


@either
@pytest.mark.parametrize(("taken", "state"), [(False, "done"), (True, "refused")])
def test_it_is_held_by_rule_and_who_takes_the_task_meanwhile_has_it(
    orchestrated: Callable[..., Case], people: dict[str, User], taken: bool, state: str, within: str
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    case = orchestrated(*FINISH[within], call=call, when=when, within=within)
    row, task = AgentProposal.objects.get(state="held"), HumanTask.objects.get(name="Call")
    assert row.tool == "complete:call" and task.state == "open"
    if taken:
        assert not isinstance(task_claim(by=people["anna"], task=task), Refused)
    decided = approvals.decide(row.pk, approvals.Verdict(True, row.digest, ""), BEN)
    row.refresh_from_db()
    assert row.state == state, decided
    assert HumanTask.objects.get(pk=task.pk).state == ("open" if taken else "completed")
    work_jobs(case.instance_id)
    assert case_verify(by=people["axel"], case=case).ok
