"""From when on does a value hold, beside since when it is known here?

`x-effective` of a property in the schema names the place of the date that says so: of itself and of what lies below it,
where that says nothing else. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Json = Any
KEYWORD: Final = "x-effective"
DATES: Final = ("date", "date-time")


def effective_at(schema: Mapping[str, Json]) -> Callable[[str], str]:
    """For each JSON Pointer the dotted place of the date from which what stands there holds; "" where nothing says."""
    declared = {pointer: place for pointer, place in _declared(schema, "") if isinstance(place, str)}

    def found(pointer: str) -> str:
        while pointer and pointer not in declared:
            pointer = pointer.rpartition("/")[0]
        return declared.get(pointer, "")

    return found


def effective_faults(schema: Json) -> Iterator[str]:
    """What is wrong with those that a schema declares, in sentences."""
    for pointer, place in _declared(schema or {}, ""):
        there = _at(schema, place) if isinstance(place, str) else {}
        if there.get("format") not in DATES:
            yield f"The schema's {KEYWORD} at {pointer}: {place!r} is no place of a date."


def _declared(schema: Mapping[str, Json], pointer: str) -> Iterator[tuple[str, Json]]:
    if KEYWORD in schema:
        yield pointer, schema[KEYWORD]
    properties = schema.get("properties", {})
    for name, below in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(below, Mapping):
            yield from _declared(below, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")


def _at(schema: Mapping[str, Json], place: str) -> Mapping[str, Json]:
    for name in place.split("."):
        below = schema.get("properties", {}).get(name)
        if not isinstance(below, Mapping):
            return {}
        schema = below
    return schema
