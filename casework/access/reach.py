"""In which business units do somebody's rights hold?

Two views of the database say it once for all: `casework_reach` (where a group of theirs holds for a person: for the
units for which they were given the role, else where they belong, and only where the group belongs) and `casework_sight`
(where anything of theirs does). 0 stands for the whole organisation. `permissions` decides by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User
from django.db.models import BooleanField, F, Func, OuterRef, Q

from audit.db.sql import asked
from casework.access.tightening import capped
from casework.models import Case
from orchestration.ground.clock import utc_now

EVERYWHERE: Final = 0
Units = frozenset[int]
"""Each stands for itself and all below it."""
NOWHERE: Final[Units] = frozenset()
WHOLE: Final[Units] = frozenset({EVERYWHERE})

_HELD: Final = """
with mine(id, name, level, purposes, unit) as (
    select g.id, g.name::text, c.level,
           array(select p.purpose::text from casework_grouppurpose p where p.group_id = g.id and p.held order by 1),
           x.unit_id
    from auth_user_groups m join auth_group g on g.id = m.group_id
    left join casework_groupclearance c on c.group_id = g.id
    left join casework_reach x on x.person_id = m.user_id and x.group_id = g.id
    where m.user_id = %(person)s
    union all select null, '', null, '{}', s.unit_id from casework_sight s where s.person_id = %(person)s)
select mine.*, array(select b.id from casework_businessunit b where mine.unit = any(b.path)),
       array(select b.policy->'masking'->>mine.name from casework_businessunit b
             where b.policy->'masking' ? mine.name and (mine.unit = 0 or mine.unit = any(b.path)))
from mine order by name"""
_EVERYWHERE: Final = """
select t.app_label || '.' || p.codename, w.unit
from (select o.permission_id, x.unit_id as unit from casework_reach x
      join auth_group_permissions o on o.group_id = x.group_id where x.person_id = %(person)s
      union select o.permission_id, coalesce(h.unit_id, 0) from auth_user_user_permissions o
      left join casework_homeunit h on h.person_id = o.user_id where o.user_id = %(person)s) w
join auth_permission p on p.id = w.permission_id join django_content_type t on t.id = p.content_type_id"""
_HERE: Final = """
with f as (select id, 0::bigint || units as units from casework_case where id = %(case)s)
select p.codename from f join casework_casegroupobjectpermission o on o.content_object_id = f.id
join casework_reach x on x.group_id = o.group_id and x.person_id = %(person)s and x.unit_id = any(f.units)
join auth_permission p on p.id = o.permission_id
union
select w.codename from f join (
    select o.content_object_id as id, p.codename from casework_caseuserobjectpermission o
    join auth_permission p on p.id = o.permission_id
    where o.user_id = %(person)s and o.content_object_id = %(case)s
    union select r.case_id, 'view_case' from casework_reveal r
    where r.case_id = %(case)s and r.person_id = %(person)s and r.path = '' and r.until > %(now)s) w on w.id = f.id
where exists (select from casework_sight s where s.person_id = %(person)s and s.unit_id = any(f.units))"""
_GRANTED: Final = f"""
select false, h.codename::text, 0 from ({_HERE}) h
union all select true, e.* from ({_EVERYWHERE}) e"""  # noqa: S608 - of two texts that stand here
READERS: Final = """
select w.person, case when w.who < 0 then w.who - (w.unit << 32) else w.who + (w.unit << 32) end as reader from (
    select x.person_id, x.group_id::bigint, x.unit_id::bigint from casework_reach x
    where x.person_id = any(%(people)s)
    union all select s.person_id, -s.person_id::bigint, s.unit_id from casework_sight s
    where s.person_id = any(%(people)s)
    union all select u.id, 0, 0 from auth_user u where u.id = any(%(people)s) and u.is_superuser
    union all select o.person_id, 0, o.unit_id from (
        select x.person_id, x.unit_id, o.permission_id from casework_reach x
        join auth_group_permissions o on o.group_id = x.group_id where x.person_id = any(%(people)s)
        union select o.user_id, coalesce(h.unit_id, 0), o.permission_id from auth_user_user_permissions o
        left join casework_homeunit h on h.person_id = o.user_id where o.user_id = any(%(people)s)) o
    join auth_permission p on p.id = o.permission_id and p.codename = 'view_case'
    join django_content_type t on t.id = p.content_type_id and t.app_label = 'casework' and t.model = 'case'
) w(person, who, unit)"""
"""(person, reader): as what (`reader`) each of `people` reads lists of cases."""
_WHO_MAY_VIEW: Final = """
with may(id) as (
    select p.id from auth_permission p join django_content_type t on t.id = p.content_type_id
    where p.codename = 'view_case' and t.app_label = 'casework' and t.model = 'case')
