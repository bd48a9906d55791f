"""Do two agents that wake each other come to an end, within the budget of each, with a person?"""

from __future__ import annotations

import pytest
import yaml
from django.contrib.auth.models import User

from audit.services import Origin
from casework.actors.shipped import made
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from orchestration.actors import kinds
from orchestration.actors.kinds.agent.file import agent_faults
from orchestration.casetypes.deployment import Published, deploy
from orchestration.jobs import runner
from orchestration.models import AgentRun, HumanTask, Job
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db
REAL = kinds.load

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="quarrel_model" name="Quarrel" targetNamespace="urn:casewright:quarrel">
  <case id="quarrel" name="Quarrel">
    <casePlanModel id="plan" name="Quarrel" autoComplete="true">
      <planItem id="first" definitionRef="one_task"/>
      <planItem id="one" definitionRef="one_task">
        <itemControl><repetitionRule id="r1"/></itemControl>
        <entryCriterion id="e1" sentryRef="after_other"/>
      </planItem>
      <planItem id="other" definitionRef="other_task">
        <itemControl><repetitionRule id="r2"/></itemControl>
        <entryCriterion id="e2" sentryRef="after_first"/>
        <entryCriterion id="e3" sentryRef="after_one"/>
      </planItem>
      <sentry id="after_first"><planItemOnPart id="p1" sourceRef="first"><standardEvent>complete</standardEvent></planItemOnPart></sentry>
      <sentry id="after_one"><planItemOnPart id="p2" sourceRef="one"><standardEvent>complete</standardEvent></planItemOnPart></sentry>
      <sentry id="after_other"><planItemOnPart id="p3" sourceRef="other"><standardEvent>complete</standardEvent></planItemOnPart></sentry>
      <task id="one_task" name="One view" isBlocking="true" casewright:capability="view-one">
        <extensionElements><casewright:output name="seen" value="=result.outcome"/></extensionElements>
      </task>
      <task id="other_task" name="Another view" isBlocking="true" casewright:capability="view-other">
        <extensionElements><casewright:output name="seen" value="=result.outcome"/></extensionElements>
      </task>
    </casePlanModel>
  </case>
</definitions>
"""  # noqa: E501 - a model
CONTRACT = """
key: {0}
title: {0}
purpose: a test
input: {{type: object, properties: {{}}}}
output:
  type: object
  properties:
    outcome: {{enum: [reached, given-up, asks, stopped], x-classification: public}}
    why: {{type: string, x-classification: public}}
guardrails: {{after: [schema]}}
fails: {{then: person}}
"""
FILES = {
    "view-one.capability.yaml": CONTRACT.format("view-one"),
    "view-other.capability.yaml": CONTRACT.format("view-other"),
    "manifest.yaml": (
        "key: quarrel\nname: Quarrel\ncase: quarrel\nschema: data.schema.json\n"
        "states:\n  - {name: Open, when: otherwise}\n"
        "roles:\n  Analysts: {may: [view, work], clearance: internal}\nfallback_group: Analysts\nmay_open: [Analysts]\n"
    ),
    "forms.yaml": "{}\n",
    "data.schema.json": '{"type": "object", "properties": {"seen": {"type": "string", "x-classification": "public"}}}',
    "quarrel.cmmn": MODEL,
}


def agent(capability: str, runs: int, **more: object) -> dict[str, object]:
    rule = {"when": "true", "end": "reached", "reason": "I see it differently."}
    file = {
        "capability": capability, "title": capability, "goal": "To be right.", "tools": [{"do": "add", "item": "x"}],
        "limits": {"runs": runs}, "rules": [rule],
    }  # fmt: skip
    return {**file, **more}


def test_two_that_wake_each_other_end_with_a_person_when_the_runs_of_one_are_used_up(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.kinds, "load", REAL)
    outcome = deploy(FILES, Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    for capability, runs in (("view-one", 3), ("view-other", 5)):
        made({
            "key": capability, "name": capability, "kind": "agent", "origin": "a test",
            "card": {"source": "internal", "purpose": "a test", "clearance": "internal"},
            "file": agent(capability, runs),
        })  # fmt: skip
    found = case_open(by=None, case_type="quarrel", reference="Q-1", source="test", data={})
    assert isinstance(found, Opened), found
    work_jobs(found.case.instance_id)
    one, other = (AgentRun.objects.filter(actor=key).order_by("pk") for key in ("view-one", "view-other"))
    assert [run.outcome for run in one] == ["reached"] * 3 + ["given-up", "asks"]
    assert sum(run.calls for run in one) == 3 and other.count() == 4
    assert not Job.objects.filter(state="waiting").exists()
    assert HumanTask.objects.filter(instance=found.case.instance_id, state="open").count() == 1
    assert case_verify(by=people["axel"], case=found.case).ok


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"rules": [{"when": "true", "end": "reached", "reason": "So.", "answer": "yes"}]}, "one of the answers"),
        (
            {"answers": ["yes"], "rules": [{"when": "true", "use": "add:x", "reason": "So.", "answer": "yes"}]},
            "rules/0",
        ),
        ({"findings": [{"when": "tru(", "says": "So.", "evidence": ["a"]}]}, "findings/0/when"),
        ({"findings": [{"when": "true", "says": "So.", "evidence": []}]}, "findings/0/evidence"),
    ],
)
def test_a_file_whose_answers_or_findings_are_not_sound_is_refused(more: dict[str, object], fault: str) -> None:
    said = agent_faults(yaml.safe_dump(agent("view-one", 1, **more)).encode())
    assert any(fault in one for one in said), said
