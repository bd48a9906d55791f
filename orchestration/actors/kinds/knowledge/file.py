"""What do the files say of an actor that looks into the knowledge base, and of one that checks an answer against it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import file_faults
from orchestration.privacy.classification import LEVELS

Json = Any

CAPABILITY: Final = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"}
TITLE: Final = {"type": "string", "minLength": 1, "maxLength": 200}
SHARE: Final = {"type": "number", "minimum": 0, "maximum": 1}
PASSAGES: Final[dict[str, Json]] = {
    "type": "array",
    "maxItems": 20,
    "items": {
        "type": "object",
        "required": ["id", "title", "text"],
        "properties": {
            "id": {"type": "integer"},
            "title": {"type": "string"},
            "text": {"type": "string"},
            "near": {"type": "number"},
        },
    },
}
FINDS: Final[Mapping[str, Json]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "clearance"],
    "properties": {
        "capability": CAPABILITY,
        "title": TITLE,
        "clearance": {"enum": list(LEVELS)},
        "most": {"type": "integer", "minimum": 1, "maximum": 20},
        "least": SHARE,
    },
}
CHECKS: Final[Mapping[str, Json]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["capability"],
    "properties": {"capability": CAPABILITY, "title": TITLE, "least": SHARE},
}
FINDER: Final = Draft202012Validator(FINDS)
CHECKER: Final = Draft202012Validator(CHECKS)


def finder_faults(content: bytes) -> list[str]:
    """All that is wrong with the file of one that finds passages, a sentence each."""
    return file_faults(content, FINDER, lambda _: ())


def checker_faults(content: bytes) -> list[str]:
    """All that is wrong with the file of one that checks answers, a sentence each."""
    return file_faults(content, CHECKER, lambda _: ())
