"""Is the file of an agent read for what it says, and is what is wrong with it said?"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from casework.actors.bundled import CASE_TYPES
from casework.runtime.locations import ROOT
from orchestration.actors.kinds.agent.file import agent_faults, agent_of

SHIPPED = yaml.safe_load((CASE_TYPES / "complaint/actors/next-steps.yaml").read_text("utf-8"))["file"]


def faults(**changes: Any) -> str:
    document = {name: value for name, value in {**SHIPPED, **changes}.items() if value is not None}
    return " ".join(agent_faults(yaml.safe_dump(document).encode()))


def test_the_shipped_one_and_that_of_the_documentation_are_sound() -> None:
    assert not faults()
    text = (ROOT / "docs/agents.md").read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    assert not agent_faults(text.encode())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": None}, "either rules, or the model"),
        ({"model": {"speaks": "openai", "url": "https://x.example/", "model": "m"}}, "either rules, or the model"),
        ({"tools": [{"do": "add"}]}, "a step names its item"),
        ({"tools": [{"do": "search", "item": "a"}]}, "a search has none"),
        ({"tools": [{"do": "search", "arguments": {}}]}, "one argument, its question"),
        ({"tools": [{"do": "terminate", "item": "a"}]}, "'terminate' is not one of"),
        ({"tools": [{"do": "add", "item": "a", "arguments": {"q": {"choose": {"type": 7}}}}]}, "no JSON Schema"),
        ({"rules": [{"when": "true", "reason": "So."}]}, "uses a tool, or ends"),
        ({"rules": [{"when": "secrets", "reason": "So.", "end": "reached"}]}, "secrets is not known here"),
        ({"approval": {"when": "amount > 5"}}, "amount is not known here"),
        ({"approval": {"within": "PX"}}, "approval/within"),
        ({"limits": {"calls": 0}}, "limits/calls"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in faults(**changes)


def test_without_a_rule_of_approval_a_person_is_always_asked() -> None:
    document = {name: value for name, value in SHIPPED.items() if name != "approval"}
    agent = agent_of(yaml.safe_dump(document).encode())
    assert agent.approve.filled({"input": {}, "tool": "add:x", "arguments": {}}) is True
