"""Can a decision answer at once from what it answered before? (DMN 1.5, 8.2.8: the rules that match decide the result)

A decision table whose inputs are plain input data, whose cells only compare with constants and whose outputs are
constants gives the same result whenever the same rules match. So the matching rules are looked up in the index,
straight from the data, and the evaluation that the long way gave for them the first time is given again. Whatever does
not fit (another kind of value, one that a type does not allow, a missing one) goes the long way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orchestration.engine.dmn import model
from orchestration.engine.dmn.decision_result import DecisionResult, Inputs
from orchestration.engine.dmn.decision_table import CompiledTable, InputColumn
from orchestration.engine.dmn.graph import Node
from orchestration.engine.dmn.index import Lookup, RuleSet, column_index, plain_lookup
from orchestration.engine.dmn.intervals import EVERYTHING, IntervalSet, Kind, intersection
from orchestration.engine.dmn.literals import NO_TEXT, Constraint
from orchestration.engine.feel import (
    Date,
    DaysTimeDuration,
    FeelSyntaxError,
    YearsMonthsDuration,
    ast,
    parse_expression,
)
from orchestration.engine.feel.types import ANY, Restricted, Simple, Type

MOST_ANSWERS = 10_000
KINDS_BY_NAME: dict[str, Kind] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "years and months duration": YearsMonthsDuration,
    "days and time duration": DaysTimeDuration,
}
CONSTANT = (ast.Literal, ast.Negation, ast.AtLiteral, ast.ListLiteral, ast.ContextLiteral, ast.ContextEntry)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Look-ups by input, and the evaluations known so far by the set of rules that match.

    One more bit than there are rules says that every value is one that its types allow.
    """

    lookups: tuple[tuple[str, Lookup], ...]
    allowed: RuleSet
    answers: dict[RuleSet, DecisionResult] = field(default_factory=dict)

    def rules(self, inputs: Inputs) -> RuleSet:
        """The rules that match, with the bit for what is allowed; 0 where the long way has to be gone."""
        rules = -1
        for name, lookup in self.lookups:
            found = lookup(inputs.get(name))
            if found is None:
                return 0
            rules &= found
        return rules

    def learned(self, rules: RuleSet, evaluation: DecisionResult) -> DecisionResult:
        """The evaluation, kept for the next inputs that match the same rules, unless a limit cut it short."""
        whole = not any(problem.limit for problem in evaluation.problems)
        if whole and rules & self.allowed and len(self.answers) < MOST_ANSWERS:
            self.answers[rules] = own(evaluation)
        return evaluation


def own(evaluation: DecisionResult) -> DecisionResult:
    """The same evaluation for whoever may change what it is given: lists and contexts are copied."""
    value = evaluation.value
    if isinstance(value, list | dict):
        return DecisionResult(_copy(value), evaluation.hits, evaluation.problems)
    return evaluation


def shortcut(node: Node, table: CompiledTable, types: Mapping[str, Type]) -> Shortcut | None:
    """The shortcut of a decision that is this table, or None where it has to go the long way.

    `types` are those of the input data that the decision requires, by name.
    """
    if any(len(path) > 1 or isinstance(needed.element, model.Decision) for path, needed in node.needs):
        return None
    lookups = [_lookup(column, types) for column in table.inputs]
    found = [each for each in lookups if each is not None]
    if len(found) < len(lookups) or {name for name, _ in found} != set(types) or not _constant(table):
        return None
    return Shortcut(tuple(found), 1 << len(table.table.rules))


def _lookup(column: InputColumn, types: Mapping[str, Type]) -> tuple[str, Lookup] | None:
    """The name of the input data that a column reads, and the look-up of its values."""
    tree = _tree(column.clause.expression, types)
    if not isinstance(tree, ast.Name) or tree.name not in types:
        return None
    restrictions = [types[tree.name], column.type]
    kind = next((found for each in restrictions if (found := kind_of_type(each)) is not None), column.index.kind)
    sets = [cell.takes(kind) for cell in column.cells]
    limits = [type_set(each, kind) for each in restrictions]
    limits.append(EVERYTHING if column.allowed is None else column.allowed.takes(kind))
    known = [each for each in limits if each is not None]
    if len(known) < len(limits) or None in sets:
        return None
    return tree.name, plain_lookup(column_index(kind, [*sets, intersection(known)]))


def kind_of_type(of: Type) -> Kind | None:
    if isinstance(of, Restricted):
        return kind_of_type(of.base)
    return KINDS_BY_NAME.get(of.name) if isinstance(of, Simple) else None


def type_set(of: Type, kind: Kind) -> IntervalSet | None:
    """The values of a kind that a type allows; None where that is not a set of intervals, or the kind is another."""
    if of == ANY or (isinstance(of, Simple) and kind_of_type(of) is kind):
        return EVERYTHING
    if isinstance(of, Restricted) and isinstance(of.allows, Constraint):
        base, constraint = type_set(of.base, kind), of.allows.test.takes(kind)
        return base & constraint if base is not None and constraint is not None else None
    return None


def _constant(table: CompiledTable) -> bool:
    """Whether all that the table can give are constants."""
    entries = [output for rule in table.table.rules for output in rule.outputs]
    entries += [clause.default for clause in table.table.outputs if clause.default is not None]
    return all(is_constant(entry) for entry in entries)


def is_constant(entry: model.LiteralExpression) -> bool:
    """Whether an expression is a constant, or a list or context of constants."""
    if entry.text in NO_TEXT:
        return True
    tree = _tree(entry, ())
    return tree is not None and all(isinstance(part, CONSTANT) for part in ast.walk(tree))


def _tree(literal: model.LiteralExpression, names: Iterable[str]) -> ast.Node | None:
    try:
        return parse_expression(literal.text, names)
    except FeelSyntaxError:
        return None


def _copy(value: Any) -> Any:
    """A list or context of one's own, for whoever changes what it is given."""
    if isinstance(value, list):
        return [_copy(item) for item in value]
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return value
