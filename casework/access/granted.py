"""Which groups and people have rights on a case, for those who work it to see?"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db.models import Count, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from casework.access.permissions import ACTIONS, LEVELS, masking_in
from casework.access.reach import EVERYWHERE
from casework.access.tightening import capped
from casework.access.unit_models import Reach as Held
from casework.models import Case, CaseGroupObjectPermission, CaseUserObjectPermission, GroupClearance


@dataclass(frozen=True, slots=True)
class Grant:
    """A group or a person with rights; `through`: on this case, or on all. `members`: active people of a group for whom
    it holds in the unit of the case."""

    name: str
    is_group: bool
    members: int
    through: str
    rights: tuple[str, ...]


_CALLED = Coalesce(NullIf(Trim(Concat("user__first_name", Value(" "), "user__last_name")), Value("")), "user__username")
"""How a person with a right is called."""


def grants(case: Case) -> tuple[Grant, ...]:
    """Who has rights on a case; administrators of the database aside. Two statements."""
    here, everywhere = Value("this case"), Value("all cases")
    of_groups = CaseGroupObjectPermission.objects.filter(content_object=case)
    of_people = CaseUserObjectPermission.objects.filter(content_object=case, user__is_active=True)
    on_all = Permission.objects.filter(codename__in=[f"{action}_case" for action in ACTIONS], group__isnull=False)
    rows = of_groups.values_list("group__name", Value(True), here, "permission__codename").union(
        on_all.values_list("group__name", Value(True), everywhere, "codename"),
        of_people.values_list(_CALLED, Value(False), here, "permission__codename"),
    )
    found: dict[tuple[str, bool, str], set[str]] = {}
    for name, is_group, through, code in rows:
        found.setdefault((name, is_group, through), set()).add(code.removesuffix("_case"))
    groups = {name for name, is_group, _ in found if is_group}
    held = Held.objects.filter(unit__in=[EVERYWHERE, *case.units], person__is_active=True, group__name__in=groups)
    counted = held.order_by().values_list("group__name").annotate(members=Count("person", distinct=True))
    members = dict(counted)
    return tuple(
        Grant(name, is_group, members.get(name, 0), through, tuple(one for one in ACTIONS if one in rights))
        for (name, is_group, through), rights in sorted(found.items()) if "view" in rights
    )  # fmt: skip


def least_clearance(case: Case) -> str:
    """The lowest clearance among the groups that see this case."""
    may_view = {"content_object": case, "permission__codename": "view_case"}
    rows = CaseGroupObjectPermission.objects.filter(**may_view).values_list("group__name", "group__clearance__level")
    lowest, caps = GroupClearance.Level.PUBLIC.value, masking_in(case)
    found = (capped(level or lowest, [caps[name]] if name in caps else []) for name, level in rows)
    return min((level or lowest for level in found), key=LEVELS.index, default=lowest)
