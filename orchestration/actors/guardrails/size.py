"""Is it JSON, and small enough to be looked at and sent?

The guardrail `size`, on both sides; it always stands, with 64 kB where a capability says nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from orchestration.actors.guardrails.guardrail import (
    AFTER,
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    at_most,
    blocked,
    object_schema,
)

Json = Any
DEFAULT: Final = 64 * 1024
"""Bytes of JSON where nothing is said."""
MOST: Final = 64 * 1024 * 1024
DEEPEST: Final = 32
"""Levels of nesting."""
_UNITS: Final = {"": 1, "B": 1, "kB": 1024, "MB": 1024**2}
_TEXT: Final = re.compile(r"(\d{1,9})\s*(B|kB|MB)?")
_SIZE: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": MOST},
        {"type": "string", "pattern": r"^\d{1,9}\s*(B|kB|MB)?$"},
    ]
}


_CONTAINERS: Final = (dict, list)
_DEPTH: Final = {"type": "integer", "minimum": 1, "maximum": DEEPEST}


def normal(given: Json) -> Parameters:
    found = given if isinstance(given, dict) else {"most": DEFAULT if given is None else given}
    return {"most": _bytes(found["most"]), "deepest": found.get("deepest", DEEPEST)}


def _bytes(given: int | str) -> int:
    if isinstance(given, int):
        return given
    read = _TEXT.fullmatch(given)
    return min(int(read[1]) * _UNITS[read[2] or ""], MOST) if read else DEFAULT


def check(crossing: Crossing, parameters: Parameters) -> Said:
    what, value = crossing.what, crossing.value
    try:
        size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8"))
    except (TypeError, ValueError, RecursionError):
        return blocked(f"The {what} is not JSON.", rule="schema")
    if deeper_than(value, parameters["deepest"]):
        return blocked(f"The {what} is nested deeper than {parameters['deepest']} levels.")
    if size > parameters["most"]:
        return blocked(f"The {what} has {size} bytes; {parameters['most']} are allowed.")
    return PASSED


def deeper_than(value: Json, deepest: int) -> bool:
    """Whether lists and objects stand inside each other more than so many levels deep."""
    level = [value]
    for _ in range(deepest + 1):
        inner = [item for item in level if isinstance(item, _CONTAINERS)]
        level = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
    return bool(level)


def _of(stage: str, what: str) -> Guardrail:
    return Guardrail(
        "size",
        stage,
        f"The {what} is JSON, of at most {DEFAULT // 1024} kB where nothing else is said.",
        check,
        {"anyOf": [*_SIZE["anyOf"], object_schema("most", most=_SIZE, deepest=_DEPTH)]},
        normal,
        lambda parent, child: at_most(parent, child, "most", "deepest"),
        stands=True,
    )


GOING: Final = _of(BEFORE, "input")
COMING: Final = _of(AFTER, "output")
