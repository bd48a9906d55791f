"""How does a cell of a decision table read to somebody who knows no FEEL?

As the editor of tables says it, with the case type's own words in the place of codes; what cannot be said so, as it is
written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from casework.cases.read.values import codes_in_words
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.view.decisions import (
    CellColumn,
    ModelRefused,
    Table,
    columns_of,
    compile_model,
    parse,
    read_cell,
    tables,
)

InWords = Callable[[Table, int, str], str]
"""A table, the number of one of its columns, and what a rule says there -> the same in words."""
QUOTED: Final = re.compile("“([^“”]+)”")
ANSWERS: Final = {"true": "yes", "false": "no", "anything but true": "not yes", "anything but false": "not no"}


@lru_cache(maxsize=64)
def cells_in_words(definition: int) -> InWords:
    """For the tables of a version, which never changes."""
    case_type = by_definition(definition)
    columns, codes = dict(_columns(case_type)), codes_in_words(case_type)

    def said(table: Table, number: int, text: str) -> str:
        known = columns.get(table.id, ())
        if number >= len(known):
            return text
        place = (*table.inputs, *table.outputs)[number].expression
        read = read_cell(text, known[number]).words
        return _own_words(ANSWERS.get(read, read), {**codes, **case_type.choice_words.get(place, {})}) or text

    return said


def _own_words(text: str, codes: Mapping[str, str]) -> str:
    return QUOTED.sub(lambda found: codes.get(found[1], found[0]), text)


def _columns(case_type: CaseType) -> Iterator[tuple[str, tuple[CellColumn, ...]]]:
    """By the table; of a model that this release cannot read any more nothing."""
    for name, text in case_type.files.items():
        if not name.endswith(".dmn"):
            continue
        model = parse(text.encode())
        try:
            read = compile_model(model)
        except ModelRefused:
            continue
        for table in tables(model):
            yield table.id, columns_of(read, table.id)
