"""Does each cell of an edited table say what its author means, and does it name groups that exist?

Each cell is judged against its column (`orchestration.engine.dmn.cell_reading`) and said in plain words, so both are
seen before a version is published.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.actors.routing import ANY, ANY_BUT, CHEAPEST, PERSON
from orchestration.casetypes.files import MANIFEST
from orchestration.view.decisions import (
    CellColumn,
    CellReading,
    Row,
    Table,
    columns_of,
    compile_model,
    parse,
    read_cell,
)

Place = tuple[int, int]
"""Number of the rule, from 1, and of the cell in it, from 0."""

GROUPS = re.compile(r"candidateGroups=\"(?:=|\$\{)\s*[\w.]*?(\w+)\s*\}?\"")
ROUTING = re.compile(r"^routing:\s*['\"]?([\w.-]+)", re.MULTILINE)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
PLAIN = re.compile(r"-?|" + TEXT.pattern)
"""Cells that say what they mean already."""


@dataclass(frozen=True, slots=True)
class Readings:
    """`words`: what cells say. `wrong`: what cannot be meant. `doubts`: what a person should look at once more."""

    words: Mapping[Place, str] = field(default_factory=dict)
    wrong: Mapping[Place, str] = field(default_factory=dict)
    doubts: Mapping[Place, str] = field(default_factory=dict)


def readings(
    files: Mapping[str, str], file: str, table: Table, rows: Sequence[Row], groups: Collection[str] | None,
    actors: Collection[str] | None = None,
) -> Readings:  # fmt: skip
    """All cells of these rules. `files`: the version with the rules in place; `groups` and `actors`: the names and keys
    of those that exist, None: any."""
    columns = columns_of(compile_model(parse(files[file].encode())), table.id)
    read = {place: read_cell(text, column) for place, text, column in _cells(rows, columns)}
    wrong = {place: _sentences(cell, severe=True) for place, cell in read.items() if not cell.publishable}
    unknown = {} if groups is None else dict(_unknown_groups(files, table, rows, groups))
    unknown |= {} if actors is None else dict(_unknown_actors(files, file, table, rows, actors))
    doubts = {place: said for place, cell in read.items() if (said := _sentences(cell, severe=False))}
    words = {place: cell.words for place, cell in read.items() if not PLAIN.fullmatch(cell.text)}
    return Readings(words, unknown | wrong, doubts)


def _cells(rows: Sequence[Row], columns: Sequence[CellColumn]) -> Iterator[tuple[Place, str, CellColumn]]:
    for number, row in enumerate(rows, 1):
        for index, (text, column) in enumerate(zip((*row.inputs, *row.outputs), columns, strict=False)):
            yield (number, index), text, column


def _sentences(cell: CellReading, *, severe: bool) -> str:
    return " ".join(fault.sentence for fault in cell.faults if fault.severe == severe)


def _unknown_groups(
    files: Mapping[str, str], table: Table, rows: Sequence[Row], groups: Collection[str]
) -> Iterator[tuple[Place, str]]:
    """Outputs that name who gets a task, where no group has that name. Known by what the models' tasks read."""
    named = {name for text in files.values() for name in GROUPS.findall(text)}
    for index, column in enumerate(table.outputs):
        for number, row in enumerate(rows, 1):
            said = TEXT.fullmatch(row.outputs[index].strip())
            if column.expression not in named or said is None:
                continue
            if unknown := [name for name in map(str.strip, said[1].split(",")) if name and name not in groups]:
                sentence = f"There is no group “{unknown[0]}”. There are: {', '.join(sorted(groups))}."
                yield (number, len(table.inputs) + index), sentence


def _unknown_actors(
    files: Mapping[str, str], file: str, table: Table, rows: Sequence[Row], actors: Collection[str]
) -> Iterator[tuple[Place, str]]:
    """New outputs of the case type's routing that wish for an actor which nobody has registered. Those that stand in
    the table already may come with a case type before their actor does."""
    routing = ROUTING.search(files.get(MANIFEST, ""))
    if routing is None or f'id="{routing[1]}"' not in files[file]:
        return
    for index, column in enumerate(table.outputs):
        stood = {row.outputs[index].strip() for row in table.rows}
        for number, row in enumerate(rows, 1):
            said = TEXT.fullmatch(row.outputs[index].strip())
            if column.expression != "actor" or said is None or said[0] in stood:
                continue
            wished = said[1].removeprefix(ANY_BUT)
            if wished and said[1] not in (ANY, CHEAPEST, PERSON) and wished not in actors:
                yield (number, len(table.inputs) + index), f"There is no actor “{wished}”. The register lists them."
