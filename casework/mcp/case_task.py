"""How does an assistant follow a case that it has started?

MCP's tasks extension (`io.modelcontextprotocol/tasks`, SEP-2663): the case is the task. It works while the case is
open, asks for input where a task waits that whoever asks may work on, or an agent waits for their approval, and is
completed when the case is closed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from casework.mcp.tools import Json

EXTENSION: Final = "io.modelcontextprotocol/tasks"
POLL_MS: Final = 5000
TOLD: Final = {"approve": "Approve it", "reject": "Reject it"}
SIGNS: Final = "Who finishes it signs what the task shows: read it first (`read_a_task`)."
_PROPOSAL: Final = re.compile(r"proposal-([1-9][0-9]{0,17})-([0-9a-f]{64})-([0-9a-f]{64})")
_CASE: Final = re.compile(r"case-([1-9][0-9]{0,17})")
_TASK: Final = re.compile(r"task-([1-9][0-9]{0,17})(?:-([0-9a-f]{64}))?")
_NUMBERS: Final = {"number": "number", "integer": "integer", "checkbox": "boolean", "boolean": "boolean"}


def task_name(case: int) -> str:
    """The task's id. It opens nothing: each call looks at the rights of whoever asks."""
    return f"case-{case}"


def case_in(name: str) -> int | None:
    """The case of a task's id; None where it is none of ours."""
    found = _CASE.fullmatch(name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Form:
    """A person's task that an input request's key names. `seen`: a digest of what finishing it signs, empty where it
    signs nothing."""

    task: int
    seen: str


def form_in(key: str) -> Form | None:
    found = _TASK.fullmatch(key)
    return Form(int(found[1]), found[2] or "") if found else None


@dataclass(frozen=True, slots=True)
class Signed:
    """An agent's proposal that an input request's key names, with what would be done and what was shown beside it."""

    proposal: int
    digest: str
    seen: str


def proposal_in(key: str) -> Signed | None:
    found = _PROPOSAL.fullmatch(key)
    return Signed(int(found[1]), found[2], found[3]) if found else None


def digest(seen: str) -> str:
    """Of what was shown, as the API carries it: a key is no place for all of it."""
    return sha256(seen.encode()).hexdigest() if seen else ""


def form_key(form: Mapping[str, Any]) -> str:
    """The key under which a task (as the API gives it) is asked for: where finishing it signs what is shown, another,
    as soon as anything of that is another."""
    return "-".join(filter(None, (f"task-{form['id']}", digest(form["seen"]))))


def key_of(wanted: Mapping[str, Any]) -> str:
    """The key under which the approval of an agent's proposal (as the API gives it) is asked for: another, as soon as
    anything of what is shown is another."""
    return f"proposal-{wanted['proposal']}-{wanted['digest']}-{digest(wanted['seen'])}"


def waiting(case: Mapping[str, Any]) -> list[Json]:
    """The open tasks of a case (as the API gives it) that whoever asked may complete: theirs, and those they may take,
    which become theirs by that."""
    return [task for task in case["tasks"] if {"claim", "complete"} & {*task["may"]} and not task["suspended"]]


def state(
    case: Mapping[str, Any], forms: Sequence[Mapping[str, Any]], approvals: Sequence[Mapping[str, Any]] = ()
) -> Json:
    """The task as `tasks/get` answers it. `case`, for each waiting task `forms`, and what agents want (`approvals`): as
    the API gives them."""
    shared: Json = {
        "taskId": task_name(case["id"]), "createdAt": case["created"], "lastUpdatedAt": case["updated"],
        "ttlMs": None, "pollIntervalMs": POLL_MS,
    }  # fmt: skip
    told = f"{case['title']}: {case['state']}"
    if case["closed"]:
        result = {"content": [{"type": "text", "text": told}], "structuredContent": dict(case)}
        return shared | {"status": "completed", "statusMessage": told, "result": result}
    if forms or approvals:
        asked = {form_key(form): _request(form) for form in forms}
        asked |= {key_of(wanted): _approval(wanted) for wanted in approvals}
        return shared | {"status": "input_required", "statusMessage": told, "inputRequests": asked}
    return shared | {"status": "working", "statusMessage": told}


def _request(form: Mapping[str, Any]) -> Json:
    """The task's form as an elicitation: flat, with its choices; what is only needed sometimes is asked for."""
    questions = form["form"]
    schema: Json = {"type": "object", "properties": {each["path"]: _question(each) for each in questions}}
    if needed := [each["path"] for each in questions if each["required"] and not each["asked_when"]]:
        schema["required"] = needed
    told = [f"{form['name']}: {form['title']}.", form["why_here"], form["seen"] and SIGNS]
    return _asked(" ".join(filter(None, told)), schema)


def _approval(wanted: Mapping[str, Any]) -> Json:
    """What an agent wants, with its reason and what that rests on as this person may see it."""
    grounds = "; ".join(f"{one['title']}: {one['value']}" for one in wanted["evidence"])
    chosen = "; ".join(f"{name}: {value}" for name, value in wanted["arguments"].items())
    plan = "; ".join(f"{step['name']} ({step['why']})" for step in wanted["plan"])
    parts = [
        f"The agent {wanted['agent']} wants: {wanted['name']}.", wanted["reason"], chosen and f"It chose {chosen}.",
        grounds and f"It rests on {grounds}.", plan and f"Its plan: {plan}.",
        wanted["price"] and f"It costs {wanted['price']}.",
    ]  # fmt: skip
    return _asked(" ".join(part for part in parts if part), {
        "type": "object", "required": ["how"], "properties": {
            "how": {"type": "string", "oneOf": [{"const": name, "title": told} for name, told in TOLD.items()]},
            "reason": {"type": "string", "title": "Why not (needed to reject it; the agent gets it)"},
        },
    })  # fmt: skip


def _asked(message: str, schema: Json) -> Json:
    return {
        "method": "elicitation/create",
        "params": {"mode": "form", "message": message, "requestedSchema": schema},
    }


def _question(asked: Mapping[str, Any]) -> Json:
    kind: Json = {"type": _NUMBERS.get(asked["widget"], "string"), "title": asked["label"]}
    if asked["help"]:
        kind["description"] = asked["help"]
    if asked["choices"]:
        kind["oneOf"] = [{"const": value, "title": words} for value, words in asked["choices"].items()]
    return kind
