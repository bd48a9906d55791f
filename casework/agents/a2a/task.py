"""How far has a case come, told as a task of A2A, as this person may see it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from django.contrib.auth.models import User
from django.db.models import Q

from audit.data_keys import KeyFault
from casework.access import permissions
from casework.agents.a2a.card import JSON_TYPE
from casework.cases.api.rendering import case_in_full
from casework.cases.services import case_viewed
from casework.mcp.case_task import waiting
from casework.models import Case

log = structlog.get_logger()

Json = dict[str, Any]
DONE: Final = "TASK_STATE_COMPLETED"
ASKS: Final = "TASK_STATE_INPUT_REQUIRED"
SHOWN: Final = ("id", "title", "state", "data")


def task_of(by: User, case: Case) -> Json:
    """The task. What it gives out, it gives out when the case is closed."""
    return _task(case, case_in_full(by, case).data)


def _task(case: Case, told: Mapping[str, Any]) -> Json:
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


def own_tasks(by: User, asked: Mapping[str, Any]) -> tuple[list[Json], str, int]:
    """A page of the tasks that this person's agent began, the token of the next one, and how many there are in all.
    Where it gives out what a case holds, that is kept as a look at it."""
    own = permissions.own_source(by)
    mine = Case.objects.filter(
        permissions.cases_with_right(by, "view"), Q(source=own) | Q(source__startswith=f"{own}/")
    )
    rows = mine if not asked["contextId"] else mine.filter(pk=asked["contextId"])
    if asked["pageToken"]:
        rows = rows.filter(pk__lt=asked["pageToken"])
    if wanted := asked["status"]:
        rows = rows.filter(closed=wanted == DONE)
    found = list(rows.select_related("instance").order_by("-pk")[: asked["pageSize"] + 1])
    page = found[: asked["pageSize"]]
    tasks = [_listed(by, case) for case in page]
    for task in tasks:
        if task["artifacts"] and asked["includeArtifacts"]:
            case_viewed(by=by, case=next(case for case in page if str(case.pk) == task["id"]))
        elif not asked["includeArtifacts"]:
            task["artifacts"] = []
    shown = [task for task in tasks if not wanted or task["status"]["state"] == wanted]
    return shown, str(page[-1].pk) if len(found) > len(page) else "", mine.count()


def _listed(by: User, case: Case) -> Json:
    """A case whose key is gone spoils no list: it says how far it is, and gives nothing out."""
    try:
        return task_of(by, case)
    except KeyFault as fault:
        log.error("case not opened", case=case.pk, fault=str(fault))
    state = "COMPLETED" if case.closed else "WORKING"
    status = {"state": f"TASK_STATE_{state}", "timestamp": case.updated.isoformat().replace("+00:00", "Z")}
    return {
        "id": str(case.pk), "contextId": str(case.pk), "status": status, "artifacts": [],
        "metadata": {"state": case.state, "sealed": "Its key is not there, or is another one."},
    }  # fmt: skip


def stands(task: Mapping[str, Any]) -> str:
    """What of a task is news when it changes."""
    return f"{task['status']['state']} {task['metadata'].get('state', '')}"[:300]


def is_over(task: Mapping[str, Any]) -> bool:
    return bool(task["status"]["state"] == DONE)


def is_settled(task: Mapping[str, Any]) -> bool:
    """Nothing more comes of it by itself: it is over, or it asks its own person for something."""
    return is_over(task) or bool(task["status"]["state"] == ASKS)


def news(task: Mapping[str, Any]) -> Iterator[Json]:
    """What is told of a task that stands otherwise than before: what it gives out, then how it stands."""
    names = {"taskId": task["id"], "contextId": task["contextId"]}
    for artifact in task["artifacts"]:
        yield {"artifactUpdate": {**names, "artifact": artifact, "lastChunk": True}}
    yield {"statusUpdate": {**names, "status": task["status"], "metadata": task["metadata"]}}
