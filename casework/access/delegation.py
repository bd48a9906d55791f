"""Who may act for whom just now, and when does that end?

A delegation gives nobody a right: whoever acts for another sees and may what they see and may themselves, and finishes
what the other holds only where it is offered to both. It ends on its day, by either of the two, and with any group that
one of them leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from audit.services import Fact, Origin, record_control
from casework.access.delegation_models import Delegation
from orchestration.ground.clock import utc_now
from orchestration.models import HumanTask

ACTION: Final = "delegation.changed"


def standing(now: datetime) -> QuerySet[Delegation]:
    """Those by which somebody may act at this moment."""
    in_time = Delegation.objects.filter(ended=None, begins__lte=now, until__gt=now)
    return in_time.filter(giver__is_active=True, to__is_active=True)


def stands_in(user: User, task: HumanTask) -> Delegation | None:
    """By what this person may finish a task that another holds, of a case that they work themselves."""
    found = standing(utc_now()).filter(to=user, giver=task.assignee_id).select_related("giver")
    fits = Q(case_types=[]) | Q(case_types__contains=[task.instance.case.case_type])
    return found.filter(fits).order_by("pk").first()


def delegation_end(row: Delegation, why: str, origin: Origin) -> None:
    """End one before its time, in the transaction that is open."""
    row.ended = utc_now()
    row.save(update_fields=["ended"])
    keep(row, {"ended": why}, origin)


def delegations_end(person: User, why: str, origin: Origin) -> int:
    """End all that somebody gave or was given, in the transaction that is open; how many those were."""
    theirs = Delegation.objects.select_for_update(of=("self",)).select_related("giver", "to")
    rows = list(theirs.filter(Q(giver=person) | Q(to=person), ended=None, until__gt=utc_now()).order_by("pk"))
    for row in rows:
        delegation_end(row, why, origin)
    return len(rows)


def keep(row: Delegation, more: Mapping[str, Any], origin: Origin) -> None:
    """Write a change of it on the control chain."""
    who = {"number": row.pk, "giver": row.giver.get_username(), "to": row.to.get_username()}
    record_control([Fact(ACTION, {**who, **more})], origin, utc_now())
