"""Does an agent start, skip and finish what a plan leaves to its roles, and is a skip taken back with one click?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from audit.selectors import timeline
from audit.services import Origin
from casework.actors.shipped import made
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.actors import kinds
from orchestration.agents import approvals
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.codec import decode
from orchestration.jobs import runner
from orchestration.models import AgentProposal, HumanTask
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
FILES = {
    "watch-over.capability.yaml": CONTRACT,
    "manifest.yaml": (
        "key: visit\nname: Visit\ncase: visit\nschema: data.schema.json\n"
        "states:\n  - {name: Open, when: otherwise}\n"
        "roles:\n  Analysts: {may: [view, work], clearance: internal}\nfallback_group: Analysts\nmay_open: [Analysts]\n"
    ),
    "forms.yaml": "{}\n",
    "data.schema.json": (
        '{"type": "object", "properties": {"seen": {"type": "string", "x-classification": "public"}, '
        '"topic": {"type": "string", "x-classification": "public"}}}'
    ),
    "visit.cmmn": MODEL,
}
TOOLS = ("start:call", "disable:letter", "complete:wait", "complete:talks")


@pytest.fixture
def orchestrated(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Case]:
    """A case on which an agent has worked that is granted these tools and wants them all."""
    monkeypatch.setattr(runner.kinds, "load", REAL)

    def opened(*tools: str) -> Case:
        outcome = deploy(FILES, Origin("system:test"))
        assert isinstance(outcome, Published), outcome
        pairs = [tool.split(":") for tool in tools]
        made({
            "key": "watcher", "name": "Watcher", "kind": "agent", "origin": "a test",
            "card": {"source": "internal", "purpose": "a test", "clearance": "internal"},
            "file": {
                "capability": "watch-over", "title": "Watch", "goal": "Nothing is left over.", "roles": ["Analysts"],
                "clearance": "internal", "limits": {"calls": 8}, "approval": {"when": "false"},
                "tools": [{"do": do, "item": item} for do, item in pairs],
                "rules": [{"when": "true", "use": t, "reason": "So.", "evidence": ["topic"]} for t in TOOLS],
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
