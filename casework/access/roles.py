"""Which groups does a case type need, and what do they see?

Deploying a case type makes the groups that its manifest names, with their clearance. Two groups belong to no case type:
administrators (who publish) and auditors (who read and verify everything).
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from casework.models import GroupClearance
from orchestration.casetypes.case_type import CaseType

STANDING = {
    "Administrators": ("internal", ["orchestration.publish_definition"]),
    "Auditors": ("internal", ["casework.view_case", "casework.audit_case", "audit.verify_auditevent"]),
}


def ensure_roles(case_type: CaseType) -> None:
    """Make the groups of this case type, and the standing ones. What an admin has changed since stays."""
    for name, (level, rights) in STANDING.items():
        group = _group(name, level)
        group.permissions.add(*(_permission(right) for right in rights))
    for role in case_type.roles:
        _group(role.group, role.clearance)


def _group(name: str, level: str) -> Group:
    group, _ = Group.objects.get_or_create(name=name)
    GroupClearance.objects.get_or_create(group=group, defaults={"level": level})
    return group


def _permission(dotted: str) -> Permission:
    app, codename = dotted.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