select w.person, w.root
from unnest(%(people)s::bigint[], %(roots)s::bigint[]) as w(person, root)
join auth_user u on u.id = w.person and u.is_active
join casework_case f on f.instance_id = w.root
where u.is_superuser
   or exists (select from casework_reach x
              where x.person_id = u.id and (x.unit_id = 0 or x.unit_id = any(f.units)) and (
                  exists (select from auth_group_permissions o join may on may.id = o.permission_id
                          where o.group_id = x.group_id)
                  or exists (select from casework_casegroupobjectpermission o join may on may.id = o.permission_id
                             where o.group_id = x.group_id and o.content_object_id = f.id)))
   or exists (select from auth_user_user_permissions o join may on may.id = o.permission_id
              left join casework_homeunit h on h.person_id = u.id
              where o.user_id = u.id and (h.unit_id is null or h.unit_id = any(f.units)))
   or exists (select from casework_sight s where s.person_id = u.id and (s.unit_id = 0 or s.unit_id = any(f.units)))
      and (exists (select from casework_caseuserobjectpermission o join may on may.id = o.permission_id
                   where o.content_object_id = f.id and o.user_id = u.id)
           or exists (select from casework_reveal r
                      where r.case_id = f.id and r.person_id = u.id and r.path = '' and r.until > %(now)s))"""

_MAY: Final[LiteralString] = """
(cardinality(%(only)s::text[]) = 0 or f.case_type = any(%(only)s::text[]))
and (0 = any(%(ACTION_in)s::bigint[]) or f.units && %(ACTION_in)s::bigint[]
     or exists (select from casework_casegroupobjectpermission o
                join auth_permission p on p.id = o.permission_id and p.codename = 'ACTION_case'
                join casework_reach x on x.group_id = o.group_id and x.person_id = %(person)s
                where o.content_object_id = f.id and (x.unit_id = 0 or x.unit_id = any(f.units)))
     or exists (select from casework_caseuserobjectpermission o
                join auth_permission p on p.id = o.permission_id and p.codename = 'ACTION_case'
                where o.content_object_id = f.id and o.user_id = %(person)s)
        and exists (select from casework_sight s
                    where s.person_id = %(person)s and (s.unit_id = 0 or s.unit_id = any(f.units))))"""
MAY_VIEW: Final[LiteralString] = _MAY.replace("ACTION", "view")
MAY_WORK: Final[LiteralString] = _MAY.replace("ACTION", "work")
"""Of a statement of our own over `casework_case f`: that the person has this right on it, as `cases_with_right` says it
of a query of Django's. With the parameters `rights_in_lists`."""


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody is in a group; `units`: where what it gives holds for them; `below`: these and all below them;
    `caps`: what units there let the group see at most; `purposes`: what it looks for."""

    group: int
    name: str
    level: str | None
    units: Units
    below: Units
    caps: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def sees(self, masking: Mapping[str, str]) -> str | None:
        """How much the group sees where these caps hold, by group."""
        return capped(self.level, [masking[self.name]] if self.name in masking else [])

    @property
    def sees_anywhere(self) -> str | None:
        """How much it sees by whatever unit in which it holds."""
        return capped(self.level, self.caps)


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody holds, and where; `sight`: where anything does."""

    memberships: tuple[Membership, ...]
    sight: Units
    below: Units

    @property
    def groups(self) -> dict[int, str]:
        """Those that hold anywhere, name by id."""
        return {one.group: one.name for one in self.memberships if one.units}

    @property
    def is_whole(self) -> bool:
        """Whether all of what they hold holds everywhere."""
        return EVERYWHERE in self.sight and all(EVERYWHERE in one.units for one in self.memberships)

    @property
    def everywhere(self) -> list[int]:
        """The groups that hold everywhere."""
        return [one.group for one in self.memberships if EVERYWHERE in one.units]

    @property
    def in_units(self) -> list[tuple[int, int]]:
        """(group, unit) for each unit, or one below it, in which a group holds that does not hold everywhere."""
        partly = (one for one in self.memberships if EVERYWHERE not in one.units)
        return [(one.group, unit) for one in partly for unit in sorted(one.below)]

    def here(self, units: Collection[int]) -> Iterable[Membership]:
        """Those that hold for what stands in these units."""
        return (one for one in self.memberships if covers(one.units, units))

    def throughout(self) -> Iterable[Membership]:
        """Those that hold wherever anything of theirs does: what may be gone by in lists."""
        for one in self.memberships:
            if EVERYWHERE in one.units or (EVERYWHERE not in self.sight and self.below <= one.below):
                yield one


