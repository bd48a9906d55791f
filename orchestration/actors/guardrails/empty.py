"""Does the answer say anything?

The guardrail `empty`: each of these fields of the output (JSON Pointers; `fields` left out: every text) holds more than
blanks, and none is a filler such as "N/A" or a refusal to answer.
"""

from __future__ import annotations

import re
from typing import Any, Final

from orchestration.actors.guardrails.guardrail import (
    AFTER,
    PASSED,
    THEN,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    all_of,
    first_of,
    harder_or_same,
    object_schema,
)
from orchestration.actors.guardrails.places import below
from orchestration.actors.handoff import Outcome

Json = Any
_FILLER: Final = re.compile(
    r"\W*(?:n/?a|none|null|nil|todo|tbd|unknown|undefined|lorem ipsum.*|\.{2,}|x{3,}|-+|\?+|"
    r"(?:i'?m|i am) (?:sorry|unable)\b.*|(?:sorry,? )?(?:but )?i (?:can ?not|can'?t) \b.*|as an ai\b.*)\W*",
    re.IGNORECASE | re.DOTALL,
)


def normal(given: Json) -> Parameters:
    found = {"fields": given} if isinstance(given, list) else given or {}
    return {"fields": found.get("fields", []), "then": found.get("then", "repair")}


def loosened(parent: Parameters, child: Parameters) -> str:
    narrower = "fields names only some where all were meant" if not parent["fields"] and child["fields"] else ""
    wider = not child["fields"]
    return first_of(narrower, "" if wider else all_of(parent, child, "fields"), harder_or_same(parent, child))


def check(crossing: Crossing, parameters: Parameters) -> Said:
    found = dict(_fields(crossing.value, ""))
    wanted = parameters["fields"] or [place for place, value in found.items() if isinstance(value, str)]
    empty = [place for place in wanted if says_nothing(found.get(place))]
    if not empty:
        return PASSED
    places = crossing.places(*empty)
    told = ", ".join(crossing.shown(place) for place in places)
    return Said(Outcome(parameters["then"]), f"The output says nothing at {told}.", places)


def says_nothing(value: Json) -> bool:
    if isinstance(value, str):
        return not value.strip() or _FILLER.fullmatch(value.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")) is not None
    return value is None or value in ([], {})


def _fields(value: Json, place: str) -> list[tuple[str, Json]]:
    """Every value with its place, those around others too."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(place, value), *(found for key, item in items for found in _fields(item, below(place, key)))]


GUARDRAIL: Final = Guardrail(
    "empty",
    AFTER,
    "The output says something where it should.",
    check,
    {
        "anyOf": [
            {"type": "null"},
            {"type": "array", "items": {"type": "string", "pattern": "^/"}, "minItems": 1},
            object_schema(fields={"type": "array", "items": {"type": "string", "pattern": "^/"}}, then=THEN),
        ]
    },
    normal,
    loosened,
)
