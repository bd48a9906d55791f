"""What does an admin's edit of a decision table lead to?

Pure. Rows come from a form as texts; a draft holds the files that they would make, and for each cell what is wrong with
it. A draft can be tried with example inputs and compared with the version that it was edited from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from casework.forms.answer_validation import nested, read_number, text_errors
from casework.studio.cell_checks import readings
from casework.web.asked import number_in
from orchestration.casetypes.case_type import CaseType
from orchestration.view.decisions import (
    Column,
    EditRefused,
    FeelSyntaxError,
    ModelRefused,
    Row,
    Table,
    compile_expression,
    compile_model,
    compile_unary_tests,
    decision_tables,
    parse,
    tables,
    with_rules,
)

Json = Any

MOST_RULES: Final = 500
ANY: Final = "-"


@dataclass(frozen=True, slots=True)
class Draft:
    """`files`: all files of the version with the new rules in place; `wrong`: sentence by (rule number, cell number).

    `faults`: what is wrong beyond one cell. Only a draft with neither can be tried or published. `words`: what cells
    mean; `doubts`: what a person should look at once more.
    """

    file: str
    table: Table
    rows: tuple[Row, ...]
    files: Mapping[str, str]
    wrong: Mapping[tuple[int, int], str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    words: Mapping[tuple[int, int], str] = field(default_factory=dict)
    doubts: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        return not self.wrong and not self.faults


@dataclass(frozen=True, slots=True)
class Example:
    """An input that a trial asks for: its dotted path in the case's data."""

    path: str
    label: str
    number: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What the draft decides on example inputs: numbers of the rules that fired, columns as read, the output."""

    hits: tuple[int, ...]
    read: tuple[tuple[str, Json], ...]
    output: Json
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one rule: added, removed, moved, changed. `cells`: column, before, after."""

    number: int
    kind: str
    cells: tuple[tuple[str, str, str], ...]


DIGITS: Final = 5
"""Of the number of a rule in a form: no form holds more."""


def columns(table: Table) -> tuple[Column, ...]:
    return table.inputs + table.outputs + table.annotations


def rows_from(form: Mapping[str, str], table: Table) -> list[Row]:
    """The rules as a form sends them: `r3.id`, `r3.0`, `r3.1`, ... by number of the rule and of the cell."""
    numbers = range(1, min(number_in(form.get("rules", ""), DIGITS), len(form)) + 1)
    return [_row(table, [form.get(f"r{n}.{c}", "") for c in range(len(columns(table)))], form.get(f"r{n}.id", ""))
            for n in numbers]  # fmt: skip


def _row(table: Table, cells: Sequence[str], identity: str = "") -> Row:
    inputs, outputs = len(table.inputs), len(table.outputs)
    texts = [cell.strip() for cell in cells]
    asked = tuple(text or ANY for text in texts[:inputs])
    return Row(asked, tuple(texts[inputs : inputs + outputs]), tuple(texts[inputs + outputs :]), identity)


def edited(rows: list[Row], table: Table, do: str) -> list[Row]:
    """The rules after one of the form's buttons: "add:3" (after rule 3), "remove:3", "up:3", "down:3"."""
    action, _, number = do.partition(":")
    at = number_in(number, DIGITS) - 1
    found = list(rows)
    if action == "add":
        found.insert(at + 1, _row(table, [""] * len(columns(table))))
    elif action == "remove" and 0 <= at < len(found):
        del found[at]
    elif action in ("up", "down") and 0 <= at < len(found):
        to = at - 1 if action == "up" else at + 1
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
    return found


def draft(
    files: Mapping[str, str], file: str, table: Table, rows: Sequence[Row], groups: Collection[str] | None = None,
    actors: Collection[str] | None = None,
) -> Draft:  # fmt: skip
    """The files with these rules in place, and all that is wrong with them. `groups`, `actors`: as `readings`."""
    if not 0 < len(rows) <= MOST_RULES:
        told = f"A table has at most {MOST_RULES} rules here; this has {len(rows)}."
        return Draft(file, table, tuple(rows), files, {}, (told if rows else "A table needs at least one rule.",))
    wrong = dict(_unkept(rows)) or dict(_unread(files[file], table, rows)) | dict(_unlisted(table, rows))
    if wrong:
        return Draft(file, table, tuple(rows), files, wrong)
    try:
        source = with_rules(files[file].encode(), table.id, rows)
        faults = compile_model(parse(source)).faults
    except EditRefused as refused:
        return Draft(file, table, tuple(rows), files, {}, (str(refused),))
    except ModelRefused as refused:
        return Draft(file, table, tuple(rows), files, {}, tuple(map(str, refused.faults)))
    made = {**files, file: source.decode()}
    if faults:
        return Draft(file, table, tuple(rows), made, {}, tuple(map(str, faults)))
    read = readings(made, file, table, rows, groups, actors)
    return Draft(file, table, tuple(rows), made, read.wrong, (), read.words, read.doubts)


