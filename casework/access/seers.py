"""Who can see this case, and through what?

Found in one statement from the tables by which `permissions` decides, for people who ask of others: auditors, who read
every case, and administrators, who give the rights and need not see the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth.models import User
from django.db import connection

from casework.access.permissions import ACTIONS, LEVELS, masking_in
from casework.access.reach import EVERYWHERE
from casework.access.tightening import capped
from casework.access.unit_models import Reach as Held
from casework.models import Case
from orchestration.ground.clock import utc_now

GLASS: Final = "a broken glass"
_WAYS: Final = """
with p(id, name) as (
    select p.id, p.codename from auth_permission p join django_content_type t on t.id = p.content_type_id
    where t.app_label = 'casework' and t.model = 'case' and p.codename = any(%(names)s)),
here(unit) as (select unnest(0::bigint || units) from casework_case where id = %(case)s),
reach as (select x.* from casework_reach x join here on here.unit = x.unit_id),
sight as (select s.person_id, max(s.unit_id) as unit_id from casework_sight s join here on here.unit = s.unit_id
          group by s.person_id),
w(person, through, team, unit, right_name) as (
    select o.user_id, 'this case', null::integer, s.unit_id, p.name from casework_caseuserobjectpermission o
    join p on p.id = o.permission_id join sight s on s.person_id = o.user_id where o.content_object_id = %(case)s
    union all select o.user_id, 'all cases', null::integer, here.unit, p.name from auth_user_user_permissions o
    join p on p.id = o.permission_id left join casework_homeunit h on h.person_id = o.user_id
    join here on here.unit = coalesce(h.unit_id, 0)
    union all select x.person_id, 'this case', x.group_id, x.unit_id, p.name from casework_casegroupobjectpermission o
    join p on p.id = o.permission_id join reach x on x.group_id = o.group_id
    where o.content_object_id = %(case)s
    union all select x.person_id, 'all cases', x.group_id, x.unit_id, p.name from auth_group_permissions o
    join p on p.id = o.permission_id join reach x on x.group_id = o.group_id
    union all select r.person_id, 'a broken glass', null::integer, s.unit_id, 'view_case' from casework_reveal r
    join sight s on s.person_id = r.person_id
    where r.case_id = %(case)s and r.path = '' and r.until > %(now)s
    union all select u.id, 'the whole product', null::integer, 0, p.name from auth_user u cross join p
    where u.is_superuser)
select w.person, w.through, coalesce(g.name, ''), coalesce(b.name, ''), w.right_name
from w join auth_user u on u.id = w.person and u.is_active left join auth_group g on g.id = w.team
left join casework_businessunit b on b.id = w.unit"""


@dataclass(frozen=True, slots=True)
class Way:
    """By which right somebody does something to a case. `group`: empty where it is given to them by name. `unit`: in
    which it holds for them; empty: in the whole organisation."""

    through: str
    group: str
    unit: str
    rights: tuple[str, ...]

    @property
    def words(self) -> str:
        within = f", in {self.unit} and below" if self.unit else ""
        if self.through == GLASS:
            return f"by {GLASS}, for an hour{within}"
        return (f"in {self.group}, on {self.through}" if self.group else f"by name, on {self.through}") + within


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who may do something to a case. `rights`: all of them, in the order of `ACTIONS`; `purposes`: what they
    look for in it."""

    id: int
    username: str
    called: str
    clearance: str
    purposes: tuple[str, ...]
    rights: tuple[str, ...]
    ways: tuple[Way, ...]


def seers(case: Case) -> list[Seer]:
    """Who may view this case, by sign-in name; three statements."""
    found: dict[int, dict[tuple[str, str, str], set[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, {"case": case.pk, "names": [f"{action}_case" for action in ACTIONS], "now": utc_now()})
        for person, through, group, unit, right in cursor.fetchall():
            ways = found.setdefault(person, {})
            ways.setdefault((through, group, unit), set()).add(right.removesuffix("_case"))
    sight = _sight(found, case)
    rows = User.objects.filter(pk__in=found).order_by("username")
    every = (_seer(user, found[user.pk], sight.get(user.pk, _Sight())) for user in rows)
    return [one for one in every if "view" in one.rights]


@dataclass(slots=True)
class _Sight:
    """What somebody's groups let them read: up to the highest of `levels`, for any of `purposes`."""

    levels: set[str] = field(default_factory=set)
    purposes: set[str] = field(default_factory=set)


def _sight(people: Iterable[int], case: Case) -> dict[int, _Sight]:
    """By the groups that hold in the unit of the case."""
    found: dict[int, _Sight] = {}
    held = Held.objects.filter(person__in=list(people), unit__in=[EVERYWHERE, *case.units])
    masking = masking_in(case)
    looks_for = ("group__purposes__purpose", "group__purposes__held")
    for person, group, level, purpose, is_held in held.values_list(
        "person", "group__name", "group__clearance__level", *looks_for
    ):
        theirs = found.setdefault(person, _Sight())
        seen = capped(level, [masking[group]] if group in masking else [])
        theirs.levels |= set() if seen is None else {seen}  # a group without a clearance still looks for something
        theirs.purposes |= {purpose} if is_held else set()
    return found


def _seer(user: User, ways: dict[tuple[str, str, str], set[str]], sight: _Sight) -> Seer:
    rights = set().union(*ways.values())
    return Seer(
        user.pk, user.get_username(), user.get_full_name() or user.get_username(),
        max(sight.levels, key=LEVELS.index, default=LEVELS[0]), tuple(sorted(sight.purposes)), _ordered(rights),
        tuple(Way(*way, _ordered(given)) for way, given in sorted(ways.items())),
    )  # fmt: skip


def _ordered(rights: set[str]) -> tuple[str, ...]:
    return tuple(action for action in ACTIONS if action in rights)
