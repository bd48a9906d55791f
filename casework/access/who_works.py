"""Who may work a case, by name? For a task about it in a case of its own, which is offered to them."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Q

from casework.models import Case, CaseGroupObjectPermission, CaseUserObjectPermission


def who_may_work(case: Case) -> tuple[list[str], list[str]]:
    """Groups and people."""
    work = {"content_object": case, "permission__codename": "work_case"}
    here = Q(pk__in=CaseGroupObjectPermission.objects.filter(**work).values("group"))
    groups = Group.objects.filter(here | Q(permissions__codename="work_case")).distinct()
    people = CaseUserObjectPermission.objects.filter(**work).values_list("user__username", flat=True)
    return sorted(groups.values_list("name", flat=True)), sorted(people)
