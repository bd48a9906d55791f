"""Who has to do with this case: who works on it, who did, who follows it, and who may see it and through what?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from audit.models import AuditEvent
from casework.access.granted import Grant, grants
from casework.cases.read.case_view import Look
from casework.models import Follow

LOOKING: Final = ("case.viewed", "case.exported", "case.verified", "access.denied", "command.refused")
"""What people do without working on the case."""
FOLLOWS: Final = 0
"""In place of events of theirs, where people who follow the case are read along with those who work on it."""
CALLED: Final = Coalesce(
    NullIf(Trim(Concat("person__first_name", Value(" "), "person__last_name")), Value("")), "person__username"
)
"""How a follower is called."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who did something in the case. `actor`: as the history names them; `times`: events of theirs."""

    actor: str
    name: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class CasePeople:
    """`grants`: groups and people with rights on this case, and those with rights on all."""

    workers: tuple[Worker, ...]
    followers: tuple[str, ...]
    grants: tuple[Grant, ...]


def case_people(seen: Look) -> CasePeople:
    """For whoever sees the case; two statements, however many people there are."""
    did = AuditEvent.objects.filter(chain=seen.case.instance_id, actor__startswith="person:").exclude(
        action__in=LOOKING
    )
    did_what = did.order_by().values_list("actor").annotate(times=Count("pk"), last=Max("at"))
    follow = Follow.objects.filter(case=seen.case, person__is_active=True).order_by()
    rows = did_what.union(follow.values_list(CALLED, Value(FOLLOWS), "at"), all=True)
    by_time = sorted(rows, key=lambda row: row[2])
    workers = (
        Worker(actor, seen.names.get(actor, actor.removeprefix("person:")), times, last)
        for actor, times, last in reversed(by_time) if times != FOLLOWS
    )  # fmt: skip
    return CasePeople(tuple(workers), tuple(name for name, times, _ in by_time if times == FOLLOWS), grants(seen.case))
