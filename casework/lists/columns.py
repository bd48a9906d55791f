"""Which fields of its case may a row of a list show to this reader, and how are they said?

The case types declare them (`list` in the manifest). One that is masked for the reader is not offered; where an older
version of a type, or a value that another one echoes, is more secret than the newest says, the cell is masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import orjson

from casework.cases.read.values import InWords, options_at, unit_at, values_in_words, written
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.masks import DOTS
from orchestration.privacy.principal import Principal

Json = Any
UNIT: Final = "@unit"
"""The place of the business unit of a case, which is no field of its data: a filter on it takes what is below it in."""
COMMENTS: Final = "@comments"
"""How many comments stand on a case: shown alone, since nothing keeps it in an order."""
MOST: Final = 12
"""Of the columns that one list shows."""
HELD: Final = {"number": "number", "money": "number", "date": "moment"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field by its dotted place in the data; types of cases that declare the same place share the column.

    `unit`: a currency, or `%` where the values are shares. `options`: values with their words, where they are known.
    `used_by`: how many case types declare it.
    """

    path: str
    label: str
    kind: str
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    used_by: int = 1

    @property
    def pointer(self) -> str:
        """Its place as a JSON Pointer."""
        return pointer_of(self.path)

    @property
    def is_number(self) -> bool:
        """Whether its values stand at the right."""
        return self.kind in ("number", "money", "count")

    @property
    def is_ordered(self) -> bool:
        """Whether a list can be put in the order of its values."""
        return self.path not in (UNIT, COMMENTS)

    @property
    def held(self) -> str:
        """The column of `ListedValue` that its values stand in."""
        return HELD.get(self.kind, "words")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row shows in a column; None where its case has no such value, or its version does not list the field."""

    path: str
    label: str
    shown: Json
    is_number: bool


def offered(
    person: Principal, only: Collection[str] = (), newest: Iterable[tuple[int, CaseType]] | None = None
) -> tuple[Column, ...]:
    """The columns that this reader may choose: of each type's newest version what every type lets them read. `only`: of
    these types; none: of all. `newest`: those versions, where they are known already."""
    found, kept_back, types = dict[str, Column](), set[str](), dict[str, str]()
    for definition, case_type in newest_types() if newest is None else newest:
        if only and case_type.key not in only:
            continue
        for column in _declared(definition):
            known = found.get(column.path)
            found[column.path] = column if known is None else _joined(known, column)
            types.setdefault(column.path, case_type.name)
            if not person.sees(case_type.classification.rule(column.pointer), column.pointer):
                kept_back.add(column.path)
    return tuple(_told_apart([column for path, column in found.items() if path not in kept_back], types))


def _told_apart(columns: Sequence[Column], types: Mapping[str, str]) -> Iterator[Column]:
    """Columns of one name with the names of the types that declare them."""
    names = Counter(column.label for column in columns)
    for column in columns:
        several = names[column.label] > 1
        yield replace(column, label=f"{column.label} ({types[column.path]})") if several else column


@lru_cache(maxsize=64)
def _declared(definition: int) -> tuple[Column, ...]:
    """The columns that a version of a case type declares."""
    case_type = by_definition(definition)
    units, options = unit_at(case_type), options_at(case_type)
    return tuple(
        Column(field.path, field.label, field.kind, units(pointer_of(field.path)),
               tuple(options(field.path).items()) if field.kind == "choice" else ())
        for field in case_type.listed
    )  # fmt: skip


def _joined(one: Column, other: Column) -> Column:
    """A column of two types: named as the first names it, with what may be chosen in either."""
    options: Mapping[str, str] = dict(other.options) | dict(one.options) if one.options and other.options else {}
    unit, used_by = one.unit if one.unit == other.unit else "", one.used_by + other.used_by
    return Column(one.path, one.label, one.kind, unit, tuple(options.items()), used_by)


def chosen(columns: Iterable[Column], paths: Sequence[str]) -> tuple[Column, ...]:
    """Of the columns that are offered those that are asked for, in the order asked; no other is there."""
    known = {column.path: column for column in columns}
    return tuple(known[path] for path in paths[:MOST] if path in known)


def cells(
    columns: Sequence[Column], definition: int, data: bytes, person: Principal, masked: Callable[[str], str],
    unit: str | None = None,
) -> tuple[Cell, ...]:  # fmt: skip
    """What a case of this version shows in these columns; `masked`: hides in a text what this reader may not see.
    `unit`: what the business unit of the case is called; None: it belongs to the whole organisation. How many comments
    there are is filled in for all rows together (`lists.commented`)."""
    document = orjson.loads(data) if columns else {}
    return tuple(
        Cell(column.path, column.label, unit if column.path == UNIT else None, column.is_number)
        if column.path in (UNIT, COMMENTS)
        else Cell(column.path, column.label, _shown(column, definition, document, person, masked), column.is_number)
        for column in columns
    )


def _shown(
    column: Column, definition: int, document: Json, person: Principal, masked: Callable[[str], str]
) -> Json | None:
    value = at_path(document, column.path)
    if value in (None, "") or isinstance(value, dict | list):
        return None
    try:
        rule, declared = by_definition(definition).classification.rule(column.pointer), _declared(definition)
    except Faulty:
        return DOTS
    if all(each.path != column.path for each in declared):
        return None
    if not person.sees(rule, column.pointer) or masked(written(value)) != written(value):
        return DOTS
    return _words(definition)(column.pointer, value)


@lru_cache(maxsize=64)
def _words(definition: int) -> InWords:
    return values_in_words(by_definition(definition))
