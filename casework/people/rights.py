"""Who may look at people and groups, and who may change them?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from casework.access import permissions


def looks(by: User) -> User:
    """For administrators and auditors; who asks is given back. Raises PermissionDenied."""
    if not (permissions.may_administer(by) or permissions.may_audit(by)):
        raise PermissionDenied("People are shown to administrators and auditors.")
    return by


def changes(by: User) -> User:
    """For administrators; who asks is given back. Raises PermissionDenied."""
    if not permissions.may_administer(by):
        raise PermissionDenied("Only administrators change people and rights.")
    return by
