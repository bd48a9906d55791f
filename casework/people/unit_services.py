"""How does an administrator change business units, and who belongs to them, so that it holds at the next request?

Who administers a unit does so for it and all below it, and for nothing else. What takes sight holds at once; what gives
it waits for a second person as elsewhere (`second_person`). With a change go the tasks that somebody holds and may not
take any more, and what they gave or were given to act by.

Each takes the lock of the tree before any other, and looks at the rows after it: two at once do one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.services import Origin
from casework.access import units
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.access.unit_models import BusinessUnit, GroupUnit, HomeUnit, UnitRole
from casework.access.units import administers, is_below
from casework.knowledge.of_units import documents_of
from casework.models import Case
from casework.people.second_person import needs_second, proposal_make
from casework.people.services import reason_errors
from casework.people.sight import Changed, group_moved, holders_free, home_changed, role_changed
from orchestration.ground.refusals import Refused

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DEEPEST: Final = 8
NOT_YOURS: Final = Refused("not-yours", "Only who administers both units, or the whole organisation, does this.")
NO_UNIT: Final = "There is no such unit."
GONE: Final = Refused("gone", "This unit was taken away meanwhile.")


def unit_named(key: str) -> BusinessUnit | Refused | None:
    """The unit of a key; None: the whole organisation, which has the key ""."""
    if not key:
        return None
    found = None if "\0" in key else BusinessUnit.objects.filter(key=key).first()
    return found or _invalid({"unit": NO_UNIT})


@transaction.atomic
def unit_make(*, by: User, key: str, name: str, parent: str, reason: str) -> BusinessUnit | Refused:
    """A new unit below another, to which nobody belongs yet."""
    units.tree_hold()
    above = unit_named(parent)
    errors = reason_errors(reason) | _name_errors(name)
    if not KEY.fullmatch(key):
        errors["key"] = "A key has 1 to 40 small letters, digits and -, and begins with one of the first two."
    elif BusinessUnit.objects.filter(key=key).exists():
        errors["key"] = "There is a unit with this key."
    if isinstance(above, Refused):
        errors["parent"] = NO_UNIT
    elif above is not None and len(above.path) >= DEEPEST:
        errors["parent"] = f"Units stand at most {DEEPEST} deep."
    if errors or isinstance(above, Refused):
        return _invalid(errors)
    if not administers(by, above):
        return NOT_YOURS
    return units.unit_make(key=key, name=name.strip(), parent=above, origin=begun(by, reason))


@transaction.atomic
def unit_rename(*, by: User, unit: BusinessUnit, name: str, reason: str) -> Changed | Refused:
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    if errors := reason_errors(reason) | _name_errors(name, but=held):
        return _invalid(errors)
    if not administers(by, held):
        return NOT_YOURS
    changed = held.name != name.strip()
    if changed:
        units.unit_rename(unit=held, name=name.strip(), origin=begun(by, reason))
    return Changed(changed)


@transaction.atomic
def unit_move(*, by: User, unit: BusinessUnit, parent: str, reason: str) -> Changed | Refused:
    """Hang it under another: those above it from then on see its cases, those of before no more. Only who administers
    both what it leaves and what it comes to moves it."""
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    units.rows_hold()
    above = unit_named(parent)
    errors = reason_errors(reason)
    if isinstance(above, Refused):
        errors["parent"] = NO_UNIT
    elif above is not None and held.pk in above.path:
        errors["parent"] = "A unit does not stand below itself."
    elif above is not None and len(above.path) + _height(held) > DEEPEST:
        errors["parent"] = f"Units stand at most {DEEPEST} deep."
    if errors or isinstance(above, Refused):
        return _invalid(errors)
    if not (administers(by, held.parent) and administers(by, above)):
        return NOT_YOURS
    if held.parent == above:
        return Changed(False)
    origin = begun(by, reason)
    units.unit_move(unit=held, parent=above, origin=origin)
    return Changed(True, holders_free(origin))


@transaction.atomic
def unit_remove(*, by: User, unit: BusinessUnit, reason: str) -> Changed | Refused:
    """Take it away, where nothing belongs to it any more."""
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    if errors := reason_errors(reason):
        return _invalid(errors)
    if not administers(by, held.parent):
        return NOT_YOURS
    units.rows_hold()
    if what := what_belongs(held):
        return Refused("in-use", f"{what} of it stand in the way: move them first.")
    units.unit_remove(unit=held, origin=begun(by, reason))
    return Changed(True)


def what_belongs(unit: BusinessUnit) -> str:
    """What keeps a unit from being taken away, in words; "" where nothing does."""
    belongs = {
        "cases": Case.objects.filter(unit=unit), "parts": unit.parts.all(), "people": unit.homes.all(),
        "groups": unit.groups.all(), "roles": unit.roles.all(), "stricter rules": unit.policies.all(),
        "mail addresses": unit.addresses.all(),
    }  # fmt: skip
    found = [word for word, rows in belongs.items() if rows.exists()]
    found += ["documents of the knowledge base"] if documents_of(unit) else []
    return ", ".join(found).capitalize()


@transaction.atomic
def person_home(*, by: User, user: User, unit: str, reason: str) -> Changed | Refused:
    """Have a person belong to a unit. Narrower it holds at once; elsewhere or wider it waits for a second person, where
    the product is set so and always for oneself."""
    units.tree_hold()
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    wanted = unit_named(unit)
    if isinstance(wanted, Refused) or (errors := reason_errors(reason)):
        return wanted if isinstance(wanted, Refused) else _invalid(errors)
    now = home_of(held)
    if not (administers(by, now) and administers(by, wanted)):
        return NOT_YOURS
    if now == wanted:
        return Changed(False)
    origin = begun(by, reason)
    if not is_below(wanted, now) and needs_second(by, held):
        proposal_make(by=by, person=held, change={"home": unit}, reason=reason)
        return Changed(True, waiting=True)
    return home_changed(held, wanted, origin)


@transaction.atomic
def person_role(*, by: User, user: User, group: str, keys: Collection[str], reason: str) -> Changed | Refused:
    """For which units a person has a role of theirs; none: for where they belong."""
    units.tree_hold()
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = held.groups.filter(name=group).first() if "\0" not in group else None
    named = [unit_named(key) for key in sorted(set(keys))]
    errors = reason_errors(reason) | ({} if found else {"group": "They are not in this group."})
    wanted = [one for one in named if not isinstance(one, Refused)]
    if len(wanted) < len(named):
        errors["units"] = NO_UNIT
    if errors or found is None:
        return _invalid(errors)
    now = roles_of(held, found) or [home_of(held)]
    then = wanted or [home_of(held)]
    if not all(administers(by, one) for one in (*now, *then, home_of(held))):
        return NOT_YOURS
    origin = begun(by, reason)
    widens = any(not any(is_below(one, has) for has in now) for one in then)
    if widens and needs_second(by, held):
        proposal_make(by=by, person=held, change={"role": group, "units": sorted(set(keys))}, reason=reason)
        return Changed(True, waiting=True)
    return role_changed(held, found, wanted, origin)


@transaction.atomic
def group_unit(*, by: User, group: Group, unit: str, reason: str) -> Changed | Refused:
    """Have a group belong to a unit: what it gives holds there and below. Groups are of the whole organisation, and so
    is who changes this; wider than before it waits for a second person, as what it may does."""
    units.tree_hold()
    held = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    wanted = unit_named(unit)
    if isinstance(wanted, Refused) or (errors := reason_errors(reason)):
        return wanted if isinstance(wanted, Refused) else _invalid(errors)
    if not administers(by, None):
        return NOT_YOURS
    row = GroupUnit.objects.select_related("unit").filter(group=held).first()
    now = None if row is None else row.unit
    origin = begun(by, reason)
    if not is_below(wanted, now) and needs_second(by, held):
        proposal_make(by=by, group=held, change={"unit": unit}, reason=reason)
        return Changed(True, waiting=True)
    return group_moved(held, wanted, origin)


@transaction.atomic
def home_here(*, by: User, unit: BusinessUnit, user: User, out: bool, reason: str) -> Changed | Refused:
    """Have somebody belong to this unit; `out`: to the one above it."""
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    to = held.parent if out else held
    return person_home(by=by, user=user, unit=units.key_of(to), reason=reason)


@transaction.atomic
def role_here(*, by: User, unit: BusinessUnit, user: User, group: str, out: bool, reason: str) -> Changed | Refused:
    """Have a role of somebody's hold for this unit too; `out`: no more."""
    units.tree_hold()
    found = Group.objects.filter(name=group.replace("\0", "")).first()
    now = {units.key_of(one) for one in (roles_of(user, found) if found else ())}
    keys = now - {unit.key} if out else now | {unit.key}
    return person_role(by=by, user=user, group=group, keys=keys, reason=reason)


