"""Who has to do with this case: who works on it, who did, who follows it, and who may see it and through what?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max

from audit.models import AuditEvent
from casework.access.granted import Grant, grants
from casework.cases.read.case_view import Look
from casework.models import Follow

LOOKING: Final = ("case.viewed", "case.exported", "case.verified", "access.denied", "command.refused")
"""What people do without working on the case."""


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
    """For whoever sees the case; four statements, however many people there are."""
    did = AuditEvent.objects.filter(chain=seen.case.instance_id, actor__startswith="person:").exclude(
        action__in=LOOKING
    )
    rows = did.order_by().values_list("actor").annotate(times=Count("pk"), last=Max("at"))
    workers = (
        Worker(actor, seen.names.get(actor, actor.removeprefix("person:")), times, last) for actor, times, last in rows
    )
    follow = Follow.objects.filter(case=seen.case, person__is_active=True).select_related("person").order_by("at")
    return CasePeople(
        tuple(sorted(workers, key=lambda one: one.last, reverse=True)),
        tuple(one.person.get_full_name() or one.person.get_username() for one in follow), grants(seen.case),
    )  # fmt: skip
