"""Who is told that a deadline comes near, or was missed, and what are they told?

Whoever has open work of the case, and whoever gives out its work: it goes up to them before it is too late. They are
told under *For you*, as long as they may see the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from casework.access import permissions
from casework.access.seers import seers
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.deadlines.models import Deadline, DeadlineNotice
from casework.models import Case
from orchestration.models import HumanTask

MOST: Final = 50
"""The newest, of a page; people whom one deadline reaches."""
_OPEN: Final = (HumanTask.State.OPEN, HumanTask.State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Near:
    """`deadline`: as people call it; `missed`: it is over, else it came near; `due`: None where that holds no more."""

    case: int
    title: str
    deadline: str
    due: datetime | None
    missed: bool
    at: datetime
    is_new: bool


def escalation_tell(row: Deadline, title: str, at: datetime, *, missed: bool) -> None:
    """Tell whoever has open work of the case, and whoever gives it out, once of each end that it has."""
    case = Case.objects.filter(instance=row.instance_id).select_related("unit").first()
    if case is None:
        return
    tasks = HumanTask.objects.filter(instance=row.instance_id, state__in=_OPEN, assignee__isnull=False)
    told = {*tasks.values_list("assignee", flat=True), *_who_gives_out(case)}
    DeadlineNotice.objects.bulk_create(
        (
            DeadlineNotice(deadline=row, person_id=person, title=title, due=row.due, missed=missed, at=at)
            for person in sorted(told)
        ),
        ignore_conflicts=True,
    )


def _who_gives_out(case: Case) -> list[int]:
    return [one.id for one in seers(case) if "assign" in one.rights][:MOST]


def deadlines_told(user: User, now: datetime) -> tuple[Near, ...]:
    """Of cases that they may see now, the newest first."""
    seen = Case.objects.filter(permissions.cases_with_right(user, "view"), instance=OuterRef("deadline__instance"))
    found = DeadlineNotice.objects.filter(Exists(seen), person=user).select_related("deadline__instance__case")
    rows = list(found.defer("deadline__instance__items").order_by("-pk")[:MOST])
    former = former_of({row.deadline.instance_id for row in rows}) if rows else {}
    person = permissions.principal(user, None, now)

    def shown(row: DeadlineNotice) -> Near:
        instance, case = row.deadline.instance, row.deadline.instance.case
        reader = permissions.of_case(person, case.pk)
        masked = row_mask(instance.definition_id, bytes(instance.data), reader, former.get(instance.pk, {}))
        title = title_in(masked, case.title)
        return Near(case.pk, title, row.title, _still_due(row), row.missed, row.at, row.seen is None)

    return tuple(map(shown, rows))


def _still_due(row: DeadlineNotice) -> datetime | None:
    """By when it is, if that stands as it was told: not where it was met or missed, stands still or was moved since."""
    runs = row.deadline.state == Deadline.State.RUNNING and row.deadline.breached is None
    return row.due if runs and row.deadline.due == row.due else None


def deadlines_seen(user: User, now: datetime) -> None:
    DeadlineNotice.objects.filter(person=user, seen=None).update(seen=now)
