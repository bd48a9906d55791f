"""How are business units, and who and what belongs to them, changed so that it can be told later?

Each change stands on the control chain with who made it and why, in the transaction that makes it, as those of people
and groups do (`people`). What it means for what somebody holds is done by whoever asks for it (`people.unit_services`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db.models import Q

from audit.db.one_at_a_time import one_after_another
from audit.services import Fact, Origin, record_control
from casework.access.permissions import right_in
from casework.access.reach import EVERYWHERE, Units, covers
from casework.access.tightening import met
from casework.access.unit_models import BusinessUnit, GroupUnit, HomeUnit, Reach, UnitAddress, UnitPolicy, UnitRole
from orchestration.ground.clock import utc_now

CHANGED: Final = "unit.changed"
ALL: Final = "The whole organisation"
"""What the root of the tree is called, which is no row."""
_KEPT: Final = "select * from casework_businessunit"


def tree_hold() -> None:
    """Of two who change units, or what belongs to them, one after the other until their transactions end. Whoever calls
    it does so before they lock anything else, and decides by what they read after it."""
    one_after_another("casework.units")


def rows_hold() -> None:
    """Nobody has a case belong to any unit until this transaction ends; who did so just now is waited for."""
    list(BusinessUnit.objects.select_for_update().order_by("pk").values_list("pk"))


def unit_kept(key: str) -> BusinessUnit | None:
    """The unit of a key, which is neither moved nor taken away until this transaction ends; cases do not wait for one
    another."""
    return next(iter(BusinessUnit.objects.raw(f"{_KEPT} where key = %s for share", [key])), None) if key else None


def administered(user: User) -> Units:
    """The units whose people, groups and rules somebody changes, with all below them."""
    return right_in(user, "auth.change_user")


def administers(user: User, unit: BusinessUnit | None) -> bool:
    """Whether somebody changes what belongs to this unit; None: to the whole organisation."""
    return covers(administered(user), () if unit is None else unit.path)


def is_below(unit: BusinessUnit | None, above: BusinessUnit | None) -> bool:
    """Whether one is the other, or below it."""
    return above is None or (unit is not None and above.pk in unit.path)


def key_of(unit: BusinessUnit | None) -> str:
    """How the history names it; "": the whole organisation."""
    return "" if unit is None else unit.key


def name_of(unit: BusinessUnit | None) -> str:
    return ALL if unit is None else unit.name


def unit_make(*, key: str, name: str, parent: BusinessUnit | None, origin: Origin) -> BusinessUnit:
    """A new part of the organisation, in which there is nobody yet."""
    made = BusinessUnit.objects.create(
        key=key, name=name, parent=parent, policy={} if parent is None else parent.policy
    )
    made.path = [*(() if parent is None else parent.path), made.pk]
    made.save(update_fields=["path"])
    _keep(origin, {"unit": key, "made": True, "name": name, "parent": key_of(parent)})
    return made


def unit_rename(*, unit: BusinessUnit, name: str, origin: Origin) -> None:
    unit.name = name
    unit.save(update_fields=["name"])
    _keep(origin, {"unit": unit.key, "name": name})


def unit_move(*, unit: BusinessUnit, parent: BusinessUnit | None, origin: Origin) -> None:
    """Hang a unit, with all below it, under another that is not below it. Its cases go with it."""
    above, before = ([] if parent is None else parent.path), len(unit.path) - 1
    unit.parent = parent
    unit.save(update_fields=["parent"])
    for one in BusinessUnit.objects.filter(path__contains=[unit.pk]).order_by("pk"):
        one.path = [*above, *one.path[before:]]
        one.save(update_fields=["path"])
    policies_settle(unit)
    unit.refresh_from_db()
    _keep(origin, {"unit": unit.key, "parent": key_of(parent)})


def unit_remove(*, unit: BusinessUnit, origin: Origin) -> None:
    """Take away a unit to which nothing belongs any more (what still does, raises ProtectedError)."""
    key = unit.key
    unit.delete()
    _keep(origin, {"unit": key, "removed": True})


def home_set(*, person: User, unit: BusinessUnit | None, origin: Origin) -> bool:
    """Where a person belongs; whether that changed."""
    if HomeUnit.objects.filter(person=person).values_list("unit", flat=True).first() == (unit and unit.pk):
        return False
    if unit is None:
        HomeUnit.objects.filter(person=person).delete()
    else:
        HomeUnit.objects.update_or_create(person=person, defaults={"unit": unit})
    _keep(origin, {"person": person.get_username(), "home": key_of(unit)})
    return True


def group_belongs(*, group: Group, unit: BusinessUnit | None, origin: Origin) -> bool:
    """Where a group belongs; whether that changed."""
    if GroupUnit.objects.filter(group=group).values_list("unit", flat=True).first() == (unit and unit.pk):
        return False
    if unit is None:
        GroupUnit.objects.filter(group=group).delete()
    else:
        GroupUnit.objects.update_or_create(group=group, defaults={"unit": unit})
    _keep(origin, {"group": group.name, "belongs": key_of(unit)})
    return True


def roles_set(*, person: User, group: Group, units: Collection[BusinessUnit | None], origin: Origin) -> bool:
    """For which units a person has a role; none: for where they belong. Whether that changed."""
    rows = UnitRole.objects.filter(person=person, group=group)
    wanted = {None if unit is None else unit.pk for unit in units}
    if set(rows.values_list("unit", flat=True)) == wanted:
        return False
    rows.delete()
    UnitRole.objects.bulk_create(UnitRole(person=person, group=group, unit_id=one) for one in wanted)
    keys = sorted(key_of(unit) for unit in units)
    _keep(origin, {"person": person.get_username(), "role": group.name, "units": keys})
    return True


def address_keep(*, unit: BusinessUnit, address: str, out: bool, origin: Origin) -> None:
    """To which unit mail to an address comes; `out`: to none any more."""
    if out:
        UnitAddress.objects.filter(address=address).delete()
    else:
        UnitAddress.objects.create(address=address, unit=unit)
    _keep(origin, {"address": address, "mail": "" if out else unit.key})


def policy_keep(*, unit: BusinessUnit, kind: str, subject: str, value: Any, origin: Origin) -> None:
    """By what a unit is stricter; None: by this no more."""
    rows = UnitPolicy.objects.filter(unit=unit, kind=kind, subject=subject)
    if value is None:
        rows.delete()
    else:
        UnitPolicy.objects.update_or_create(unit=unit, kind=kind, subject=subject, defaults={"value": value})
    _keep(origin, {"unit": unit.key, "policy": kind, "subject": subject, "value": value})
    policies_settle(unit)


def policy_refused(*, unit: BusinessUnit, kind: str, subject: str, value: Any, why: str, origin: Origin) -> None:
    """Note that somebody tried to loosen what holds above."""
    told = {"unit": unit.key, "policy": kind, "subject": subject, "value": value, "refused": why}
    record_control([Fact("unit.refused", told)], origin, utc_now())


def policies_settle(unit: BusinessUnit) -> None:
    """Make anew what holds in a unit and below it: the strictest of its own rules and of those above."""
    for one in BusinessUnit.objects.filter(path__contains=[unit.pk]).order_by("path"):
        above = BusinessUnit.objects.get(pk=one.parent_id).policy if one.parent_id else {}
        one.policy = met(above, own_rules(one))
        one.save(update_fields=["policy"])


def own_rules(unit: BusinessUnit) -> dict[str, dict[str, Any]]:
    """What a unit says itself."""
    found: dict[str, dict[str, Any]] = {}
    for kind, subject, value in unit.policies.values_list("kind", "subject", "value"):
        found.setdefault(kind, {})[subject] = value
    return found


def unit_of_new(by: User, may_open: Collection[str]) -> BusinessUnit | None:
    """Where a case begins that somebody opens: where they belong, if their right to open it holds there; else where it
    does. It is kept, as by `unit_kept`."""
    held = Reach.objects.filter(person=by, group__name__in=list(may_open))
    rows = list(held.values_list("unit", "person__home_unit__unit"))
    units, home = {unit for unit, _ in rows}, next((home for _, home in rows), None) or EVERYWHERE
    chosen = home if not units or units & {home, EVERYWHERE} else min(units)
    return next(iter(BusinessUnit.objects.raw(f"{_KEPT} where id = %s for share", [chosen])), None) if chosen else None


def unit_tree() -> list[BusinessUnit]:
    """All of them, each after the one above it, by name."""
    rows = list(BusinessUnit.objects.order_by("name", "key"))
    names = {row.pk: (row.name, row.key) for row in rows}
    return sorted(rows, key=lambda row: [names[one] for one in row.path if one in names])


def parts_of(units: Units) -> Q:
    """Of a query over units: these, and those below them."""
    return Q() if EVERYWHERE in units else Q(path__overlap=sorted(units))


def _keep(origin: Origin, detail: Mapping[str, Any]) -> None:
    record_control([Fact(CHANGED, detail)], origin, utc_now())
