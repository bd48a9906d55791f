"""From how many senders on do payments into one account stand out, and how long may a circle be?"""

from __future__ import annotations

from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import first_fault, read_file
from orchestration.diligence.flows import Limits

Json = Any

SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["capability"],
    "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "title": {"type": "string", "maxLength": 200},
        "senders": {"type": "integer", "minimum": 2, "maximum": 1000},
        "days": {"type": "integer", "minimum": 1, "maximum": 366},
        "hops": {"type": "integer", "minimum": 3, "maximum": 12},
        "gap": {"type": "integer", "minimum": 0, "maximum": 366},
        "passed": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
_VALIDATOR: Final = Draft202012Validator(SHAPE)


def flows_fault(kind: str, content: bytes) -> str:
    """Why this file sets no such limits, in a sentence; "" where it is sound."""
    return first_fault(content, _VALIDATOR)


def limits_of(content: bytes) -> tuple[str, Limits]:
    """The capability and the limits of a sound file."""
    given = read_file(content)
    return given["capability"], Limits(**{name: given[name] for name in Limits.__slots__ if name in given})
