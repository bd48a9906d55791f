"""Who can see this case, and through what?

Found in one statement from the tables by which `permissions` decides, for people who ask of others: auditors, who read
every case, and administrators, who give the rights and need not see the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.db import connection

from casework.access.permissions import ACTIONS, LEVELS
from casework.models import Case, GroupClearance
from orchestration.ground.clock import utc_now

GLASS: Final = "a broken glass"
_WAYS: Final = """
with p(id, name) as (
    select p.id, p.codename from auth_permission p join django_content_type t on t.id = p.content_type_id
    where t.app_label = 'casework' and t.model = 'case' and p.codename = any(%(names)s)),
w(person, through, team, right_name) as (
    select o.user_id, 'this case', null::integer, p.name from casework_caseuserobjectpermission o
    join p on p.id = o.permission_id where o.content_object_id = %(case)s
    union all select o.user_id, 'all cases', null::integer, p.name from auth_user_user_permissions o
    join p on p.id = o.permission_id
    union all select m.user_id, 'this case', m.group_id, p.name from casework_casegroupobjectpermission o
    join p on p.id = o.permission_id join auth_user_groups m on m.group_id = o.group_id
    where o.content_object_id = %(case)s
    union all select m.user_id, 'all cases', m.group_id, p.name from auth_group_permissions o
    join p on p.id = o.permission_id join auth_user_groups m on m.group_id = o.group_id
    union all select r.person_id, 'a broken glass', null::integer, 'view_case' from casework_reveal r
    where r.case_id = %(case)s and r.path = '' and r.until > %(now)s
    union all select u.id, 'the whole product', null::integer, p.name from auth_user u cross join p
    where u.is_superuser)
select w.person, w.through, coalesce(g.name, ''), w.right_name
from w join auth_user u on u.id = w.person and u.is_active left join auth_group g on g.id = w.team"""


@dataclass(frozen=True, slots=True)
class Way:
    """By which right somebody does something to a case. `group`: empty where it is given to them by name."""

    through: str
    group: str
    rights: tuple[str, ...]

    @property
    def words(self) -> str:
        if self.through == GLASS:
            return f"by {GLASS}, for an hour"
        return f"in {self.group}, on {self.through}" if self.group else f"by name, on {self.through}"


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who may do something to a case. `rights`: all of them, in the order of `ACTIONS`."""

    id: int
    username: str
    called: str
    clearance: str
    rights: tuple[str, ...]
    ways: tuple[Way, ...]


def seers(case: Case) -> list[Seer]:
    """Who may view this case, by sign-in name; three statements."""
    found: dict[int, dict[tuple[str, str], set[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, {"case": case.pk, "names": [f"{action}_case" for action in ACTIONS], "now": utc_now()})
        for person, through, group, right in cursor.fetchall():
            ways = found.setdefault(person, {})
            ways.setdefault((through, group), set()).add(right.removesuffix("_case"))
    levels = _clearances(found)
    rows = User.objects.filter(pk__in=found).order_by("username")
    every = (_seer(user, found[user.pk], levels.get(user.pk, ())) for user in rows)
    return [one for one in every if "view" in one.rights]


def _clearances(people: Iterable[int]) -> dict[int, list[str]]:
    levels: dict[int, list[str]] = {}
    rows = GroupClearance.objects.filter(group__user__in=list(people)).values_list("group__user", "level")
    for person, level in rows:
        levels.setdefault(person, []).append(level)
    return levels


def _seer(user: User, ways: dict[tuple[str, str], set[str]], levels: Iterable[str]) -> Seer:
    rights = set().union(*ways.values())
    return Seer(
        user.pk, user.get_username(), user.get_full_name() or user.get_username(),
        max(levels, key=LEVELS.index, default=LEVELS[0]), _ordered(rights),
        tuple(Way(through, group, _ordered(given)) for (through, group), given in sorted(ways.items())),
    )  # fmt: skip


def _ordered(rights: set[str]) -> tuple[str, ...]:
    return tuple(action for action in ACTIONS if action in rights)
