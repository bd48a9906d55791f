"""What does the file of an actor say that reads or compares the clauses of a contract?"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import first_fault
from orchestration.privacy.classification import LEVELS

Json = Any

SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["capability", "do"],
    "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "do": {"enum": ["read", "standard", "compare", "summarise"]},
        "standard": {"type": "string", "minLength": 1, "maxLength": 150},
        "clearance": {"enum": list(LEVELS)},
        "pages": {"type": "integer", "minimum": 1, "maximum": 200},
    },
    "if": {"properties": {"do": {"const": "standard"}}},
    "then": {"required": ["standard", "clearance"]},
}
_VALIDATOR: Final = Draft202012Validator(SHAPE)


def clauses_fault(kind: str, content: bytes) -> str:
    """Why this file is none of such an actor, in a sentence; "" where it is sound."""
    return first_fault(content, _VALIDATOR)
