"""What does somebody lose when their rights come to hold elsewhere, or for less?

Tasks that they may not take any more go back to their groups, and what they gave or were given to act by ends, in the
transaction that changes it. Nobody takes the last right to change people away.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q, QuerySet

from audit.services import Origin
from casework.access import people, units
from casework.access.delegation import delegations_end
from casework.access.reach import EVERYWHERE
from casework.access.unit_models import BusinessUnit
from casework.access.unit_models import Reach as Held
from casework.tasks.services import tasks_free
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

NOBODY_LEFT: Final = Refused(
    "last", "Nobody would be left who may change people and rights. Give somebody else the right first."
)


@dataclass(frozen=True, slots=True)
class Changed:
    """`freed`: tasks that went back to their groups. `waiting`: a second person has to agree to the rest."""

    anything: bool
    freed: int = 0
    waiting: bool = False


def administrators() -> QuerySet[User]:
    """Who may change people and rights everywhere and comes in; a service is nobody."""
    right = people.permission("auth.change_user")
    by_group = Held.objects.filter(unit=EVERYWHERE, group__permissions=right).values("person")
    may = Q(is_superuser=True) | Q(pk__in=by_group) | Q(user_permissions=right, home_unit=None)
    return User.objects.filter(may, is_active=True, service=None)


def administrators_left() -> bool:
    """Whether anybody is left who may change people and rights everywhere."""
    return administrators().exists()


def home_changed(user: User, unit: BusinessUnit | None, origin: Origin) -> Changed | Refused:
    """Carry it out, in the transaction that is open, with what it takes from them."""
    units.home_set(person=user, unit=unit, origin=origin)
    return _sight_changed(user, "one of them went to another unit", origin)


def role_changed(
    user: User, group: Group, wanted: Collection[BusinessUnit | None], origin: Origin
) -> Changed | Refused:
    """Carry it out, in the transaction that is open, with what it takes from them."""
    if not units.roles_set(person=user, group=group, units=wanted, origin=origin):
        return Changed(False)
    return _sight_changed(user, f"one of them has {group.name} for other units", origin)


def group_moved(group: Group, unit: BusinessUnit | None, origin: Origin) -> Changed | Refused:
    """Carry it out, in the transaction that is open, with what it takes from its people."""
    if not units.group_belongs(group=group, unit=unit, origin=origin):
        return Changed(False)
    if not administrators_left():
        return _undone(NOBODY_LEFT)
    return Changed(True, holders_free(origin))


def _sight_changed(user: User, why: str, origin: Origin) -> Changed | Refused:
    if not administrators_left():
        return _undone(NOBODY_LEFT)
    delegations_end(user, why, origin)
    return Changed(True, tasks_free(holder=user, origin=origin))


def holders_free(origin: Origin) -> int:
    """Of everybody who holds an open task, those that they may not take any more."""
    holders = HumanTask.objects.filter(state=HumanTask.State.OPEN).exclude(assignee=None).values("assignee")
    return sum(tasks_free(holder=one, origin=origin) for one in User.objects.filter(pk__in=holders).order_by("pk"))


def _undone(refused: Refused) -> Refused:
    transaction.set_rollback(True)
    return refused
