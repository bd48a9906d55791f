"""Which groups and people have rights on a case, for those who work it to see?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from audit.db.sql import cursor
from casework.access.permissions import ACTIONS, LEVELS, masking_in
from casework.access.reach import EVERYWHERE
from casework.access.tightening import capped
from casework.models import Case, CaseGroupObjectPermission, GroupClearance


@dataclass(frozen=True, slots=True)
class Grant:
    """A group or a person with rights; `through`: on this case, or on all. `members`: active people of a group for whom
    it holds in the unit of the case."""

    name: str
    is_group: bool
    members: int
    through: str
    rights: tuple[str, ...]


_GRANTS: Final = """
with granted(group_id, name, is_group, through, codename) as (
    select g.id, g.name, true, 'this case', p.codename from casework_casegroupobjectpermission o
    join auth_group g on g.id = o.group_id join auth_permission p on p.id = o.permission_id
    where o.content_object_id = %(case)s
    union all select g.id, g.name, true, 'all cases', p.codename from auth_permission p
    join auth_group_permissions o on o.permission_id = p.id join auth_group g on g.id = o.group_id
    where p.codename = any(%(codenames)s)
    union all
    select null, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), false, 'this case',
           p.codename
    from casework_caseuserobjectpermission o join auth_user u on u.id = o.user_id and u.is_active
    join auth_permission p on p.id = o.permission_id where o.content_object_id = %(case)s),
members(group_id, size) as (
    select x.group_id, count(distinct x.person_id) from casework_reach x
    join auth_user u on u.id = x.person_id and u.is_active
    where x.group_id in (select w.group_id from granted w) and x.unit_id = any(%(units)s) group by x.group_id)
select w.name, w.is_group, coalesce(m.size, 0), w.through, array_agg(distinct w.codename::text)
from granted w left join members m on m.group_id = w.group_id
group by w.name, w.is_group, m.size, w.through order by w.name, w.is_group, w.through"""


def grants(case: Case) -> tuple[Grant, ...]:
    """Who has rights on a case; administrators of the database aside. One statement."""
    given = {
        "case": case.pk, "units": [EVERYWHERE, *case.units], "codenames": [f"{action}_case" for action in ACTIONS],
    }  # fmt: skip
    with cursor() as plain:
        rows = plain.execute(_GRANTS, given).fetchall()
    return tuple(
        Grant(name, is_group, members, through, tuple(one for one in ACTIONS if f"{one}_case" in codenames))
        for name, is_group, members, through, codenames in rows if "view_case" in codenames
    )  # fmt: skip


def least_clearance(case: Case) -> str:
    """The lowest clearance among the groups that see this case."""
    may_view = {"content_object": case, "permission__codename": "view_case"}
    rows = CaseGroupObjectPermission.objects.filter(**may_view).values_list("group__name", "group__clearance__level")
    lowest, caps = GroupClearance.Level.PUBLIC.value, masking_in(case)
    found = (capped(level or lowest, [caps[name]] if name in caps else []) for name, level in rows)
    return min((level or lowest for level in found), key=LEVELS.index, default=lowest)
