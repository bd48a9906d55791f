"""What is doubtful about a whole decision model? (DMN 1.5, chapters 6 to 8: requirements, types and tables)

All findings about its tables, and: texts that never fit their types, names that nothing gives, inputs that nothing
reads. What is said of values was evaluated; what is said of names is what the compiler found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from orchestration.engine.dmn import model
from orchestration.engine.dmn.analysis import Finding, TableAnalysis, analyse_table
from orchestration.engine.dmn.decision_model import DecisionModel, Reading
from orchestration.engine.dmn.decision_result import Problem
from orchestration.engine.dmn.decision_table import CompiledTable, InputColumn
from orchestration.engine.dmn.literals import CompiledTest, asking
from orchestration.engine.dmn.model_evaluation import ModelEvaluation
from orchestration.engine.dmn.plain import plain
from orchestration.engine.dmn.samples import samples
from orchestration.engine.dmn.shortcut import is_constant
from orchestration.engine.feel import DEFAULT, Frame, LimitExceeded
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import ANY
from orchestration.engine.feel.values import Value

MOST_SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Analysis:
    """The findings about the tables, table by table, and about the rest of the model."""

    tables: tuple[TableAnalysis, ...]
    others: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*(each for table in self.tables for each in table.findings), *self.others)


def analyse(of: DecisionModel) -> Analysis:
    """The findings about a compiled model (not about what it imports)."""
    own = [reading for reading in of.readings if not reading.node.path]
    tables = [(table, reading) for reading in own for table in reading.tables]
    others = [*_unknown_names(of), *_unused(own)]
    for table, reading in tables:
        others += [*_misfit_cells(table, reading), *_misfit_outputs(table)]
    for reading in own:
        others += _always_null(of, reading)
    return Analysis(tuple(analyse_table(table, reading.types) for table, reading in tables), tuple(others))


# ---------------------------------------------------------------- names


def _unknown_names(of: DecisionModel) -> Iterator[Finding]:
    for fault in of.unknown_names:
        yield Finding("unknown name", fault.element, fault.line, fault.message)


def _unused(own: list[Reading]) -> Iterator[Finding]:
    """Requirements that an expression does not read, columns that no rule looks at, inputs that nothing requires."""
    required = {id(needed) for reading in own for _, needed in reading.node.needs}
    for reading in own:
        element = reading.node.element
        if isinstance(element, model.InputData) and id(reading.node) not in required:
            yield Finding("unused input", element.reference, element.line, f"nothing requires {quote(element.name)}")
        if not isinstance(element, model.Decision | model.BusinessKnowledgeModel):
            continue
        for path, _ in reading.node.needs:
            if path[0] not in reading.names:
                message = f"{quote(element.name)} requires {quote('.'.join(path))} but does not read it"
                yield Finding("unused input", element.reference, element.line, message)
        for table in reading.tables:
            yield from _unused_columns(table)


def _unused_columns(table: CompiledTable) -> Iterator[Finding]:
    for column in table.inputs:
        if column.cells and all(cell.always for cell in column.cells):
            message = f"no rule looks at the input {quote(column.clause.expression.shown)}"
            yield Finding("unused input", table.table.reference, column.clause.line, message)


# ---------------------------------------------------------------- types


def _misfit_cells(table: CompiledTable, reading: Reading) -> Iterator[Finding]:
    """Cells that are null, for the same reason, for every value of their input's type that is tried."""
    for column in table.inputs:
        values = _tried(column, reading)
        for number, cell in enumerate(column.cells):
            reasons = [] if cell.always or cell.names else [_reason(cell, value) for value in values]
            if reasons and all(reasons):
                rule = table.table.rules[number]
                message = f"{quote(rule.tests[table.inputs.index(column)].shown)} never fits its input: {reasons[0]}"
                example = ((column.clause.expression.text, plain(values[0])),)
                yield Finding("type", table.table.reference, rule.line, message, (number + 1,), example)


def _tried(column: InputColumn, reading: Reading) -> list[Value]:
    given = reading.types.get(column.clause.expression.text, ANY)
    return samples(column.type)[:MOST_SAMPLES] or samples(given)[:MOST_SAMPLES]


def _reason(cell: CompiledTest, value: Value) -> str:
    """Why a cell is null for a value; empty if it is not."""
    run = ModelEvaluation(DEFAULT, None)
    try:
        verdict = cell(asking(Frame(run, None, {}), value))
    except LimitExceeded:
        return ""
    return run.problems[0].reason if verdict is None and run.problems else ""


def _misfit_outputs(table: CompiledTable) -> Iterator[Finding]:
    """Constant outputs that do not fit the type or the values of their column."""
    for number, rule in enumerate(table.table.rules):
        run = ModelEvaluation(DEFAULT, None)
        if all(is_constant(entry) for entry in rule.outputs):
            table.outputs_of(Frame(run, None, {}), number)
        for problem in run.problems:
            yield Finding("type", table.table.reference, rule.line, problem.reason, (number + 1,))


def _always_null(of: DecisionModel, reading: Reading) -> Iterator[Finding]:
    """A decision that is null, for the same reason, for all inputs of its types that are tried."""
    element = reading.node.element
    if not isinstance(element, model.Decision) or isinstance(element.expression, model.DecisionTable):
        return
    part = of.decisions[element.id or element.name]
    given = [each for each in part.plan if each.expression is None]
    values = {each.node.name: samples(each.type) for each in given}
    if not all(values.values()):
        return
    shared: set[Problem] | None = None
    tries = [{name: each[number % len(each)] for name, each in values.items()} for number in range(MOST_SAMPLES)]
    for inputs in tries if values else tries[:1]:
        evaluation = of.evaluate(element.id or element.name, inputs)
        if evaluation.value is not None:
            return
        shared = set(evaluation.problems) if shared is None else shared & set(evaluation.problems)
    example = tuple((name, plain(value)) for name, value in tries[0].items())
    for problem in islice(sorted(shared or (), key=str), 1):
        message = f"{quote(element.name)} is null for all inputs that were tried: {problem.reason}"
        yield Finding("type", problem.element, problem.line, message, (), example)
