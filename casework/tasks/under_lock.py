"""What is asked of a task once more when its case is locked, and how is a refusal of it kept?

When it was fetched it was somebody else's turn: since then it may have been taken, finished or suspended.
"""

from __future__ import annotations

from django.contrib.auth.models import User

from audit.db.rows import rows
from casework.access.permissions import is_candidate
from casework.access.separation_of_duties import done_before
from casework.cases.locking import keep_refusal, locked
from casework.tasks.suspended import suspended
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Instance
from orchestration.shell.services import Locked


def locked_task(task: HumanTask) -> tuple[Locked, HumanTask]:
    """The root case, locked until the transaction ends, and the task as it is now."""
    case = locked(task.instance_id)
    (row,) = rows(HumanTask, "id = %(task)s", {"task": task.pk})
    row.instance = Instance.from_db("default", ("id", "definition_id"), (row.instance_id, case.definition))
    return case, row


def over(row: HumanTask) -> Refused:
    """Why a task that is not open cannot be worked on."""
    if row.state == HumanTask.State.SUSPENDED:
        return suspended(row.instance_id)
    return Refused("over", f"This task is {row.state} already.")


def closed_to(by: User, row: HumanTask) -> Refused | None:
    """Why this person may not do an open task.

    When it was fetched it may have been suspended, and nobody asked whom it is offered to.
    """
    if not is_candidate(by, row):
        return Refused("not-offered", "This task is not offered to you, so somebody else has to do it.")
    did = done_before(by, row)
    return Refused("four-eyes", f"You {did}, so somebody else has to do this.") if did else None


def refused(case: Locked, row: HumanTask, by: User, command: str, why: Refused) -> Refused:
    """The refusal, kept in the history."""
    return keep_refusal(case, by, {"command": command, "item": row.item}, why)


def name_of(user: User | None) -> str:
    """How a person is called on pages; empty for nobody."""
    return "" if user is None else user.get_full_name() or user.get_username()
