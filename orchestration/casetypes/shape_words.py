"""How is it said in words what the shape of a file has against it?"""

from __future__ import annotations

from typing import Any, Final

from jsonschema.exceptions import SchemaError, ValidationError

from orchestration.ground.counts import counted

Json = Any
_KINDS: Final = {
    "object": "names with values", "array": "a list", "string": "a text", "boolean": "true or false",
}  # fmt: skip


def in_words(error: ValidationError | SchemaError) -> str:
    """A sentence that quotes no more of the file than is needed to find the place."""
    limit: Json = error.validator_value
    value: Json = error.instance
    shape: Json = error.schema
    match error.validator:
        case "required":
            return f"{', '.join(name for name in limit if name not in value)} is missing."
        case "additionalProperties" if limit is False:
            known = shape.get("properties", {})
            unknown = ", ".join(shown(name) for name in value if name not in known)
            return f"{unknown} is not known here; {', '.join(known)} are."
        case "type":
            return f"{shown(value)} should be {_KINDS.get(limit, limit) if isinstance(limit, str) else limit}."
        case "enum":
            return f"{shown(value)} is none of {', '.join(map(str, limit))}."
        case "minLength":
            return "this is empty."
        case "maxLength":
            return f"this has {counted(len(value), 'character')}; at most {counted(limit, 'is', 'are')} possible."
        case "pattern":
            return f"{shown(value)} does not have the form {limit}."
        case _:
            return f"{shown(value)} does not fit the rule {error.validator!r}."


def shown(value: Json) -> str:
    """A value as a sentence can quote it: short, and never unfolded."""
    if isinstance(value, dict | list):
        return "this mapping" if isinstance(value, dict) else "this list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "...'"
