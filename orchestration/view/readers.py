"""What in the models of a case type reads this field: which steps, and which columns of which decision?

Pure. By the texts of the models' expressions, so it tells what may depend on a field, not what does now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.dmn.editing import Table
from orchestration.engine.expressions import Formula


@dataclass(frozen=True, slots=True)
class Reader:
    """`kind`: "step" of a case or process, or "decision". `text`: the expression that reads the field."""

    kind: str
    name: str
    text: str


def readers(library: CompiledModels, tables: Mapping[str, Table], path: str) -> tuple[Reader, ...]:
    """Everything that reads the field at this dotted path, each once."""
    reads = _pattern(path)
    steps = (
        Reader("step", node.name or node.id, formula.text)
        for model in (*library.cases.values(), *library.processes.values())
        for node in model.nodes.values()
        for formula in _formulas(node)
        if reads.search(formula.text)
    )
    decisions = (
        Reader("decision", table.decision, column.expression)
        for table in tables.values()
        for column in table.inputs
        if reads.search(column.expression)
    )
    return tuple(dict.fromkeys((*steps, *decisions)))


def _pattern(path: str) -> re.Pattern[str]:
    """The path as a whole, or a document around it that is read as a whole."""
    parts = path.split(".")
    wholes = [re.escape(".".join(parts[:depth])) + r"(?![\w.])" for depth in range(1, len(parts))]
    return re.compile(r"(?<![\w.])(?:" + "|".join([re.escape(path) + r"(?!\w)", *wholes]) + ")")


def _formulas(value: Any) -> Iterator[Formula]:
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _formulas(one)
    elif isinstance(value, list | tuple | frozenset):
        for one in value:
            yield from _formulas(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _formulas(getattr(value, each.name))
