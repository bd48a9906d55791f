"""Which texts are kept as templates, where do they stand, and which one is taken when?

Answers to customers, and the reasons that people read beside their work, are cells of decision tables: a change of one
is a version of its rules like any other, published by a second person where the product is set so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from casework.cases.read.cells_in_words import InWords, cells_in_words
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType
from orchestration.view.decisions import Row, Table, parse, tables

LEAST: Final = 5
"""Words of which a cell is a text that people read, and no mark that rules go by."""
ANY: Final = "-"


@dataclass(frozen=True, slots=True)
class Text:
    """A text. `rule`: the number of the rule whose it is; `when`: what has to hold for it, in words."""

    rule: int
    column: str
    when: tuple[tuple[str, str], ...]
    words: str

    def holds(self, sought: str) -> bool:
        """Whether these letters stand in it, in its column, or in what has to hold for it."""
        return sought.casefold() in " ".join((self.words, self.column, *(asked for _, asked in self.when))).casefold()


@dataclass(frozen=True, slots=True)
class TextTable:
    """The texts of one decision table of the version in force (`definition`) of a case type."""

    definition: int
    version: int
    case_type: str
    table: str
    decision: str
    texts: tuple[Text, ...]


def text_tables(sought: str = "") -> list[TextTable]:
    """Of all case types by their names, the tables that hold texts; `sought`: those with these letters alone."""
    every = (found for definition, case_type in newest_types() for found in _of_type(definition, case_type))
    fitting = (replace(one, texts=tuple(text for text in one.texts if text.holds(sought))) for one in every)
    return sorted((one for one in fitting if one.texts), key=lambda one: (one.case_type, one.decision))


def _of_type(definition: int, case_type: CaseType) -> Iterator[TextTable]:
    said = cells_in_words(definition)
    for name, content in case_type.files.items():
        if not name.endswith(".dmn"):
            continue
        for table in tables(parse(content.encode())):
            texts = tuple(_texts(table, said))
            if texts:
                yield TextTable(definition, case_type.version, case_type.name, table.id, table.decision, texts)


def _texts(table: Table, said: InWords) -> Iterator[Text]:
    for number, row in enumerate(table.rows, 1):
        for column, cell in zip(table.outputs, row.outputs, strict=True):
            words = _words(cell)
            if len(words.split()) >= LEAST:
                yield Text(number, column.name, tuple(_when(table, row, said)), words)


def _words(cell: str) -> str:
    """What a text in FEEL says; "" where the cell is none, but is reckoned."""
    is_text = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('\\"', "")
    return cell[1:-1].replace('\\"', '"').replace("\\n", "\n") if is_text else ""


def _when(table: Table, row: Row, said: InWords) -> Iterator[tuple[str, str]]:
    cells = enumerate(zip(table.inputs, row.inputs, strict=True))
    return ((column.name, said(table, number, cell)) for number, (column, cell) in cells if cell.strip() != ANY)
