"""Who may not do this task, because of what they did in the case before?

A model may say that a task wants another person than some other steps had (`casewright:otherThan`, ids with commas):
whoever finished one of these tasks, or opened the case where a start event is named, leaves it to somebody else.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from audit.models import AuditEvent
from casework.access.permissions import origin_of
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import HumanTask

ATTRIBUTE = "otherThan"


def done_before(by: User, task: HumanTask) -> str:
    """What this person did in the case that keeps them from the task, in words; "" where they may do it."""
    case_type = by_definition(task.instance.definition_id)
    steps = _other_than(case_type, task.definition_item)
    if not steps:
        return ""
    mine = HumanTask.objects.filter(instance=task.instance_id, assignee=by, state=HumanTask.State.COMPLETED)
    if done := mine.filter(definition_item__in=steps).order_by("-ended").first():
        return f"did “{done.name}”"
    opened = AuditEvent.objects.filter(chain=task.instance_id, action="case.opened", actor=origin_of(by).actor)
    return "opened this case" if _names_a_start(case_type, steps) and opened.exists() else ""


def _other_than(case_type: CaseType, item: str) -> list[str]:
    said = [node.extensions.attributes.get(ATTRIBUTE, "") for node in _nodes(case_type, item)]
    return [step.strip() for steps in said for step in steps.split(",") if step.strip()]


def _names_a_start(case_type: CaseType, steps: list[str]) -> bool:
    return any(node.type == "startEvent" for step in steps for node in _nodes(case_type, step))


def _nodes(case_type: CaseType, id: str) -> list[Any]:
    models = (*case_type.library.cases.values(), *case_type.library.processes.values())
    return [model.nodes[id] for model in models if id in model.nodes]
