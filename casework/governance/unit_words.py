"""How is a change of business units said on the page of changes?"""

from __future__ import annotations

from typing import Any, Final

WHOLE: Final = "the whole organisation"


def unit_words(detail: dict[str, Any]) -> str:
    match detail:
        case {"policy": kind, "unit": unit, "subject": subject, "value": None}:
            return f"let the unit {unit} be no stricter any more: {kind} {subject}".rstrip()
        case {"policy": kind, "unit": unit, "subject": subject, "value": value}:
            return f"made the unit {unit} stricter: {kind} {subject} {_value(value)}"
        case {"address": address, "mail": unit}:
            return f"had mail to {address} come in in {_called(unit)}"
        case {"person": person, "role": group, "units": units}:
            where = ", ".join(map(_called, units)) or "where they belong"
            return f"had {person} as {group} for {where}"
        case {"person": person, "home": unit}:
            return f"had {person} belong to {_called(unit)}"
        case {"group": group, "belongs": unit}:
            return f"had the group {group} hold in {_called(unit)}"
        case {"unit": unit, "removed": True}:
            return f"took the unit {unit} away"
        case {"unit": unit, "made": True, "parent": parent, "name": name}:
            return f"made the unit {unit} ({name}), below {_called(parent)}"
        case {"unit": unit, "parent": parent}:
            return f"hung the unit {unit} below {_called(parent)}"
        case {"unit": unit, "name": name}:
            return f"called the unit {unit} {name}"
    return "changed a business unit"


def refused_words(detail: dict[str, Any]) -> str:
    """What somebody tried to loosen, and by which rule they were refused."""
    what = f"{detail['policy']} {detail['subject']}".strip()
    return f"was refused to set {what} of the unit {detail['unit']} to {_value(detail['value'])}: {detail['refused']}"


def _called(key: str) -> str:
    return f"the unit {key}" if key else WHOLE


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
