"""Which rows of a file are good examples to learn from, and what is wrong with the others?

A labelled CSV file has a header, a column `text`, and its labels in a column named `label`, `category` or `intent`. A
column `group` may name texts that are too like one another to be asked about those that were learnt from.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from orchestration.actors.contract import MAX_TEXT

LABEL_COLUMNS = ("label", "category", "intent")
GROUP = "group"
FEWEST = 5  # examples of a label: below that neither the folds nor the held-out split can hold one each


class UnreadableFile(ValueError):
    """No row of the file can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Example:
    line: int
    text: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    reason: str


def read_labelled(path: Path) -> tuple[list[Example], list[BadRow]]:
    """The good rows and the bad ones, both in the file's order. Raises UnreadableFile and OSError."""
    good: list[Example] = []
    bad: list[BadRow] = []
    seen: dict[str, Example] = {}
    for row in _rows(path):
        reason = row.reason if isinstance(row, BadRow) else _fault(row, seen)
        if reason or isinstance(row, BadRow):
            bad.append(BadRow(row.line, reason))
        else:
            seen[row.text] = row
            good.append(row)
    return _without_rare_labels(good, bad)


def _rows(path: Path) -> Iterator[Example | BadRow]:
    # A byte that is not UTF-8 spoils its own row only: it arrives as a lone surrogate, which _fault finds.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        records = _records(file)
        _, columns = next(records, (1, []))
        if isinstance(columns, str):
            raise UnreadableFile(f"The header {columns}.")
        label_at, text_at = _label_column(columns), columns.index("text")
        group_at = columns.index(GROUP) if GROUP in columns else None
        for line, cells in records:
            if isinstance(cells, str):
                yield BadRow(line, cells)
            elif len(cells) != len(columns):
                yield BadRow(line, f"has {len(cells)} columns, the header {len(columns)}")
            else:
                group = "" if group_at is None else cells[group_at].strip()
                yield Example(line, cells[text_at].strip(), cells[label_at].strip(), group)


def _records(file: TextIO) -> Iterator[tuple[int, list[str] | str]]:
    """The first line of each record with its cells, or with what is wrong with it; empty lines are passed over."""
    reader = csv.reader(file)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"cannot be read: {error}"
            continue
        if cells:
            yield line, cells


def _label_column(columns: list[str]) -> int:
    label = next((name for name in LABEL_COLUMNS if name in columns), None)
    if "text" not in columns or label is None:
        found = ", ".join(columns) or "none"
        raise UnreadableFile(f"A column text and one of {', '.join(LABEL_COLUMNS)} are needed; found: {found}.")
    return columns.index(label)


def _fault(row: Example, seen: dict[str, Example]) -> str:
    """What is wrong with this row, or an empty text."""
    if not row.text:
        return "has no text"
    if not row.label:
        return "has no label"
    if len(row.text) > MAX_TEXT:
        return f"has a text of {len(row.text)} characters; {MAX_TEXT} are allowed"
    if any("\udc80" <= character <= "\udcff" for character in row.text + row.label):
        return "is not UTF-8"
    if row.text in seen:
        before = seen[row.text]
        also = "" if before.label == row.label else f", there labelled {before.label}"
        return f"repeats the text of line {before.line}{also}"
    return ""


def _without_rare_labels(good: list[Example], bad: list[BadRow]) -> tuple[list[Example], list[BadRow]]:
    counts = Counter(row.label for row in good)
    rare = [row for row in good if counts[row.label] < FEWEST]
    reason = "is one of only {} examples of {}; " + f"{FEWEST} are needed"
    bad = bad + [BadRow(row.line, reason.format(counts[row.label], row.label)) for row in rare]
    return [row for row in good if counts[row.label] >= FEWEST], sorted(bad, key=lambda row: row.line)
