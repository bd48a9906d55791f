"""What does the file of a list of names say, and is it sound?

YAML, or JSON where the list is long: who keeps it, from which score a name counts as found, and the entries, each with
its other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, read_file, shape_faults
from orchestration.diligence.names import Entry

Json = Any

TEXT: Final = {"type": "string", "maxLength": 350}
SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["capability", "source", "entries"],
    "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "title": TEXT,
        "source": {"type": "string", "minLength": 1, "maxLength": 200},
        "least": {"type": "number", "minimum": 60, "maximum": 100},
        "entries": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100_000,
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "additionalProperties": False,
                "properties": {
                    "id": TEXT, "name": TEXT | {"minLength": 1}, "kind": TEXT, "programme": TEXT,
                    "also": {"type": "array", "maxItems": 200, "items": TEXT},
                },
            },
        },
    },
}  # fmt: skip
_VALIDATOR: Final = Draft202012Validator(SHAPE)


def read_list(content: bytes) -> dict[str, Json]:
    """What stands in it. Raises FileRefused."""
    if not content.lstrip().startswith(b"{"):
        return read_file(content)
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise FileRefused(["The file is no JSON."]) from None
    if not isinstance(found, dict):
        raise FileRefused(["The file has to be names with values."])
    return found


def list_fault(kind: str, content: bytes) -> str:
    """Why this file is no list of names, in a sentence; "" where it is sound."""
    try:
        return next(iter(shape_faults(_VALIDATOR, read_list(content))), "")
    except FileRefused as error:
        return str(error)


def entry_of(one: Mapping[str, Json]) -> Entry:
    return Entry(one["id"], one["name"], one.get("kind", ""), one.get("programme", ""), tuple(one.get("also", ())))
