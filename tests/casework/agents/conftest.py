"""What does a test about agents start from? The complaint with its agent switched on, by approval or by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped, made
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.contract import version_of
from orchestration.actors.registry import register_model_version
from orchestration.agents import acting
from orchestration.agents.checking import AS_IT_IS, Put, put_as
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.jobs import runner
from orchestration.models import ActorVersion
from tests.casework.agents.visits import FILES, MODELS, NOTED, PLAN, TOOLS
from tests.orchestration.machines import MAIL, Machines, work_jobs

REAL = kinds.load
TEST = Origin("system:test")


@pytest.fixture
def agent_says(complaint: Any, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`agent_says("after approval")`: what the table of routing lets the agent do; the agent is the shipped one.

    None of what it wants is put to people otherwise as it ships: which is, follows from numbers that differ each time.
    """

    def switched(word: str) -> None:
        monkeypatch.setattr(runner.kinds, "load", _load(machines))
        monkeypatch.setattr(acting, "put_as", _put)
        files = folder_files(CASE_TYPES / "complaint")
        changed = re.sub(r'(id="\w8"><text>)[^<]*', rf'\1"{word}"', files["routing.dmn"])
        assert changed != files["routing.dmn"]
        assert isinstance(deploy(files | {"routing.dmn": changed}, TEST), Published)
        ensure_shipped(CASE_TYPES / "complaint" / "actors")

    return switched


@pytest.fixture
def as_it_ships(
    complaint: Any, machines: Machines, analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Case]:
    """`analysed`, with the agent that ships and the table of routing as it ships."""
    monkeypatch.setattr(runner.kinds, "load", _load(machines))
    monkeypatch.setattr(acting, "put_as", _put)
    machines.by_kind["http"] = machines.by_kind[MAIL]  # the mail system that ships is a connector
    ensure_shipped(CASE_TYPES / "complaint" / "actors")
    return analysed


def _load(machines: Machines) -> Callable[[str, str, Any], Any]:
    return lambda key, *said: (REAL if key in ("agent", "knowledge") else machines.load)(key, *said)


def _put(checks: Any, *said: Any) -> Put:
    return AS_IT_IS if isinstance(checks.blind, str) and checks.wrong else put_as(checks, *said)


@pytest.fixture
def agent_limits(agent_says: Callable[[str], None]) -> Callable[..., None]:
    """`agent_limits(calls=1)`: a further version of the shipped agent with these limits is at work."""

    def limited(**limits: int) -> None:
        agent_says("by itself")
        row = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
        file = yaml.safe_load(bytes(row.artefact))
        file["limits"] |= limits
        artefact = yaml.safe_dump(file).encode()
        register_model_version("next-steps", version_of(artefact), artefact, {}, activate=True)

    return limited


@pytest.fixture
def upset(agent_says: Callable[[str], None], machines: Machines, open_case: Callable[..., Case]) -> Callable[..., Case]:
    """An upset customer's complaint, on which the agent has worked: `upset("after approval", sure=0.93)`."""

    def opened(word: str, sure: float = 0.93, **data: Any) -> Case:
        agent_says(word)
        machines.say("refund_request", sure, "negative")
        case = open_case(**data)
        work_jobs(case.instance_id)
        case.refresh_from_db()
        return case

    return opened


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
