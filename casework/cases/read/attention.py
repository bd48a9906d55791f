"""What failed in the cases that this person works, and waits for somebody to decide?

The open incidents (`orchestration.models.Incident`) of cases that the person may work, the oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from casework.access import permissions
from casework.cases.read.case_view import row_mask
from casework.models import Case
from orchestration.models import Incident, Job

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """One incident. `key` names it in a form: the case and its number there; `actor`: what was asked for."""

    key: str
    case: int
    title: str
    message: str
    asked: str
    opened: datetime


def troubles(user: User, now: datetime) -> tuple[Trouble, ...]:
    """At most MOST of them, masked for this reader."""
    person = permissions.principal(user, None, now)
    job = Job.objects.filter(instance=OuterRef("instance"), job=OuterRef("job"))
    rows = _open(user).select_related("instance__case").annotate(asked=Subquery(job.values("capability")[:1]))
    found = []
    for row in rows.order_by("opened", "pk")[:MOST]:
        case = row.instance.case
        masked = row_mask(row.instance.definition_id, bytes(row.instance.data), person)
        found.append(
            Trouble(
                f"{case.pk}-{row.incident}", case.pk, masked(case.title), masked(row.message), row.asked or "",
                row.opened,
            )
        )  # fmt: skip
    return tuple(found)


def count(user: User) -> int:
    """How many there are, at most MOST + 1. Nothing is asked for who works no cases."""
    return _open(user)[: MOST + 1].count() if user.is_authenticated else 0


def _open(user: User) -> QuerySet[Incident]:
    mine = Case.objects.filter(permissions.cases_with_right(user, "work"), instance=OuterRef("instance"))
    return Incident.objects.filter(Exists(mine), resolved=None)
