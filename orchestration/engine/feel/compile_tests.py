"""How do ranges, `in` and unary tests run? (DMN 1.5, 10.3.2.7, 10.3.2.8 and Table 55.)"""

from __future__ import annotations

from collections.abc import Callable

from . import ast
from .comparison import in_range, order, same
from .compile_operators import comparing
from .compiler import Code, Compiler, Level, rule
from .evaluation import Evaluation, Frame
from .problems import FeelError, Span
from .values import Range, Value

INPUT = "?"
Test = Callable[[Frame, Value], bool | None]
"""Whether a value passes; null if that cannot be said."""


@rule(ast.RangeLiteral)
def compile_range(compiler: Compiler, node: ast.RangeLiteral, level: Level) -> Code:
    start, end = compiler.code(node.start, level), compiler.code(node.end, level)
    start_included, end_included, span = node.start_included, node.end_included, node.span

    def evaluate(frame: Frame) -> Value:
        first, last = start(frame), end(frame)
        try:
            if order(first, last) > 0:
                return frame.run.fail("a range does not end before its start", span)
        except FeelError as error:
            return frame.run.fail(f"this is no range: {error.reason}", span)
        return Range(first, last, start_included, end_included)

    return evaluate


@rule(ast.OperatorTest)
def compile_half_range(compiler: Compiler, node: ast.OperatorTest, level: Level) -> Code:
    """`(< 5)` as a value: all that is less than 5."""
    operand, symbol, span = compiler.code(node.operand, level), node.operator, node.span

    def evaluate(frame: Frame) -> Value:
        bound = operand(frame)
        try:
            order(bound, bound)
        except FeelError as error:
            return frame.run.fail(f"this is no range: {error.reason}", span)
        if symbol == "=":
            return Range(bound, bound, True, True)
        if symbol in ("<", "<="):
            return Range(None, bound, False, symbol == "<=")
        if symbol in (">", ">="):
            return Range(bound, None, symbol == ">=", False)
        return frame.run.fail("all but one value is no range", span)

    return evaluate


# --- tests --------------------------------------------------------------------------------------------------------


@rule(ast.In)
def compile_in(compiler: Compiler, node: ast.In, level: Level) -> Code:
    value = compiler.code(node.value, level)
    tests = [test_of(compiler, test, level) for test in node.tests]
    if len(tests) == 1:
        only = tests[0]
        return lambda frame: only(frame, value(frame))
    return lambda frame: any_of(tests, frame, value(frame))


def any_of(tests: list[Test], frame: Frame, value: Value) -> bool | None:
    """The disjunction of the tests."""
    result: bool | None = False
    for test in tests:
        verdict = test(frame, value)
        if verdict is True:
            return True
        if verdict is None:
            result = None
    return result


def test_of(compiler: Compiler, node: ast.Node, level: Level) -> Test:
    if isinstance(node, ast.OperatorTest):
        compare, operand = comparing(node.operator, node.span), compiler.code(node.operand, level)
        return lambda frame, value: compare(frame.run, value, operand(frame))
    if isinstance(node, ast.RangeLiteral):
        return _range_test(compiler, node, level)
    expected, span = compiler.code(node, level), node.span
    equals = comparing("=", span)
    return lambda frame, value: _passes(frame.run, value, expected(frame), equals, span)


def _range_test(compiler: Compiler, node: ast.RangeLiteral, level: Level) -> Test:
    """The conjunction of two comparisons: with a null bound it is false or null, never true."""
    start, end = compiler.code(node.start, level), compiler.code(node.end, level)
    above = comparing(">=" if node.start_included else ">", node.span)
    below = comparing("<=" if node.end_included else "<", node.span)

    def test(frame: Frame, value: Value) -> bool | None:
        run = frame.run
        first = above(run, value, start(frame))
        if first is False:
            return False
        second = below(run, value, end(frame))
        return second if first is True or second is False else None

    return test


def _within(run: Evaluation, value: Value, bounds: Range, span: Span) -> bool | None:
    try:
        return in_range(bounds, value)
    except FeelError as error:
        run.fail(error.reason, span)
        return None


def _passes(
    run: Evaluation, value: Value, expected: Value, equals: Callable[..., bool | None], span: Span
) -> bool | None:
    """Equal to it, within it if it is a range, or equal to or within one of its items if it is a list."""
    if isinstance(expected, Range) and not isinstance(value, Range):
        return _within(run, value, expected, span)
    if isinstance(expected, list):
        run.items(len(expected))
        return same(run, value, expected) or any(_is_or_contains(run, item, value) for item in expected)
    return equals(run, value, expected)


def _is_or_contains(run: Evaluation, item: Value, value: Value) -> bool:
    if isinstance(item, Range) and not isinstance(value, Range):
        try:
            return in_range(item, value)
        except FeelError:
            return False
    return same(run, item, value)


# --- the cell of a decision table ---------------------------------------------------------------------------------


@rule(ast.UnaryTests)
def compile_unary_tests(compiler: Compiler, node: ast.UnaryTests, level: Level) -> Code:
    """Reads the input value from the variable `?`."""
    tests = [_cell_test(compiler, test, level) for test in node.tests]
    if not tests:
        return lambda frame: True
    if node.negated:
        return lambda frame: _opposite(any_of(tests, frame, frame.variables[INPUT]))
    if len(tests) == 1:
        only = tests[0]
        return lambda frame: only(frame, frame.variables[INPUT])
    return lambda frame: any_of(tests, frame, frame.variables[INPUT])


def _opposite(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


_TRUTHS = (ast.Comparison, ast.Conjunction, ast.Disjunction, ast.Between, ast.In, ast.InstanceOf, ast.Quantified)
"""Nodes that give true, false, or null where that cannot be said (10.3.2.13.1 to 10.3.2.13.3)."""


def _cell_test(compiler: Compiler, node: ast.Node, level: Level) -> Test:
    if isinstance(node, ast.OperatorTest | ast.RangeLiteral | ast.Literal):
        return test_of(compiler, node, level)
    code, span = compiler.code(node, level), node.span
    equals = comparing("=", span)
    reads_input = any(isinstance(part, ast.Name) and part.name == INPUT for part in ast.walk(node))
    decides = reads_input or isinstance(node, _TRUTHS)

    def test(frame: Frame, value: Value) -> bool | None:
        """A condition decides by itself, also by being null; any other value is compared with the input.

        A truth that does not read the input is compared too where the input is one.
        """
        result = code(frame)
        if result is None and decides:
            return None
        if reads_input and isinstance(result, bool):
            return result
        if isinstance(result, bool) and not isinstance(value, bool):
            return result
        return _passes(frame.run, value, result, equals, span)

    return test
