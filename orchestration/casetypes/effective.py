"""From when on does a value hold, beside since when it is known here?

`x-effective` of a property in the schema names the place of the date that says so: of itself and of what lies below it,
where that says nothing else. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from orchestration.privacy.classification import escaped

Json = Any
KEYWORD: Final = "x-effective"
DATES: Final = ("date", "date-time")


@dataclass(frozen=True, slots=True)
class Days:
    """Days from which something holds, both with; None: without an end. A moment counts on its day in UTC."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    def have(self, value: Json) -> bool:
        """Whether a date or a moment, as data say it, is within."""
        day = _day(value)
        return day is not None and (self.since or day) <= day <= (self.until or day)


ANY_DAY: Final = Days()


def _day(value: Json) -> date | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def day_in(text: str) -> date | None:
    """The day that a form or an address says; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def effective_at(schema: Mapping[str, Json]) -> Callable[[str], str]:
    """For each JSON Pointer the dotted place of the date from which what stands there holds; "" where nothing says."""
    declared = {pointer: place for pointer, place in _declared(schema, "") if isinstance(place, str)}

    def found(pointer: str) -> str:
        while pointer and pointer not in declared:
            pointer = pointer.rpartition("/")[0]
        return declared.get(pointer, "")

    return found


def effective_places(schema: Mapping[str, Json]) -> frozenset[str]:
    """The dotted places of all dates from which something holds."""
    return frozenset(place for _, place in _declared(schema, "") if isinstance(place, str))


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
            yield from _declared(below, f"{pointer}/{escaped(name)}")


def _at(schema: Mapping[str, Json], place: str) -> Mapping[str, Json]:
    for name in place.split("."):
        below = schema.get("properties", {}).get(name)
        if not isinstance(below, Mapping):
            return {}
        schema = below
    return schema
