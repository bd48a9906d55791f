"""How is a list of the data laid out, whose items have parts of their own?

As a table: a column for each part that any item has something in, by the titles and in the order of the schema; what
the schema does not name comes after, by its name. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.values import said_by, schema_at

Json = Any
NOTHING: Final[tuple[Json, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows`: (column, value in words) for each column; None: the item has nothing there."""

    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, Json], ...], ...]


def sheet_of(schema: Mapping[str, Json], pointer: str, value: Json) -> Sheet | None:
    """The list at this JSON Pointer as a table; None where it is none, or its items have no parts."""
    if not isinstance(value, list) or not value or not all(isinstance(item, Mapping) for item in value):
        return None
    of_items = schema_at(schema, pointer).get("items")
    parts = of_items.get("properties", {}) if isinstance(of_items, Mapping) else {}
    names = dict.fromkeys((*parts, *(name for item in value for name in item)))
    told = {
        name: parts.get(name, {}).get("title", "") or name.replace("_", " ").capitalize()
        for name in names if any(item.get(name) not in NOTHING for item in value)
    }  # fmt: skip
    rows = (tuple((told[name], _cell(parts.get(name, {}), item.get(name))) for name in told) for item in value)
    return Sheet(tuple(told.values()), tuple(rows))


def _cell(schema: Mapping[str, Json], value: Json) -> Json:
    """A list inside that has parts itself is counted."""
    inner = isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
    return f"{len(value)} of them" if inner else said_by(schema, value)
