"""What may stand in the cells of this column of a decision table? (DMN 1.5, 8.3.1 and 8.3.2: input and output clauses)

What the clause says of its type and values, and what the data says that its expression reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestration.engine.dmn import hit_policy, model
from orchestration.engine.dmn.decision_model import DecisionModel, Reading
from orchestration.engine.dmn.decision_table import CompiledTable, InputColumn, OutputColumn
from orchestration.engine.dmn.intervals import EVERYTHING, IntervalSet, Kind, intersection
from orchestration.engine.dmn.literals import CompiledTest, Constraint, asking, library_of
from orchestration.engine.dmn.model_evaluation import ModelEvaluation
from orchestration.engine.dmn.shortcut import kind_of_type, type_set
from orchestration.engine.feel import DEFAULT, STANDARD, Evaluation, Frame, Library, LimitExceeded, Value, unparse
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import ANY, Restricted, Type


class UnknownTable(KeyError):
    """The model has no decision table of this id."""


@dataclass(frozen=True, slots=True)
class CellColumn:
    """An input or output column. `types` are the types that its values have to fit, all of them; `allowed` are tests of
    which one has to hold (none: all values are allowed), `values` the text of those tests, as people know it. `names`
    are the variables that a cell may read, with their types, `members` what may follow a dot, `library` the functions;
    `vendor` whose file it is.
    """

    name: str
    is_output: bool
    types: tuple[Type, ...] = ()
    allowed: tuple[CompiledTest, ...] = ()
    values: str = ""
    names: Mapping[str, Type | None] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    library: Library = STANDARD
    vendor: model.Vendor | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of its values, where they have an order that intervals can be cut from."""
        return next((kind for each in self.types if (kind := kind_of_type(each)) is not None), None)

    @property
    def allowed_set(self) -> IntervalSet:
        """The values of that kind that are allowed; all of them where that cannot be said."""
        if (kind := self.kind) is None:
            return EVERYTHING
        sets = [type_set(each, kind) for each in self.types]
        sets += [test.takes(kind) for test in self.allowed[:1]] if len(self.allowed) == 1 else []
        return intersection(each for each in sets if each is not None)

    def allows(self, value: Value) -> bool:
        """Whether a value is one of those that clause and types allow; its kind is not looked at."""
        restricted = [each for each in self.types if isinstance(each, Restricted)]
        fits = all(_allowed(each, value) for each in restricted)
        return fits and (not self.allowed or any(_holds(test, value) for test in self.allowed))

    @property
    def told_values(self) -> str:
        """The allowed values as they are written, by the clause or the item definition; empty where all are."""
        if self.values:
            return self.values
        constraints = [each.allows for each in self.types if isinstance(each, Restricted)]
        return next((unparse(each.test.ast) for each in constraints if isinstance(each, Constraint)), "")


def _allowed(of: Restricted, value: Value) -> bool:
    try:
        return of.allows(value, Evaluation(DEFAULT, None))
    except LimitExceeded:
        return False


def _holds(test: CompiledTest, value: Value) -> bool:
    try:
        return test(asking(Frame(ModelEvaluation(DEFAULT, None), None, {}), value)) is True
    except (LimitExceeded, RecursionError):
        return False


def columns_of(of: DecisionModel, table_id: str) -> tuple[CellColumn, ...]:
    """The input columns of a table, then its output columns. `table_id`: as `editing.Table.id`.

    Raises UnknownTable.
    """
    for reading in of.readings:
        for table in reading.tables:
            if table_id in (table.table.id, reading.node.element.id) and not reading.node.path:
                return tuple(_columns(of, reading, table))
    raise UnknownTable(f"the model has no decision table {quote(table_id)}")


class _Seen(NamedTuple):
    """What any cell of a table may read."""

    names: Mapping[str, Type | None]
    members: frozenset[str]
    library: Library
    vendor: model.Vendor | None


def _columns(of: DecisionModel, reading: Reading, table: CompiledTable) -> Iterator[CellColumn]:
    names = {name: reading.types.get(name) for name in _names(reading)}
    vendor = of.definitions.vendor
    seen = _Seen(names, of.members, library_of(vendor), vendor)
    for column in table.inputs:
        yield _input(column, reading, seen)
    for each in table.outputs:
        yield _output(each, _result_types(reading, table), seen)


def _input(column: InputColumn, reading: Reading, seen: _Seen) -> CellColumn:
    clause = column.clause
    types = _told(reading.types.get(clause.expression.text, ANY), column.type)
    allowed = () if column.allowed is None else (column.allowed,)
    return CellColumn(clause.label or clause.expression.shown, False, types, allowed, clause.values or "", *seen)


def _output(column: OutputColumn, more: Sequence[Type], seen: _Seen) -> CellColumn:
    clause = column.clause
    types = _told(column.type, *more)
    return CellColumn(clause.label or clause.name, True, types, column.values, clause.values or "", *seen)


def _result_types(reading: Reading, table: CompiledTable) -> Sequence[Type]:
    """The type of the decision's variable, where one rule's only output is the decision's result."""
    element = reading.node.element
    is_result = isinstance(element, model.Decision) and element.expression is table.table
    alone = len(table.outputs) == 1 and table.table.hit_policy not in hit_policy.SEVERAL
    return (reading.result,) if is_result and alone else ()


def _told(*types: Type) -> tuple[Type, ...]:
    return tuple(each for each in types if each != ANY)


def _names(reading: Reading) -> Iterator[str]:
    """The variables that a cell may read: what is required, parameters, entries of the contexts around the table."""
    yield from (path[0] for path, _ in reading.node.needs)
    for each in _logic(reading.node.element):
        match each:
            case model.FunctionDefinition(parameters=parameters):
                yield from (parameter.name for parameter in parameters)
            case model.Context(entries=entries):
                yield from (entry.variable.name for entry in entries if entry.variable is not None)
            case model.Iteration(variable=variable):
                yield variable


def _logic(element: model.DrgElement) -> Iterator[model.Expression]:
    """The boxed expressions of a decision or knowledge model."""
    if isinstance(element, model.Decision) and element.expression is not None:
        yield from model.walk(element.expression)
    if isinstance(element, model.BusinessKnowledgeModel) and element.logic is not None:
        yield from model.walk(element.logic)
