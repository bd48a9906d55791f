"""Are business units, and who and what belongs to them, as the control chain says?

Every change of them was told on it since there have been any. What follows from the rows (the path of a unit, what it
is stricter by with those above it) is held against them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from casework.access.tightening import met
from casework.access.unit_models import BusinessUnit, GroupUnit, HomeUnit, UnitAddress, UnitPolicy, UnitRole
from casework.access.units import CHANGED, key_of, own_rules
from orchestration.shell.verification.change import Change


@dataclass(slots=True)
class Told:
    """By key: name and key of the one above; where people and groups belong; for which units roles are; policies;
    where mail to an address comes in."""

    units: dict[str, tuple[str, str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    roles: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    policies: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


def units_now() -> Told:
    """As the rows say."""
    found = Told()
    for one in BusinessUnit.objects.select_related("parent"):
        found.units[one.key] = (one.name, key_of(one.parent))
    found.homes = dict(HomeUnit.objects.values_list("person__username", "unit__key"))
    found.groups = dict(GroupUnit.objects.values_list("group__name", "unit__key"))
    rows = UnitRole.objects.order_by("unit__key").values_list("person__username", "group__name", "unit__key")
    for person, group, unit in rows:
        found.roles[person, group] = tuple(sorted((*found.roles.get((person, group), ()), unit or "")))
    for unit, kind, subject, value in UnitPolicy.objects.values_list("unit__key", "kind", "subject", "value"):
        found.policies[unit, kind, subject] = value
    found.addresses = dict(UnitAddress.objects.values_list("address", "unit__key"))
    return found


def units_told(changes: list[Change]) -> Told:
    """As the control chain says."""
    found = Told()
    for change in changes:
        if change.action == CHANGED:
            _follow(found, change.detail)
        elif change.action == "role.changed" and "left" in change.detail:
            found.roles.pop((change.detail["person"], change.detail["left"]), None)
    return found


def _follow(told: Told, detail: dict[str, Any]) -> None:
    match detail:
        case {"policy": kind, "unit": unit, "subject": subject, "value": value}:
            _put(told.policies, (unit, kind, subject), value)
        case {"address": address, "mail": unit}:
            _put(told.addresses, address, unit or None)
        case {"person": person, "role": group, "units": units}:
            _put(told.roles, (person, group), tuple(sorted(units)) or None)
        case {"person": person, "home": unit}:
            _put(told.homes, person, unit or None)
        case {"group": group, "belongs": unit}:
            _put(told.groups, group, unit or None)
        case {"unit": unit, "removed": True}:
            told.units.pop(unit, None)
            told.policies = {key: value for key, value in told.policies.items() if key[0] != unit}
        case {"unit": unit}:
            name, parent = told.units.get(unit, ("", ""))
            told.units[unit] = (detail.get("name", name), detail.get("parent", parent))


def _put(where: dict[Any, Any], key: object, value: object) -> None:
    if value is None:
        where.pop(key, None)
    else:
        where[key] = value


def units_apart(changes: list[Change]) -> Iterator[str]:
    """What the rows say otherwise than the chain, in sentences."""
    told, now = units_told(changes), units_now()
    for what, was, is_now in (
        ("the unit {}", told.units, now.units),
        ("where {} belongs", told.homes, now.homes),
        ("where the group {} belongs", told.groups, now.groups),
        ("for which units {} is in a group", told.roles, now.roles),
        ("what the unit {} is stricter by", told.policies, now.policies),
        ("where mail to {} comes in", told.addresses, now.addresses),
    ):
        for key in sorted({*was, *is_now}, key=str):
            if was.get(key) != is_now.get(key):
                named = what.format(" as ".join(key) if isinstance(key, tuple) else key)
                yield f"{named} is not as the last change said"
    yield from _paths_apart()


def _paths_apart() -> Iterator[str]:
    rows = {unit.pk: unit for unit in BusinessUnit.objects.all()}
    for unit in rows.values():
        above = [] if unit.parent_id is None else rows[unit.parent_id].path
        if unit.path != [*above, unit.pk]:
            yield f"the unit {unit.key} stands in another place of the tree than the one above it says"
        if unit.policy != met({} if unit.parent_id is None else rows[unit.parent_id].policy, own_rules(unit)):
            yield f"what holds in the unit {unit.key} is not the strictest of its own rules and of those above it"
