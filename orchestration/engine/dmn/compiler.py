"""What does each boxed expression evaluate to? (DMN 1.5, 7.3.1 and 10.2: boxed expressions; 10.3.2.13: their meaning)

Every boxed expression becomes a closure over a FEEL frame, one short function a kind. A text that is not FEEL is a
fault of the model, and null with that reason when it is evaluated: the rest of the model still decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from orchestration.engine.dmn import model
from orchestration.engine.dmn.decision_table import CompiledTable
from orchestration.engine.dmn.item_types import ItemTypes, member_names
from orchestration.engine.dmn.literals import Literals
from orchestration.engine.dmn.model import Fault
from orchestration.engine.dmn.model_evaluation import Evaluate, located, run_of, within
from orchestration.engine.dmn.table_compiler import compile_table
from orchestration.engine.feel.compile_iterations import members
from orchestration.engine.feel.evaluation import Evaluation, Frame
from orchestration.engine.feel.problems import FeelError, quote
from orchestration.engine.feel.types import ANY, FunctionOf, Simple, Type, coerce
from orchestration.engine.feel.values import Function, Value, kind_of

Names = frozenset[str]


class Compiler:
    """Compiles the expressions of one file. `names` are always those of the variables in scope."""

    def __init__(self, definitions: model.Definitions, members: Iterable[str] = ()) -> None:
        self.vendor = definitions.vendor
        self.faults: list[Fault] = []
        self.tables: list[CompiledTable] = []
        self.members = frozenset(members) | member_names(definitions)
        self.literals = Literals(self.members, self.faults, definitions.vendor)
        self.types = ItemTypes(definitions, self.literals.constraint, self.faults)
        self.literals.types = self.types.named

    def expression(self, expression: model.Expression, names: Names, owner: str) -> Evaluate:
        """The closure of an expression, its result converted to the expression's type."""
        compile_kind = self.KINDS[type(expression)]
        evaluate = compile_kind(self, expression, names, owner)
        return self.typed(located(expression, evaluate), expression.type_ref, expression)

    def typed(self, evaluate: Evaluate, type_ref: str | None, element: model.Element) -> Evaluate:
        return converted(evaluate, self.types.of(type_ref, element), element)

    def variable_type(self, variable: model.InformationItem) -> Type:
        return self.types.of(variable.type_ref, variable)

    # ---- one function a kind

    def literal(self, literal: model.LiteralExpression, names: Names, owner: str) -> Evaluate:
        return self.literals.expression(literal, names)

    def table(self, table: model.DecisionTable, names: Names, owner: str) -> Evaluate:
        self.tables.append(compile_table(self, table, names, owner))
        return self.tables[-1]

    def context(self, context: model.Context, names: Names, owner: str) -> Evaluate:
        steps: list[tuple[str | None, Evaluate]] = []
        for entry in context.entries:
            variable = entry.variable
            own = {variable.name} if variable and isinstance(entry.value, model.FunctionDefinition) else set()
            evaluate = self.expression(entry.value, names | own, owner)
            if variable is not None:
                evaluate = self.typed(evaluate, variable.type_ref, variable)
                names = names | {variable.name}
            steps.append((variable.name if variable is not None else None, evaluate))

        def evaluate_context(frame: Frame) -> Value:
            inner = within(frame, {})
            for name, evaluate in steps:
                value = evaluate(inner)
                if name is None:
                    return value
                inner.variables[name] = value
            return {name: inner.variables[name] for name, _ in steps}

        return evaluate_context

    def boxed_list(self, boxed: model.BoxedList, names: Names, owner: str) -> Evaluate:
        items = [self.expression(item, names, owner) for item in boxed.items]
        return lambda frame: [item(frame) for item in items]

    def relation(self, relation: model.Relation, names: Names, owner: str) -> Evaluate:
        columns = [column.name for column in relation.columns]
        rows = [
            [
                self.typed(self.expression(cell, names, owner), column.type_ref, column)
                for cell, column in zip(row, relation.columns, strict=True)
            ]
            for row in relation.rows
        ]
        return lambda frame: [dict(zip(columns, [cell(frame) for cell in row], strict=True)) for row in rows]

    def conditional(self, conditional: model.Conditional, names: Names, owner: str) -> Evaluate:
        condition, then, otherwise = (
            self.expression(each, names, owner)
            for each in (conditional.condition, conditional.then, conditional.otherwise)
        )
        return lambda frame: then(frame) if condition(frame) is True else otherwise(frame)

    # ---- functions

    def function(self, definition: model.FunctionDefinition, names: Names, owner: str) -> Evaluate:
        make = self.function_maker(definition, names, owner)
        return lambda frame: make(frame.variables)

    def function_maker(
        self, definition: model.FunctionDefinition, names: Names, owner: str, result: Type = ANY
    ) -> Callable[[Mapping[str, Value]], Function]:
        """What makes the function value from the variables around it. One that is not written in FEEL only refuses."""
        parameters = tuple(parameter.name for parameter in definition.parameters)
        types = tuple(self.variable_type(parameter) for parameter in definition.parameters)
        reason = _why_not(definition)
        if reason or definition.body is None:
            self.faults.append(Fault(definition.reference, definition.line, reason))
            return lambda variables: Function(owner, parameters, _refusing(reason), types, result)
        body = converted(self.expression(definition.body, names | set(parameters), owner), result, definition)

        def make(variables: Mapping[str, Value]) -> Function:
            def invoke(run: Evaluation, arguments: Sequence[Value]) -> Value:
                return body(Frame(run, None, {**variables, **fitting(run, parameters, types, arguments)}))

            return Function(owner, parameters, invoke, types, result)

        return make

    def invocation(self, invocation: model.Invocation, names: Names, owner: str) -> Evaluate:
        called = self.expression(invocation.called, names, owner)
        bindings = [(each.parameter.name, self.binding(each, names, owner)) for each in invocation.bindings]

        def evaluate(frame: Frame) -> Value:
            run = run_of(frame)
            function = called(frame)
            if not isinstance(function, Function):
                return run.say(f"a {kind_of(function)} cannot be invoked")
            try:
                return function.call_named(run, {name: value(frame) for name, value in bindings})
            except FeelError as error:
                return run.say(error.reason)

        return evaluate

    def binding(self, binding: model.Binding, names: Names, owner: str) -> Evaluate:
        if binding.value is None:
            return lambda frame: None
        evaluate = self.expression(binding.value, names, owner)
        return self.typed(evaluate, binding.parameter.type_ref, binding.parameter)

    # ---- iteration

    def filter(self, boxed: model.Filter, names: Names, owner: str) -> Evaluate:
        source = self.expression(boxed.source, names, owner)
        match = self.expression(boxed.match, names | self.members | {"item"}, owner)

        def evaluate(frame: Frame) -> Value:
            run = run_of(frame)
            items = source(frame)
            if items is None:
                return run.say("null cannot be filtered")
            kept = []
            for item in items if isinstance(items, list) else [items]:
                run.spend()
                variables = {**item, "item": item} if isinstance(item, dict) else {"item": item}
                verdict = match(within(frame, variables))
                if verdict is True:
                    kept.append(item)
                elif verdict is not False and verdict is not None:
                    return run.say("the match of a filter must be true or false")
            return kept

        return evaluate

    def iteration(self, boxed: model.Iteration, names: Names, owner: str) -> Evaluate:
        source = self.typed(self.expression(boxed.source, names, owner), boxed.source_type_ref, boxed)
        result = self.expression(boxed.result, names | {boxed.variable, "partial"}, owner)
        partial = boxed.kind == "for" and _reads_partial(boxed.result)
        summarise = _SUMMARIES[boxed.kind]

        def evaluate(frame: Frame) -> Value:
            run = run_of(frame)
            results: list[Value] = []
            try:
                for item in members(run, source(frame)):
                    run.items(len(results) if partial else 0)
                    known = {"partial": list(results)} if partial else {}
                    results.append(result(within(frame, {boxed.variable: item, **known})))
            except FeelError as error:
                return run.say(error.reason)
            return summarise(results)

        return evaluate

    KINDS: dict[type[model.Expression], Callable[[Compiler, Any, Names, str], Evaluate]] = {
        model.LiteralExpression: literal,
        model.DecisionTable: table,
        model.Context: context,
        model.BoxedList: boxed_list,
        model.Relation: relation,
        model.FunctionDefinition: function,
        model.Invocation: invocation,
        model.Conditional: conditional,
        model.Filter: filter,
        model.Iteration: iteration,
    }


