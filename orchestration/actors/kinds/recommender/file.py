"""What does the file of a recommender say, and is it sound? JSON: nothing in it runs."""

from __future__ import annotations

from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, shape_faults
from orchestration.advice.learning import FORMAT, MOST_ITEMS, Learnt

Json = Any
TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
NEAR: Final[dict[str, Json]] = {
    "type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [TEXT, {"type": "number", "minimum": 0}],
}  # fmt: skip
ITEM: Final[dict[str, Json]] = {
    "type": "object", "required": ["name", "buyers", "near"], "additionalProperties": False,
    "properties": {
        "name": TEXT, "buyers": {"type": "integer", "minimum": 0},
        "near": {"type": "array", "maxItems": 100, "items": NEAR},
    },
}  # fmt: skip
SHAPE: Final[dict[str, Json]] = {
    "type": "object", "required": ["capability", "format", "customers", "items"], "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "format": {"const": FORMAT}, "customers": {"type": "integer", "minimum": 1},
        "items": {"type": "object", "minProperties": 1, "maxProperties": MOST_ITEMS, "additionalProperties": ITEM},
    },
}  # fmt: skip
_VALIDATOR: Final = Draft202012Validator(SHAPE)


def read(content: bytes) -> dict[str, Json]:
    """What stands in it. Raises FileRefused."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise FileRefused(["The file is no JSON."]) from None
    if not isinstance(found, dict):
        raise FileRefused(["The file has to be names with values."])
    if wrong := list(shape_faults(_VALIDATOR, found)):
        raise FileRefused(wrong)
    strange = {one for item in found["items"].values() for one, _ in item["near"]} - found["items"].keys()
    if strange:
        raise FileRefused([f"{min(strange)} is near an item, but is none."])
    return found


def recommender_fault(kind: str, content: bytes) -> str:
    """Why this is none of what was learnt from purchases, in a sentence; "" where it is."""
    try:
        read(content)
    except FileRefused as error:
        return error.faults[0]
    return ""


def learnt_of(found: dict[str, Json]) -> Learnt:
    items = found["items"]
    return Learnt(
        {one: item["name"] for one, item in items.items()}, {one: item["buyers"] for one, item in items.items()},
        {one: [(near, score) for near, score in item["near"]] for one, item in items.items()}, found["customers"],
    )  # fmt: skip
