"""How does whoever gives out the work say how urgent a task is, and when it is due?

Both stand in the case's history. The list of who may take the task is read by when it is due, so it changes with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.db.sql import Part
from audit.services import Fact
from casework.access.permissions import origin_of
from casework.tasks.under_lock import locked_task, over, refused
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.haste import URGENT, followed
from orchestration.shell.services import Locked

PRIORITIES: Final = {"low": 20, "normal": 50, "urgent": URGENT}
"""What people choose among, of 0 to 100; above 50 is urgent."""
CHANGED: Final = Refused("changed", "Somebody has changed this since, so it stays as it is.")

HURRIED: Final = """
hurried as (
    update orchestration_humantask set priority = %(priority)s, own_priority = %(own)s where id = %(task)s)"""
PUT_OFF: Final = """
put_off as (
    update orchestration_humantask set due = %(task_due)s where id = %(task)s),
put_off_offers as (
    update orchestration_taskcandidate set due = %(task_due)s where task_id = %(task)s)"""


@transaction.atomic
def task_hurry(*, by: User, task: HumanTask, priority: int) -> HumanTask | Refused:
    """Give a task a priority of its own, whether or not its case goes before others."""
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "priority", over(row))
    return _ranked(case, row, by, priority, priority)


@transaction.atomic
def task_hurry_undone(*, by: User, task: HumanTask, priority: int, own: int | None, before: int) -> HumanTask | Refused:
    """Have the priority again that a task had, and follow its case where it did. `before`: what it has to have still,
    by what somebody said."""
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "priority", over(row))
    if (row.priority, row.own_priority) != (before, before):
        return refused(case, row, by, "priority", CHANGED)
    in_haste = case.case_type.is_urgent(case.state.root.variables)
    return _ranked(case, row, by, *followed(*followed(priority, own, urgent=False), urgent=in_haste))


def _ranked(case: Locked, row: HumanTask, by: User, priority: int, own: int | None) -> HumanTask:
    if (row.priority, row.own_priority) != (priority, own):
        told = _named(row) | {"priority": priority, "was": row.priority, "own": own}
        part: Part = (HURRIED, {"task": row.pk, "priority": priority, "own": own})
        services.record(case, [Fact("task.priority", told)], origin_of(by), [part])
        row.priority, row.own_priority = priority, own
    return row


@transaction.atomic
def task_put_off(*, by: User, task: HumanTask, due: datetime, before: datetime | None = None) -> HumanTask | Refused:
    """Have a task due at another time. `before`: when it has to be due still, where another change is undone."""
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "due", over(row))
    if before is not None and row.due != before:
        return refused(case, row, by, "due", CHANGED)
    if row.due != due:
        told = _named(row) | {"due": due.isoformat(), "was": row.due.isoformat()}
        part: Part = (PUT_OFF, {"task": row.pk, "task_due": due})
        services.record(case, [Fact("task.due", told)], origin_of(by), [part])
        row.due = due
    return row


def _named(row: HumanTask) -> dict[str, Any]:
    return {"task": row.name, "item": row.item, "definition": row.definition_item}
