"""Who may look at people and groups, and who may change them?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from casework.access import permissions
from casework.access.reach import EVERYWHERE
from casework.access.unit_models import BusinessUnit, Sight
from casework.access.units import administered


def looks(by: User) -> User:
    """For administrators and auditors; who asks is given back. Raises PermissionDenied."""
    if not (permissions.may_administer(by) or permissions.may_audit(by)):
        raise PermissionDenied("People are shown to administrators and auditors.")
    return by


def looks_at_people(by: User) -> User:
    """For administrators, also of a unit alone, and auditors; who asks is given back. Raises PermissionDenied."""
    return by if administered(by) else looks(by)


def changes_people(by: User) -> User:
    """For administrators, also of a unit alone; who asks is given back. Raises PermissionDenied."""
    return by if administered(by) else changes(by)


def shown_to(by: User) -> Q:
    """Of a query over people: whom somebody looks at."""
    return Q() if permissions.may_audit(by) else changed_by(by)


def changed_by(by: User) -> Q:
    """Of a query over people: whom somebody changes: those of their units who hold nothing beyond these, so that nobody
    comes to more than their own by another's password."""
    held = administered(by)
    if EVERYWHERE in held:
        return Q()
    below = BusinessUnit.objects.filter(path__overlap=sorted(held)).values("pk")
    beyond = Sight.objects.filter(person=OuterRef("pk")).exclude(unit__in=below)
    return Q(home_unit__unit__in=below, is_superuser=False) & ~Q(Exists(beyond))


def home_given_by(by: User) -> BusinessUnit | None:
    """Where somebody belongs whom this person makes known: in a unit of theirs; None: in the whole organisation."""
    held = administered(by)
    return None if EVERYWHERE in held else BusinessUnit.objects.filter(pk__in=held).order_by("path").first()


def changes(by: User) -> User:
    """For administrators; who asks is given back. Raises PermissionDenied."""
    if not permissions.may_administer(by):
        raise PermissionDenied("Only administrators change people and rights.")
    return by