def _unread(source: str, table: Table, rows: Sequence[Row]) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells that are not FEEL, or name something that the table did not know before: a text without its quotes."""
    elements = [element.name for element in parse(source.encode()).drg_elements]
    known = _names(table, elements)
    for number, row in enumerate(rows, 1):
        for index, text in enumerate(row.inputs + row.outputs):
            try:
                names = _read(text, index < len(row.inputs), elements) - known
            except FeelSyntaxError as error:
                yield (number, index), f"This cannot be read: {error}."
                continue
            if names:
                yield (
                    (number, index),
                    f"{', '.join(sorted(names))} is not known here. A text stands in quotation marks.",
                )


def _names(table: Table, elements: Sequence[str]) -> frozenset[str]:
    """What the cells of a table may speak of: elements of the model, and whatever the table speaks of already."""
    found = set(elements)
    for column in table.inputs:
        found |= compile_expression(column.expression, elements).names
    for row in table.rows:
        for index, text in enumerate(row.inputs + row.outputs):
            with suppress(FeelSyntaxError):
                found |= _read(text, index < len(row.inputs), elements)
    return frozenset(found)


def _read(text: str, is_test: bool, elements: Sequence[str]) -> frozenset[str]:
    """The names that a cell reads; none where it is empty. Raises FeelSyntaxError."""
    if not text:
        return frozenset()
    return (compile_unary_tests(text, elements) if is_test else compile_expression(text, elements)).names


def _unkept(rows: Sequence[Row]) -> Iterator[tuple[tuple[int, int], str]]:
    for number, row in enumerate(rows, 1):
        for cell, sentence in text_errors(dict(zip(map(str, range(len(row.cells))), row.cells, strict=True))).items():
            yield (number, int(cell)), sentence


def _unlisted(table: Table, rows: Sequence[Row]) -> Iterator[tuple[tuple[int, int], str]]:
    """Outputs that are a plain text but not among the values that the column allows."""
    for index, column in enumerate(table.outputs):
        allowed = [value.strip() for value in column.values.split(",")] if column.values else []
        for number, row in enumerate(rows, 1):
            if allowed and row.outputs[index].startswith('"') and row.outputs[index] not in allowed:
                yield (number, len(table.inputs) + index), f"This should be one of: {', '.join(allowed)}."


def examples(case_type: CaseType, table: Table) -> tuple[Example, ...]:
    """The case's fields that the table's inputs read."""
    return tuple(
        Example(path, title, kind in ("number", "integer"))
        for path, title, kind in _leaves(case_type.schema)
        if any(re.search(rf"(?<![\w.]){re.escape(path)}(?![\w.])", column.expression) for column in table.inputs)
    )


def _leaves(schema: Mapping[str, Json], prefix: str = "", title: str = "") -> Iterator[tuple[str, str, str]]:
    for name, below in schema.get("properties", {}).items():
        called = f"{title}: {below.get('title', name)}" if title else str(below.get("title", name))
        if "properties" in below:
            yield from _leaves(below, f"{prefix}{name}.", called)
        else:
            yield prefix + name, called, str(below.get("type", ""))


def example_errors(asked: Sequence[Example], given: Mapping[str, str]) -> dict[str, str]:
    """By path what is no number where one is wanted; what is left empty is tried as missing."""
    numbers = {each.path: given[each.path] for each in asked if each.number and given[each.path].strip()}
    return {path: "This should be a number." for path, text in numbers.items() if read_number(text) is None}


def tried(found: Draft, asked: Sequence[Example], given: Mapping[str, str]) -> Trial:
    """What the draft decides on these example inputs (texts by path, already without errors)."""
    model = compile_model(parse(found.files[found.file].encode()))
    values = nested((each.path, read_number(given[each.path]) if each.number else given[each.path]) for each in asked)
    owner = next(o for o, each in decision_tables(model.definitions) if found.table.id in (each.id, o.id))
    outcome = model.evaluate(owner.id, values, trace=True)
    traced = [each for each in (outcome.trace.tables if outcome.trace else ()) if each.decision == found.table.decision]
    problems = tuple(str(problem) for problem in outcome.problems)
    if not traced:
        return Trial((), (), None, problems)
    labels = [column.name for column in found.table.inputs]
    read = tuple((label, value) for label, (_, value) in zip(labels, traced[-1].inputs, strict=False))
    return Trial(traced[-1].hits, read, traced[-1].output, problems)


def changes(table: Table, rows: Sequence[Row]) -> tuple[Change, ...]:
    """What the rules `rows` change against those of the table."""
    before = {row.id: (number, row) for number, row in enumerate(table.rows, 1) if row.id}
    kept = [row.id for row in rows if row.id in before]
    was = [row.id for row in table.rows if row.id in kept]
    found = [_change(table, number, row, before.get(row.id), kept, was) for number, row in enumerate(rows, 1)]
    gone = [Change(number, "removed", _cells_of(table, row, None)) for key, (number, row) in before.items()
            if key not in kept]  # fmt: skip
    return (*(change for change in found if change is not None), *gone)


def _change(
    table: Table, number: int, row: Row, before: tuple[int, Row] | None, kept: Sequence[str], was: Sequence[str]
) -> Change | None:
    if before is None:
        return Change(number, "added", _cells_of(table, None, row))
    if cells := _cells_of(table, before[1], row):
        return Change(number, "changed", cells)
    return Change(number, "moved", ()) if kept.index(row.id) != was.index(row.id) else None


def _cells_of(table: Table, old: Row | None, new: Row | None) -> tuple[tuple[str, str, str], ...]:
    """The cells that differ; of a rule that is new or gone those that say something."""
    blank = ("",) * len(columns(table))
    before, after = old.cells if old else blank, new.cells if new else blank
    named = zip((column.name for column in columns(table)), before, after, strict=False)
    return tuple(
        (name, a, b) for name, a, b in named if a != b and not (ANY in (a, b) and (old is None or new is None))
    )


def table_in(source: str, table_id: str) -> Table | None:
    return next((table for table in tables(parse(source.encode())) if table.id == table_id), None)