def group_here(*, by: User, unit: BusinessUnit, group: str, out: bool, reason: str) -> Changed | Refused:
    """Have a group belong to this unit; `out`: to the whole organisation."""
    found = Group.objects.filter(name=group.replace("\0", "")).first()
    if found is None:
        return _invalid({"group": "There is no such group."})
    return group_unit(by=by, group=found, unit="" if out else unit.key, reason=reason)


def home_of(user: User) -> BusinessUnit | None:
    row = HomeUnit.objects.select_related("unit").filter(person=user).first()
    return None if row is None else row.unit


def roles_of(user: User, group: Group) -> list[BusinessUnit | None]:
    """For which units they have this role, where that was said."""
    rows = UnitRole.objects.select_related("unit").filter(person=user, group=group).order_by("unit__key")
    return [row.unit for row in rows]


def unit_held(unit: BusinessUnit) -> BusinessUnit | Refused:
    """The unit as it is now, with the lock of the tree: nobody else changes units until this transaction ends."""
    units.tree_hold()
    return BusinessUnit.objects.select_related("parent").filter(pk=unit.pk).first() or GONE


def _height(unit: BusinessUnit) -> int:
    """How many units stand one below the other from this one on."""
    deepest = max(len(path) for (path,) in BusinessUnit.objects.filter(path__contains=[unit.pk]).values_list("path"))
    return deepest - len(unit.path) + 1


def _name_errors(name: str, but: BusinessUnit | None = None) -> dict[str, str]:
    name = name.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        return {"name": "A name has 1 to 100 letters that can be read."}
    same = BusinessUnit.objects.filter(name__iexact=name).exclude(pk=0 if but is None else but.pk)
    return {"name": "There is a unit of this name already."} if same.exists() else {}


def begun(by: User, reason: str) -> Origin:
    origin = Origin(origin_of(by).actor, cause=reason.strip())
    control_begin(origin)
    return origin


def _invalid(errors: dict[str, str]) -> Refused:
    return Refused("invalid", "Please correct what is marked.", errors)
