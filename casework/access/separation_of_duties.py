"""Who may not do this task, because of what they did in the case before?

A model may say that a task wants another person than some other steps had (`casewright:otherThan`, ids with commas):
whoever finished one of these tasks, or opened the case where a start event is named, leaves it to somebody else. Nor
may they whom a place of the case's data names (`casewright:notNamedIn`, dotted paths with commas): who asked for it,
say, or whose customer it is. People are named there by user name, address of mail or full name.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from audit.models import AuditEvent
from casework.access.permissions import origin_of
from casework.forms.answer_validation import at_path
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import HumanTask
from orchestration.shell.selectors import state_of, visible

ATTRIBUTE = "otherThan"
NAMED = "notNamedIn"


def done_before(by: User, task: HumanTask) -> str:
    """What this person did in the case that keeps them from the task, in words; "" where they may do it."""
    case_type = by_definition(task.instance.definition_id)
    if names_them(by, case_type, task):
        return "are named in what it is about"
    steps = _listed(case_type, task.definition_item, ATTRIBUTE)
    if not steps:
        return ""
    mine = HumanTask.objects.filter(instance=task.instance_id, assignee=by, state=HumanTask.State.COMPLETED)
    if done := mine.filter(definition_item__in=steps).order_by("-ended").first():
        return f"did “{done.name}”"
    them = origin_of(by).actor
    opened = AuditEvent.objects.filter(
        Q(actor=them) | Q(on_behalf_of=them), chain=task.instance_id, action="case.opened"
    )
    return "opened this case" if _names_a_start(case_type, steps) and opened.exists() else ""


def names_them(by: User, case_type: CaseType, task: HumanTask) -> bool:
    """Whether a place of the data that the task must not name them in does."""
    paths = _listed(case_type, task.definition_item, NAMED)
    if not paths:
        return False
    data = visible(state_of(task.instance), task.item)
    known = {name.strip().casefold() for name in (by.get_username(), by.email, by.get_full_name()) if name.strip()}
    return any(str(at_path(data, path) or "").strip().casefold() in known for path in paths)


def _listed(case_type: CaseType, item: str, attribute: str) -> list[str]:
    said = [node.extensions.attributes.get(attribute, "") for node in _nodes(case_type, item)]
    return [step.strip() for steps in said for step in steps.split(",") if step.strip()]


def _names_a_start(case_type: CaseType, steps: list[str]) -> bool:
    return any(node.type == "startEvent" for step in steps for node in _nodes(case_type, step))


def _nodes(case_type: CaseType, id: str) -> list[Any]:
    models = (*case_type.library.cases.values(), *case_type.library.processes.values())
    return [model.nodes[id] for model in models if id in model.nodes]
