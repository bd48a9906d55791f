"""How are functions defined and invoked? (DMN 1.5, 10.3.2.13.4 to 10.3.2.13.8, Table 70.)"""

from __future__ import annotations

from collections.abc import Sequence

from . import ast
from .builtins import BUILT_INS
from .compiler import Code, Compiler, Level, rule
from .evaluation import Evaluation, Frame
from .inference import type_of
from .problems import DEFAULT, FeelError, quote
from .types import Type, coerce, resolve
from .values import Function, Value, described, measure

_DATE_TIME_LITERALS = ("date", "time", "date and time", "duration")


@rule(ast.FunctionDefinition)
def compile_definition(compiler: Compiler, node: ast.FunctionDefinition, level: Level) -> Code:
    names = tuple(parameter.name for parameter in node.parameters)
    if node.external:
        return lambda frame: Function("external function", names, _refuse_external)
    try:
        types = tuple(None if p.type is None else resolve(p.type, compiler.types) for p in node.parameters)
    except FeelError as error:
        reason, span = error.reason, node.span
        return lambda frame: frame.run.fail(reason, span)
    result = type_of(node.body, dict(zip(names, types, strict=True)))
    body = compiler.code(node.body, Level(level, frozenset(names), True))

    def define(frame: Frame) -> Value:
        def invoke(run: Evaluation, arguments: Sequence[Value]) -> Value:
            values = [_fitting(run, *argument) for argument in zip(names, types, arguments, strict=True)]
            return body(Frame(run, frame, dict(zip(names, values, strict=True))))

        return Function("function", names, invoke, types, result)

    return define


def _fitting(run: Evaluation, name: str, of: Type | None, value: Value) -> Value:
    if of is None:
        return value
    measure(run, value)
    try:
        return coerce(value, of, run)
    except FeelError as error:
        raise FeelError(f"argument {quote(name)}: {error.reason}") from error


def _refuse_external(run: Evaluation, arguments: Sequence[Value]) -> Value:
    raise FeelError("external functions (Java, PMML) are not run here")


@rule(ast.Invocation)
def compile_invocation(compiler: Compiler, node: ast.Invocation, level: Level) -> Code:
    arguments = [compiler.code(argument.value, level) for argument in node.arguments]
    names = [argument.name for argument in node.arguments if argument.name is not None]
    if (literal := _date_time_literal(compiler, node, level)) is not None:
        return literal
    function, span = _function(compiler, node.function, level), node.span
    if len(set(names)) < len(names):
        return lambda frame: frame.run.fail("an argument is given twice", span)

    def evaluate(frame: Frame) -> Value:
        run, called = frame.run, function(frame)
        if not isinstance(called, Function):
            return run.fail(f"{described(called)} cannot be invoked", span)
        values = [argument(frame) for argument in arguments]
        try:
            if names:
                return called.call_named(run, dict(zip(names, values, strict=True)))
            return called.call(run, values)
        except FeelError as error:
            return run.fail(error.reason, span)

    return evaluate


def _date_time_literal(compiler: Compiler, node: ast.Invocation, level: Level) -> Code | None:
    """`date("2024-02-29")` and the like are literals (rule 60): made once."""
    called, values = node.function, [argument.value for argument in node.arguments]
    if not isinstance(called, ast.Name) or called.name not in _DATE_TIME_LITERALS or len(values) != 1:
        return None
    text = values[0]
    if node.arguments[0].name is not None or not isinstance(text, ast.Literal):
        return None
    if compiler.may_be_variable(called.name, level):
        return None
    try:
        value = BUILT_INS[called.name].call(Evaluation(DEFAULT, None), [text.value])
    except FeelError as error:
        reason, span = error.reason, node.span
        return lambda frame: frame.run.fail(reason, span)
    return lambda frame: value


def _function(compiler: Compiler, node: ast.Node, level: Level) -> Code:
    """A built-in function is found once, unless its name is known to be that of a variable."""
    built_ins = compiler.library.functions
    if isinstance(node, ast.Name) and node.name in built_ins and not compiler.may_be_variable(node.name, level):
        built_in = built_ins[node.name]
        return lambda frame: built_in
    return compiler.code(node, level)
