"""Which rows of a table can a score learn from, and what is wrong with the others?

A CSV file with a header. An empty cell is a value that nobody knows; a text that is none of the choices, or no number,
spoils its row, which is named by its line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from orchestration.actors.kinds.score.schema import BadSchema, Input, Schema, Value

Row = dict[str, Value]
UNKNOWN = frozenset({"", "?", "NA", "NULL"})
"""What tables write where a value is not known."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows by input, and of each whether what the score foretells was so. `bad`: line and reason of those left out."""

    rows: list[Row]
    so: list[bool]
    bad: list[tuple[int, str]]


def read_table(path: Path, schema: Schema) -> Examples:
    """The examples in a CSV file. Raises BadSchema where columns are missing, OSError."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _columns(schema) if name not in (reader.fieldnames or ())]
        if missing:
            raise BadSchema([f"{path.name} has no column {name}." for name in missing])
        return examples(((reader.line_num, row) for row in reader), schema)


def _columns(schema: Schema) -> Iterator[str]:
    yield schema.column
    yield from (one.column for one in schema.inputs)


def examples(lines: Iterable[tuple[int, dict[str, str]]], schema: Schema) -> Examples:
    found = Examples([], [], [])
    for line, cells in lines:
        try:
            row, said = {one.name: value_of(one, cells[one.column]) for one in schema.inputs}, cells[schema.column]
            if not said:
                raise ValueError(f"{schema.column} is empty")
        except ValueError as error:
            found.bad.append((line, str(error)))
            continue
        found.rows.append(row)
        found.so.append(said == schema.value)
    return found


def value_of(one: Input, cell: str | None) -> Value:
    """What a cell says of an input; None where it is not known. Raises ValueError."""
    text = (cell or "").strip()
    if text in UNKNOWN and text not in one.codes:
        return None
    if one.choices:
        said = one.codes.get(text, text)
        if said not in one.choices:
            raise ValueError(f"{one.column} is {text[:40]!r}, which is none of its choices")
        return said
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise ValueError(f"{one.column} is {text[:40]!r}, which is no number")
    return number
