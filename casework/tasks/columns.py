"""Which fields of its case may a row of a list show to this reader, and how are they said?

The case types declare them (`list` in the manifest). One that is masked for the reader is not offered; where an older
version of a type, or a value that another one echoes, is more secret than the newest says, the cell is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson

from casework.cases.read.values import InWords, values_in_words
from casework.forms.answer_validation import at_path
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.privacy.classification import escaped
from orchestration.privacy.masking import Principal
from orchestration.privacy.masks import DOTS

Json = Any
MOST: Final = 12
"""Of the columns that one list shows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field by its dotted place in the data; types of cases that declare the same place share the column."""

    path: str
    label: str
    kind: str

    @property
    def pointer(self) -> str:
        """Its place as a JSON Pointer."""
        return "".join("/" + escaped(name) for name in self.path.split("."))

    @property
    def is_number(self) -> bool:
        """Whether its values stand at the right."""
        return self.kind in ("number", "money")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row shows in a column; None where its case has no such value."""

    label: str
    shown: Json
    is_number: bool


def offered(person: Principal) -> tuple[Column, ...]:
    """The columns that this reader may choose: of each type's newest version what every type lets them read."""
    found, kept_back = dict[str, Column](), set[str]()
    for _, case_type in newest_types():
        for field in case_type.listed:
            column = Column(field.path, field.label, field.kind)
            found.setdefault(field.path, column)
            if not person.sees(case_type.classification.rule(column.pointer), column.pointer):
                kept_back.add(field.path)
    return tuple(column for path, column in found.items() if path not in kept_back)


def chosen(columns: Iterable[Column], paths: Sequence[str]) -> tuple[Column, ...]:
    """Of the columns that are offered those that are asked for, in the order asked; no other is there."""
    known = {column.path: column for column in columns}
    return tuple(known[path] for path in paths[:MOST] if path in known)


def cells(
    columns: Sequence[Column], definition: int, data: bytes, person: Principal, masked: Callable[[str], str]
) -> tuple[Cell, ...]:
    """What a case of this version shows in these columns; `masked`: hides in a text what this reader may not see."""
    document = orjson.loads(data) if columns else {}
    return tuple(
        Cell(column.label, _shown(column, definition, document, person, masked), column.is_number) for column in columns
    )


def _shown(
    column: Column, definition: int, document: Json, person: Principal, masked: Callable[[str], str]
) -> Json | None:
    value = at_path(document, column.path)
    if value in (None, "") or isinstance(value, dict | list):
        return None
    try:
        rule = by_definition(definition).classification.rule(column.pointer)
    except Faulty:
        return DOTS
    if not person.sees(rule, column.pointer) or masked(_written(value)) != _written(value):
        return DOTS
    return _words(definition)(column.pointer, value)


def _written(value: Json) -> str:
    """The value as it could stand in a text."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@lru_cache(maxsize=64)
def _words(definition: int) -> InWords:
    return values_in_words(by_definition(definition))
