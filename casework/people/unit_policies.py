"""How does who administers a unit make its rules stricter, and what is said to who would loosen one?

A rule is held against what holds above: the central rule, and those of the units above. What is looser is refused by
name of that rule, and the attempt stands on the control chain. To take back a strictness is for who administers the
unit above.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.services import Origin
from casework.access import units
from casework.access.tightening import KINDS, is_looser, read_value
from casework.access.unit_models import BusinessUnit, UnitPolicy
from casework.access.units import administers
from casework.erasure.rules import all_rules
from casework.models import GroupClearance
from casework.people.central_chains import central_chain, no_amount
from casework.people.central_words import central_words, no_room
from casework.people.services import reason_errors
from casework.people.sight import Changed
from casework.people.unit_services import NOT_YOURS, begun, unit_held
from casework.studio.rule_versions import newest_types
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused


@transaction.atomic
def policy_set(*, by: User, unit: BusinessUnit, kind: str, subject: str, value: str, reason: str) -> Changed | Refused:
    """Have a unit, and all below it, be stricter; `value` empty: no more by this."""
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    if kind not in KINDS:
        return _invalid({"kind": "There is no such kind of rule."})
    errors, subject = reason_errors(reason), subject.strip()
    known = {} if "\0" in subject else central(kind, subject)
    row = None if "\0" in subject else UnitPolicy.objects.filter(unit=held, kind=kind, subject=subject).first()
    if not known and (row is None or value.strip()):  # what no longer is anything can still be taken back
        errors["subject"] = f"There is no such {KINDS[kind].subject}, or no central rule for it."
    wanted = None
    try:
        wanted = read_value(kind, value) if value.strip() else None
    except ValueError as wrong:
        errors["value"] = str(wrong)
    if wanted is not None and (unfit := _unfit(kind, subject, wanted)):
        errors["value"] = unfit
    if errors:
        return _invalid(errors)
    if not administers(by, held):
        return NOT_YOURS
    if (row.value if row else None) == wanted:
        return Changed(False)
    return _kept(by, held, kind, subject, wanted, row, known, begun(by, reason))


def _kept(
    by: User, unit: BusinessUnit, kind: str, subject: str, wanted: Any, row: UnitPolicy | None,
    known: dict[str, Any], origin: Origin,
) -> Changed | Refused:  # fmt: skip
    rule = {"unit": unit, "kind": kind, "subject": subject, "value": wanted}
    above = dict(known) if wanted is not None else {}
    if unit.parent is not None and wanted is not None and subject in unit.parent.policy.get(kind, {}):
        above[f"the rule of the unit {unit.parent.name} or one above it"] = unit.parent.policy[kind][subject]
    for name, value in above.items():
        if is_looser(kind, wanted, value):
            why = f"By {name} it is {value}: a unit may be stricter than that, and never looser."
            units.policy_refused(**rule, why=why, origin=origin)
            return Refused("looser", why)
    if kind == "keeping" and wanted is not None and wanted < (floor := all_rules()[subject].floor):
        kept = f"By {all_rules()[subject].law} cases are kept for {counted(floor, 'day')} at least"
        why = f"{kept}: nobody erases one before."
        units.policy_refused(**rule, why=why, origin=origin)
        return Refused("looser", why)
    if row is not None and (wanted is None or is_looser(kind, wanted, row.value)) and not administers(by, unit.parent):
        why = f"The unit says {row.value} now. Only who administers what is above it takes a strictness back."
        units.policy_refused(**rule, why=why, origin=origin)
        return Refused("looser", why)
    units.policy_keep(**rule, origin=origin)
    return Changed(True)


def central(kind: str, subject: str) -> dict[str, Any]:
    """The central rules for a subject, value by what they are called; none: there is no such subject."""
    match kind:
        case "masking":
            group = Group.objects.filter(name=subject).first()
            level = GroupClearance.objects.filter(group=group).values_list("level", flat=True).first()
            return {} if group is None else {f"the clearance of the group {subject}": level or "public"}
        case "keeping":
            rule = all_rules().get(subject)
            return {} if rule is None else {f"the central rule ({rule.law})": rule.keep}
        case "approval":
            return central_chain(subject)
        case "justification":
            return central_words(subject)
    found = [least_sure(one, subject) for _, one in newest_types() if _names(one, subject)]
    return {"the guardrail “confidence” of the capability": max(found)} if found else {}


def _unfit(kind: str, subject: str, value: Any) -> str:
    """Why this value cannot hold for this subject; "": it can."""
    match kind:
        case "justification":
            return no_room(subject, value)
        case "approval":
            return no_amount(subject, value)
    return ""


def _names(case_type: Any, capability: str) -> bool:
    return bool(case_type.capability(capability).declared)


def least_sure(case_type: Any, capability: str) -> float:
    """How sure an answer has to be by the guardrail `confidence` of a case type's capability; 0: it does not say."""
    asked = (guard.parameters for guard in case_type.capability(capability).after if guard.name == "confidence")
    values = (one.get("below", 0) if isinstance(one, dict) else one or 0 for one in asked)
    return max(values, default=0)


def policy_rows(unit: BusinessUnit) -> list[tuple[str, str, Any, bool]]:
    """What holds in a unit: name of the kind, subject, value, and whether the unit says so itself."""
    own = set(unit.policies.values_list("kind", "subject"))
    return [
        (KINDS[kind].name, subject, value, (kind, subject) in own)
        for kind, rules in sorted(unit.policy.items()) for subject, value in sorted(rules.items())
    ]  # fmt: skip


def _invalid(errors: dict[str, str]) -> Refused:
    return Refused("invalid", "Please correct what is marked.", errors)
