"""Who may look at business units and what belongs to them, and who may change it?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from casework.access import permissions
from casework.access.units import administered


def looks_at_units(by: User) -> User:
    """For who administers any, and auditors; who asks is given back. Raises PermissionDenied."""
    if not (administered(by) or permissions.may_audit(by)):
        raise PermissionDenied("Business units are shown to those who administer them, and to auditors.")
    return by


def changes_units(by: User) -> User:
    """For who administers any; who asks is given back. Raises PermissionDenied."""
    if not administered(by):
        raise PermissionDenied("Only administrators change business units.")
    return by
