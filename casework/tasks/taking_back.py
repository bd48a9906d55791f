"""What may somebody no longer see or do once a task that they were given is taken back?

What the gift gave them, as the history says it: that the task was offered to them, and their right on the case; the
right only where nothing else of the case is theirs, or was, or is offered to them by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User

from audit.db.sql import Part
from audit.selectors import Entry, newest_of
from orchestration.models import HumanTask, TaskCandidate

LOOKED_AT: Final = 50
"""Gifts of the case that are looked at, the newest first."""

NO_OFFER: Final = """
no_offer as (
    delete from orchestration_taskcandidate where task_id = %(task)s and user_id = %(holder)s)"""
NO_RIGHT: Final = """
no_right as (
    delete from casework_caseuserobjectpermission r using casework_case f, orchestration_humantask t, auth_permission p
    where t.id = %(task)s and f.instance_id = t.instance_id and r.content_object_id = f.id
          and r.user_id = %(holder)s and p.id = r.permission_id and p.codename in ('view_case', 'work_case'))"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the undoing of a gift takes from whom it was given to: that it was offered to them, and their right on the
    case, as far as that gift gave it."""

    holder: User
    offer: bool
    right: bool


def taken_back(row: HumanTask) -> Taken | None:
    """What the holder of this task has by the newest gift of it; None where nobody holds it."""
    holder = row.assignee
    if holder is None:
        return None
    gift = gift_of(row)
    if gift is None:
        return Taken(holder, False, False)
    newest = gift.detail
    return Taken(holder, bool(newest.get("offered")), bool(newest.get("granted")) and not _has_more(holder, row))


def gift_of(row: HumanTask) -> Entry | None:
    """The newest gift of this task, where that is what its holder has it by."""
    gifts = newest_of({row.instance_id: 0}, actions=("task.assigned",), but="", most=LOOKED_AT)
    of_it = (gift for gift in gifts.get(row.instance_id, ()) if gift.detail.get("item") == row.item)
    newest, holder = next(of_it, None), "" if row.assignee is None else row.assignee.get_username()
    return newest if newest is not None and newest.detail.get("to") == holder else None


def _has_more(holder: User, row: HumanTask) -> bool:
    """Whether another task of the case is theirs, or was, or is offered to them by name."""
    others = HumanTask.objects.filter(instance=row.instance_id, assignee=holder).exclude(pk=row.pk)
    offers = TaskCandidate.objects.filter(task__instance=row.instance_id, user=holder).exclude(task=row.pk)
    return others.exists() or offers.exists()


def withdrawing(taken: Taken | None) -> Iterator[Part]:
    """The rows of it, beside those of the gift, whose parts name the `task`."""
    if taken is not None and taken.offer:
        yield NO_OFFER, {"holder": taken.holder.pk}
    if taken is not None and taken.right:
        yield NO_RIGHT, {"holder": taken.holder.pk}
