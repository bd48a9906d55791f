"""How far is a case, as a task of A2A and as this person may see it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.agents.a2a.card import JSON_TYPE
from casework.cases.api.rendering import case_in_full
from casework.mcp.case_task import waiting
from casework.models import Case

Json = dict[str, Any]
DONE: Final = "TASK_STATE_COMPLETED"
SHOWN: Final = ("id", "title", "state", "data")


def task_of(by: User, case: Case) -> Json:
    """The task. What it gives out, it gives out when the case is closed."""
    told = case_in_full(by, case).data
    state = "COMPLETED" if told["closed"] else "INPUT_REQUIRED" if waiting(told) else "WORKING"
    parts = [{"data": {name: told[name] for name in SHOWN}, "mediaType": JSON_TYPE}]
    return {
        "id": str(case.pk), "contextId": str(case.pk),
        "status": {"state": f"TASK_STATE_{state}", "timestamp": told["updated"]},
        "artifacts": [{"artifactId": "case", "parts": parts}] if told["closed"] else [],
        "metadata": {"state": told["state"]},
    }  # fmt: skip


def begun(by: User, number: int) -> tuple[Json, Case | None]:
    """The task that a message has begun: no more than its number for who may bring cases in and not look at them."""
    try:
        case = permissions.case_for_user(by, number, "view")
    except (permissions.Unseen, permissions.Denied):
        task = {"id": str(number), "contextId": str(number), "status": {"state": "TASK_STATE_SUBMITTED"}}
        return task | {"artifacts": [], "metadata": {}}, None
    return task_of(by, case), case


def stands(task: Mapping[str, Any]) -> str:
    """What of a task is news when it changes."""
    return f"{task['status']['state']} {task['metadata'].get('state', '')}"[:300]


def is_over(task: Mapping[str, Any]) -> bool:
    return bool(task["status"]["state"] == DONE)


def news(task: Mapping[str, Any]) -> Iterator[Json]:
    """What is told of a task that stands otherwise than before: what it gives out, then how it stands."""
    names = {"taskId": task["id"], "contextId": task["contextId"]}
    for artifact in task["artifacts"]:
        yield {"artifactUpdate": {**names, "artifact": artifact, "lastChunk": True}}
    yield {"statusUpdate": {**names, "status": task["status"], "metadata": task["metadata"]}}
