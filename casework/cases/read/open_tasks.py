"""Which tasks of people are open in a case, and what may this reader do with each?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models.functions import JSONObject

from casework.access import permissions
from casework.access.separation_of_duties import done_before
from casework.cases.read.case_view import Look
from orchestration.models import HumanTask

Json = Any

OPEN_TASK = (HumanTask.State.OPEN, HumanTask.State.SUSPENDED)
OFFERED_TO = JSONObject(
    group="candidates__group_id", name="candidates__group__name", user="candidates__user_id",
    username="candidates__user__username", first="candidates__user__first_name", last="candidates__user__last_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenTask:
    """`may`: what this reader may do with it now: claim, release, complete. `part`: what it stands in."""

    id: int
    name: str
    part: str
    due: datetime | None
    overdue: bool
    urgent: bool
    assignee: str
    mine: bool
    groups: tuple[str, ...]
    may: frozenset[str]
    barred: str = ""
    suspended: bool = False

    @property
    def may_complete(self) -> bool:
        return "complete" in self.may


def open_tasks(seen: Look, user: User, may_work: bool, now: datetime) -> tuple[OpenTask, ...]:
    """Open and suspended tasks, with what this reader may do with each."""
    found = HumanTask.objects.filter(instance=seen.case.instance_id, state__in=OPEN_TASK).select_related("assignee")
    mine = frozenset(one.group for one in permissions.reach_seen(user).here(seen.case.units))
    tasks = found.annotate(offered_to=JSONBAgg(OFFERED_TO)).order_by("due", "pk")
    return tuple(_open_task(seen, task, user, mine, may_work, now) for task in tasks)


def _open_task(
    seen: Look, task: HumanTask, user: User, mine: frozenset[int], may_work: bool, now: datetime
) -> OpenTask:
    candidates = [each for each in vars(task)["offered_to"] if each["group"] or each["user"]]
    offered = any(each["group"] in mine or each["user"] == user.pk for each in candidates)
    assignee = task.assignee
    is_mine, stands = task.assignee_id == user.pk, task.state == HumanTask.State.SUSPENDED
    may = set()
    if may_work and task.state == HumanTask.State.OPEN:
        may |= {"complete", "release"} if is_mine else set()
        may |= {"claim"} if assignee is None and offered else set()
    task.instance = seen.case.instance
    barred = done_before(user, task) if may & {"claim", "complete"} else ""
    may -= {"claim", "complete"} if barred else set()
    return OpenTask(
        id=task.pk, name=seen.view.text(task.name), part=seen.view.text(seen.running.around(task.item)),
        due=task.due if task.due.year < 9999 else None, overdue=task.due < now and not stands,
        urgent=task.priority > 50,
        assignee="" if assignee is None else assignee.get_full_name() or assignee.get_username(), mine=is_mine,
        groups=tuple(sorted({_offered_to(each) for each in candidates})), may=frozenset(may), barred=barred,
        suspended=stands,
    )  # fmt: skip


def _offered_to(candidate: Mapping[str, Json]) -> str:
    """The name of the group or person (as `TaskCandidate` says it)."""
    full = f"{candidate['first']} {candidate['last']}".strip()
    return str(candidate["name"] or full or candidate["username"])
