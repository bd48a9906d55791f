"""What is to be mended where an outline does not have its form? A short sentence that repeats nothing long."""

from __future__ import annotations

from typing import Any, Final

from jsonschema.exceptions import ValidationError

from orchestration.ground.counts import counted

Json = Any

KINDS: Final = {
    "object": "names with their values, one on a line",
    "array": "a list, each part after a hyphen",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
}
FORMS: Final = {
    "^[A-Z]{3}$": "write the three capital letters of a currency, as in EUR.",
    "^[a-z][a-z0-9_]{0,39}$": "write a name of small letters, digits and underscores, a letter first, at most 40.",
}
SHOWN: Final = 40


def form_fault(error: ValidationError) -> str:
    """What an error of the form says to whoever wrote the outline."""
    limit: Json = error.validator_value
    value: Json = error.instance
    match error.validator:
        case "type":
            return f"this has to be {KINDS.get(limit, limit)}."
        case "required":
            return f"“{next((name for name in limit if name not in value), '')}” is missing."
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            unknown = next((name for name in value if name not in known), "")
            return f"“{str(unknown)[:SHOWN]}” is not known here; possible are {', '.join(known)}."
        case "enum":
            return f"write one of: {', '.join(map(str, limit))}."
        case "minItems":
            return f"give at least {limit}."
        case "maxItems":
            return f"there are {len(value):,}; at most {counted(limit, 'is', 'are')} possible."
        case "minLength":
            return "write something here."
        case "maxLength":
            return f"this has {len(value):,} characters; at most {counted(limit, 'is', 'are')} possible."
        case "minimum" | "maximum":
            return f"write a number that is at {'least' if error.validator == 'minimum' else 'most'} {limit}."
        case "pattern":
            return FORMS.get(limit, "this does not have the form that belongs here.")
    return "this does not have the form that belongs here."
