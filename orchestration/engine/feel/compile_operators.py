"""How do literals, logic, comparisons and arithmetic run? (DMN 1.5, 10.3.2.13.1 to 10.3.2.13.3, Tables 48 to 63.)"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal

from . import ast
from .arithmetic import OPERATIONS, negate
from .comparison import equal, order
from .compiler import Code, Compiler, Level, attempt, rule
from .evaluation import Evaluation, Frame
from .numbers import exact, whole
from .problems import FeelError, Span
from .text import parse_at_literal
from .types import is_instance, resolve_complete
from .values import Value, described, kind_of, measure

_SYMBOLS: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@rule(ast.Literal)
def compile_literal(compiler: Compiler, node: ast.Literal, level: Level) -> Code:
    value = node.value
    return lambda frame: value


@rule(ast.AtLiteral)
def compile_at_literal(compiler: Compiler, node: ast.AtLiteral, level: Level) -> Code:
    try:
        value = parse_at_literal(node.text)
    except FeelError as error:
        reason, span = error.reason, node.span
        return lambda frame: frame.run.fail(reason, span)
    return lambda frame: value


# --- three-valued logic (Tables 48 and 49) ------------------------------------------------------------------------


@rule(ast.Conjunction)
def compile_conjunction(compiler: Compiler, node: ast.Conjunction, level: Level) -> Code:
    return _logic(compiler.codes(node.operands, level), "and", node)


@rule(ast.Disjunction)
def compile_disjunction(compiler: Compiler, node: ast.Disjunction, level: Level) -> Code:
    return _logic(compiler.codes(node.operands, level), "or", node)


def _logic(operands: list[Code], word: str, node: ast.Conjunction | ast.Disjunction) -> Code:
    """`decisive` (false for `and`, true for `or`) wins; then null, for what is no boolean too."""
    decisive, otherwise = word == "or", word == "and"
    pairs = [(code, part.span) for code, part in zip(operands, node.operands, strict=True)]

    def evaluate(frame: Frame) -> Value:
        result: bool | None = otherwise
        for code, span in pairs:
            value = code(frame)
            if value is decisive:
                return decisive
            if value is not otherwise:
                result = None
                if value is not None:
                    frame.run.fail(f"{word!r} needs booleans, not {described(value)}", span)
        return result

    return evaluate


# --- comparison (Tables 50 to 54) ---------------------------------------------------------------------------------


@rule(ast.Comparison)
def compile_comparison(compiler: Compiler, node: ast.Comparison, level: Level) -> Code:
    left, right = compiler.code(node.left, level), compiler.code(node.right, level)
    constant = constant_of(node.right)
    if type(constant) is Decimal:
        return _with_number(left, constant, node)
    if type(constant) is str:
        return _with_string(left, constant, node)
    compare = comparing(node.operator, node.span)
    return lambda frame: compare(frame.run, left(frame), right(frame))


def constant_of(node: ast.Node) -> Value:
    """The value of a number (with or without minus) or string; None for anything else."""
    if isinstance(node, ast.Negation):
        inner = constant_of(node.operand)
        return inner.copy_negate() if type(inner) is Decimal else None
    return node.value if isinstance(node, ast.Literal) and not isinstance(node.value, bool) else None


def _with_number(left: Code, constant: Decimal, node: ast.Comparison) -> Code:
    """A comparison with a number known beforehand, without detours for a number of any Python type."""
    symbol, compare = _SYMBOLS[node.operator], comparing(node.operator, node.span)
    integer = whole(constant)
    small = constant if integer is None else integer

    def evaluate(frame: Frame) -> Value:
        value = left(frame)
        kind = type(value)
        if kind is int:
            return symbol(value, small)
        if kind is Decimal:
            return symbol(value, constant)
        return compare(frame.run, value, constant)

    return evaluate


def _with_string(left: Code, constant: str, node: ast.Comparison) -> Code:
    symbol, compare = _SYMBOLS[node.operator], comparing(node.operator, node.span)

    def evaluate(frame: Frame) -> Value:
        value = left(frame)
        return symbol(value, constant) if type(value) is str else compare(frame.run, value, constant)

    return evaluate


Compare = Callable[[Evaluation, Value, Value], bool | None]


def comparing(symbol: str, span: Span) -> Compare:
    """The operator as a function of two values; a failure is null and a problem at the span."""
    if symbol == "=":
        return lambda run, left, right: _equality(run, left, right, span)
    if symbol == "!=":
        return lambda run, left, right: _negated(_equality(run, left, right, span))
    test = _SYMBOLS[symbol]

    def compare(run: Evaluation, left: Value, right: Value) -> bool | None:
        kind = type(left)
        if kind is type(right) and (kind is Decimal or kind is int or kind is str):
            return test(left, right)
        mine, other = exact(left), exact(right)
        if mine is not None and other is not None:
            return test(mine, other)
        try:
            return test(order(left, right), 0)
        except FeelError as error:
            run.fail(error.reason, span)
            return None

    return compare


def _equality(run: Evaluation, left: Value, right: Value, span: Span) -> bool | None:
    answer = equal(run, left, right)
    if answer is None:
        run.fail(f"cannot compare {kind_of(left)} with {kind_of(right)}", span)
    return answer


def _negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


@rule(ast.Between)
def compile_between(compiler: Compiler, node: ast.Between, level: Level) -> Code:
    value, low, high = compiler.codes((node.value, node.low, node.high), level)
    above, below = comparing(">=", node.span), comparing("<=", node.span)

    def evaluate(frame: Frame) -> Value:
        run, tested = frame.run, value(frame)
        first, second = above(run, tested, low(frame)), below(run, tested, high(frame))
        if first is False or second is False:
            return False
        return True if first and second else None

    return evaluate


@rule(ast.InstanceOf)
def compile_instance_of(compiler: Compiler, node: ast.InstanceOf, level: Level) -> Code:
    value = compiler.code(node.value, level)
    try:
        of = resolve_complete(node.type, compiler.types)
    except FeelError as error:
        reason, span = error.reason, node.span
        return lambda frame: frame.run.fail(reason, span)

    def evaluate(frame: Frame) -> Value:
        tested = value(frame)
        measure(frame.run, tested)
        return is_instance(tested, of, frame.run)

    return evaluate


# --- arithmetic (Tables 57 to 63) ---------------------------------------------------------------------------------


@rule(ast.Arithmetic)
def compile_arithmetic(compiler: Compiler, node: ast.Arithmetic, level: Level) -> Code:
    """A chain such as a + b - c runs in a loop, so that its length does not count as depth."""
    links: list[tuple[str, ast.Node, Span]] = []
    first: ast.Node = node
    while isinstance(first, ast.Arithmetic):
        links.append((first.operator, first.right, first.span))
        first = first.left
    start = compiler.code(first, level)
    steps = [(OPERATIONS[symbol], compiler.code(right, level), span) for symbol, right, span in reversed(links)]
    return _single(start, *steps[0]) if len(steps) == 1 else _chain(start, steps)


Step = tuple[Callable[[Evaluation, Value, Value], Value], Code, Span]


def _single(left: Code, operation: Callable[[Evaluation, Value, Value], Value], right: Code, span: Span) -> Code:
    def evaluate(frame: Frame) -> Value:
        try:
            return operation(frame.run, left(frame), right(frame))
        except FeelError as error:
            return frame.run.fail(error.reason, span)

    return evaluate


def _chain(start: Code, steps: list[Step]) -> Code:
    def evaluate(frame: Frame) -> Value:
        run, result = frame.run, start(frame)
        for operation, right, span in steps:
            try:
                result = operation(run, result, right(frame))
            except FeelError as error:
                result = run.fail(error.reason, span)
        return result

    return evaluate


@rule(ast.Negation)
def compile_negation(compiler: Compiler, node: ast.Negation, level: Level) -> Code:
    constant = constant_of(node)
    if constant is not None:
        return lambda frame: constant
    operand = compiler.code(node.operand, level)
    return attempt(lambda run, frame: negate(run, operand(frame)), node.span)