NOBODY: Final = Reach((), NOWHERE, NOWHERE)


class _IsAny(Func):
    """Whether the first stands in the second, an array."""

    template = "%(expressions)s)"
    arg_joiner = " = any("
    output_field = BooleanField()


def is_here(units: str) -> Q:
    """Of a query over `unit_models.Reach` or `Sight`: that what is held holds for what stands in the units at this path
    of the query around it."""
    return Q(unit=EVERYWHERE) | Q(_IsAny(F("unit"), OuterRef(units)))


def covers(held: Units, units: Collection[int]) -> bool:
    """Whether what is held in those units holds for what stands in these (its unit and those above)."""
    return EVERYWHERE in held or not held.isdisjoint(units)


def reach_of(user: User) -> Reach:
    """As it is now; one statement."""
    found: dict[tuple[int | None, str, str | None, tuple[str, ...]], tuple[set[int], set[int], set[str]]] = {}
    for group, name, level, purposes, unit, below, caps in _read(_HELD, {"person": user.pk}):
        units, all_below, all_caps = found.setdefault((group, name, level, tuple(purposes)), (set(), set(), set()))
        if unit is not None:
            units.add(unit)
            all_below.update(below)
            all_caps.update(caps)
    sight = found.pop((None, "", None, ()), (set[int](), set[int](), set[str]()))
    if user.is_superuser:
        sight = ({EVERYWHERE}, set(), set())
    held = (
        Membership(group or 0, name, level, frozenset(units), frozenset(below), tuple(sorted(caps)), purposes)
        for (group, name, level, purposes), (units, below, caps) in found.items()
    )
    return Reach(tuple(held), frozenset(sight[0]), frozenset(sight[1]))


def everywhere_of(user: User) -> Mapping[str, Units]:
    """In which units somebody has each right on all cases, versions or people, by "app.codename"; one statement."""
    return _by_right(_read(_EVERYWHERE, {"person": user.pk}))


def _by_right(held: Iterable[tuple[str, int]]) -> Mapping[str, Units]:
    found: dict[str, set[int]] = {}
    for right, unit in held:
        found.setdefault(right, set()).add(unit)
    return {right: frozenset(units) for right, units in found.items()}


def granted_here(user: User, case: Case) -> frozenset[str]:
    """What was granted on this case to the person, or to a group of theirs, or by a broken glass
    (`cases.breaking_glass`), and holds in its unit: one statement."""
    return frozenset(name for (name,) in _read(_HERE, {"person": user.pk, "case": case.pk, "now": utc_now()}))


def granted(user: User, case: Case) -> tuple[frozenset[str], Mapping[str, Units]]:
    """Both together, `granted_here` and `everywhere_of`, in one statement."""
    rows = _read(_GRANTED, {"person": user.pk, "case": case.pk, "now": utc_now()})
    here = frozenset(name for on_all, name, _ in rows if not on_all)
    return here, _by_right((right, unit) for on_all, right, unit in rows if on_all)


def who_may_view(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these (person, root instance) where the person may view the case, as `may` says; one statement."""
    people, roots = zip(*pairs, strict=True) if pairs else ((), ())
    return {(who, root) for who, root in _read(
        _WHO_MAY_VIEW, {"people": list(people), "roots": list(roots), "now": utc_now()}
    )}  # fmt: skip


def reader(who: int, unit: int) -> int:
    """As what a list is read (`ListedCase.reader`) by a group, a person (negative) or who may view all (0), in a unit
    and below."""
    return who - (unit << 32) if who < 0 else who + (unit << 32)


def readers_of(user: User, reach: Reach, view_all: Units) -> tuple[int, ...]:
    """As what somebody reads the list of cases."""
    if EVERYWHERE in view_all:
        return (0,)
    groups = ((one.group, unit) for one in reach.memberships for unit in sorted(_top(one.units)))
    named = ((-user.pk, unit) for unit in sorted(_top(reach.sight)))
    every = ((0, unit) for unit in sorted(view_all))
    return tuple(reader(who, unit) for pairs in (every, groups, named) for who, unit in pairs)


def _top(units: Units) -> Units:
    return WHOLE if EVERYWHERE in units else units


def _read(statement: LiteralString, values: Mapping[str, Any]) -> list[Any]:
    return asked(statement, values).fetchall()