def converted(evaluate: Evaluate, to: Type, element: model.Element) -> Evaluate:
    """The same expression, its value converted to a type (10.3.2.9.4); null, with the reason, where it does not fit."""
    if to == ANY:
        return evaluate

    def inner(frame: Frame) -> Value:
        try:
            return coerce(evaluate(frame), to, frame.run)
        except FeelError as error:
            run = run_of(frame)
            return run.say(error.reason, element=element)

    return inner


def result_type(variable: Type) -> Type:
    """What a function gives whose variable has this type: the signature's result, or, as of old, the type itself."""
    if variable == Simple("function"):
        return ANY
    return variable.result if isinstance(variable, FunctionOf) else variable


def fitting(
    run: Evaluation, parameters: Sequence[str], types: Sequence[Type], arguments: Sequence[Value]
) -> dict[str, Value]:
    """The arguments by name, converted to the parameters' types. Raises FeelError for one that does not fit."""
    found = {}
    for name, type_, argument in zip(parameters, types, arguments, strict=True):
        try:
            found[name] = coerce(argument, type_, run)
        except FeelError as error:
            raise FeelError(f"the argument {quote(name)} does not fit: {error.reason}") from None
    return found


def _why_not(definition: model.FunctionDefinition) -> str:
    """Why a function definition cannot be used; empty if it can."""
    if definition.kind != "FEEL":
        return f"external functions ({definition.kind}) are not supported: only FEEL is evaluated"
    return "" if definition.body is not None else "this function has no expression"


def _refusing(reason: str) -> Callable[[Evaluation, Sequence[Value]], Value]:
    def invoke(run: Evaluation, arguments: Sequence[Value]) -> Value:
        raise FeelError(reason)

    return invoke


def _reads_partial(result: model.Expression) -> bool:
    literals = (each for each in model.walk(result) if isinstance(each, model.LiteralExpression))
    return any("partial" in each.text for each in literals) or any(
        isinstance(each, model.DecisionTable) for each in model.walk(result)
    )


def _any_true(results: list[Value]) -> bool | None:
    """`some`: the disjunction of the results in three-valued logic (10.3.2.6)."""
    if any(each is True for each in results):
        return True
    return False if all(each is False for each in results) else None


def _all_true(results: list[Value]) -> bool | None:
    """`every`: their conjunction."""
    if any(each is False for each in results):
        return False
    return True if all(each is True for each in results) else None


_SUMMARIES: dict[model.IterationKind, Callable[[list[Value]], Value]] = {
    "for": list,
    "some": _any_true,
    "every": _all_true,
}
