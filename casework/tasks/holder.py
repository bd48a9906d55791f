"""Who has an open task, and did they take it, or who gave it to them?"""

from __future__ import annotations

from casework.cases.read.actor_names import actor_names
from casework.tasks.taking_back import gift_of
from casework.tasks.under_lock import name_of
from orchestration.models import HumanTask


def how_held(task: HumanTask) -> str:
    """A sentence for whoever finds it in other hands."""
    holder = name_of(task.assignee)
    if task.claimed is not None:
        return f"{holder} has taken this task."
    return _given(task, holder) or f"{holder} has this task."


def given_to_you(task: HumanTask) -> str:
    """The same for its holder; empty where they took it themselves."""
    return "" if task.claimed is not None else _given(task, "you")


def _given(task: HumanTask, whom: str) -> str:
    gift = gift_of(task)
    if gift is None:
        return ""
    if gift.detail.get("rule"):
        return f"A rule has given this task to {whom}."
    return f"{actor_names([gift.actor]).get(gift.actor, 'Somebody')} has given this task to {whom}."
