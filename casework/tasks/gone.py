"""What has become of the tasks that a list showed, and does not show any more?

Told in a few words for each, so that an open list can leave their lines where they are. Only of cases that the reader
may still see; of others nothing is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.tasks.inbox import PAGE
from casework.tasks.under_lock import name_of
from orchestration.models import HumanTask

State = HumanTask.State

OVER: Final = {
    State.COMPLETED: "done",
    State.TERMINATED: "not to be done any more",
    State.SUSPENDED: "suspended with its case",
}
ELSEWHERE: Final = "not on this page any more"


def become_of(user: User, tasks: Collection[int]) -> Mapping[int, str]:
    """A few words on each of these (at most a page of them) that may be seen; one statement, none for none."""
    if not tasks:
        return {}
    seen = HumanTask.objects.filter(permissions.listed_for(user, "instance__case"), pk__in=list(tasks)[:PAGE])
    return {task.pk: _words(task, user) for task in seen.select_related("assignee").only(*_NEEDED)}


_NEEDED: Final = ("state", "claimed", "assignee__first_name", "assignee__last_name", "assignee__username")


def _words(task: HumanTask, user: User) -> str:
    if task.state in OVER:
        return OVER[State(task.state)]
    if task.assignee is None:
        return ELSEWHERE
    if task.assignee_id == user.pk:
        return "yours now"
    return f"{'given to' if task.claimed is None else 'taken by'} {name_of(task.assignee)}"
