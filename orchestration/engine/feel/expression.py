"""How is a FEEL text compiled once and evaluated often? (DMN 1.5, 10.3.1.2 `expression` and `unary tests`.)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from . import ast, compile_functions, compile_iterations, compile_operators, compile_structures, compile_tests
from .builtins import STANDARD, Library
from .compiler import Code, Compiler, Level
from .evaluation import Evaluation, Frame
from .lexer import Source
from .names import Names, table_of
from .numbers import exact
from .parser import Parser
from .plain_texts import plain_expression, plain_tests
from .problems import DEFAULT, FeelSyntaxError, LimitExceeded, Limits, Problem
from .temporal import DateTime
from .types import Type
from .values import Value, measure

RULE_MODULES = (compile_functions, compile_iterations, compile_operators, compile_structures, compile_tests)
_OUTERMOST = Level(None, None, False)
_WITH_INPUT = Level(_OUTERMOST, frozenset([compile_tests.INPUT]), True)
NO_TYPES: Mapping[str, Type] = {}
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value, and why parts of it are null. A number in a list or context that was handed in is as it was there."""

    value: Value
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `names` are the variables it reads; `ast` is its tree."""

    text: str
    ast: ast.Node
    names: frozenset[str]
    code: Code = field(repr=False, compare=False)

    def evaluate(
        self, scope: Mapping[str, Value], *, now: DateTime | None = None, limits: Limits = DEFAULT
    ) -> Evaluated:
        """The value for these variables (FEEL values, or what JSON gives). Never raises for what a model does."""
        return _evaluated(lambda run: self.value_in(run, scope), Evaluation(limits, now), self.ast)

    def value_in(self, run: Evaluation, scope: Mapping[str, Value]) -> Value:
        """The value as a part of a larger evaluation. Problems go to the run. Raises `LimitExceeded`."""
        return _bounded(self.code, Frame(run, None, scope), self.ast)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A compiled cell of a decision table. `names` are the variables it reads, the input value `?` not among them."""

    text: str
    ast: ast.UnaryTests
    names: frozenset[str]
    code: Code = field(repr=False, compare=False)

    def evaluate(
        self,
        input_value: Value,
        scope: Mapping[str, Value],
        *,
        now: DateTime | None = None,
        limits: Limits = DEFAULT,
    ) -> Evaluated:
        """Whether the input value passes: true, false, or null where that cannot be said."""
        return _evaluated(lambda run: self.value_in(run, input_value, scope), Evaluation(limits, now), self.ast)

    def value_in(self, run: Evaluation, input_value: Value, scope: Mapping[str, Value]) -> bool | None:
        """The same as a part of a larger evaluation. Problems go to the run. Raises `LimitExceeded`."""
        frame = Frame(run, Frame(run, None, scope), {compile_tests.INPUT: input_value})
        verdict: bool | None = _bounded(self.code, frame, self.ast)
        return verdict


def _bounded(code: Code, frame: Frame, node: ast.Node) -> Value:
    """The value, whatever was handed in: even what holds itself, or a number that is none."""
    try:
        return code(frame)
    except RecursionError as error:
        raise LimitExceeded("this is nested too deeply") from error
    except ArithmeticError:
        return frame.run.fail("a number that is none was handed in", node.span)


def _evaluated(evaluate: Callable[[Evaluation], Value], run: Evaluation, node: ast.Node) -> Evaluated:
    try:
        value = evaluate(run)
        kind = type(value)
        if kind is int or kind is float:
            value = exact(value)
        measure(run, value)
    except LimitExceeded as error:
        return Evaluated(None, (*run.problems, Problem(error.reason, node.span, limit=True)))
    return Evaluated(value, tuple(run.problems))


def _refusing_depth(read: Callable[[str, Names, Library, Mapping[str, Type]], Read]) -> Callable[..., Read]:
    """The same reading of a text, which refuses one whose tree is too deep for the caller's stack."""

    def reading(text: str, names: Names, library: Library, types: Mapping[str, Type] = NO_TYPES) -> Read:
        try:
            return read(text, names, library, types)
        except RecursionError as error:
            raise FeelSyntaxError("this is nested too deeply", Source(text).span(0, len(text))) from error

    return reading


def parse_expression(text: str, names: Names | Iterable[str] = (), library: Library = STANDARD) -> ast.Node:
    """The tree of an expression. Raises `FeelSyntaxError`."""
    return _expression_tree(text, Names.of(names), library)


def parse_unary_tests(text: str, names: Names | Iterable[str] = (), library: Library = STANDARD) -> ast.UnaryTests:
    """The tree of the unary tests of a decision table's cell. Raises `FeelSyntaxError`."""
    return _tests_tree(text, Names.of(names), library)


def compile_expression(
    text: str,
    names: Names | Iterable[str] = (),
    types: Mapping[str, Type] = NO_TYPES,
    library: Library = STANDARD,
) -> Expression:
    """Compile an expression. `types` are item definitions, for `instance of`. Raises `FeelSyntaxError`."""
    if not types:
        return _compiled_expression(text, Names.of(names), library)
    return _expression(text, Names.of(names), library, types)


def compile_unary_tests(
    text: str,
    names: Names | Iterable[str] = (),
    types: Mapping[str, Type] = NO_TYPES,
    library: Library = STANDARD,
) -> UnaryTests:
    """Compile the unary tests of a decision table's cell. Raises `FeelSyntaxError`."""
    if not types:
        return _compiled_unary_tests(text, Names.of(names), library)
    return _unary_tests(text, Names.of(names), library, types)


@lru_cache(maxsize=4096)
def _compiled_expression(text: str, names: Names, library: Library) -> Expression:
    return _expression(text, names, library)


@lru_cache(maxsize=4096)
def _compiled_unary_tests(text: str, names: Names, library: Library) -> UnaryTests:
    return _unary_tests(text, names, library)


@_refusing_depth
def _expression(text: str, names: Names, library: Library, types: Mapping[str, Type]) -> Expression:
    compiler = Compiler(names.variables, types, library)
    node = _expression_tree(text, names, library, types)
    code = compiler.code(node, _OUTERMOST)
    return Expression(text, node, frozenset(compiler.free), code)


@_refusing_depth
def _unary_tests(text: str, names: Names, library: Library, types: Mapping[str, Type]) -> UnaryTests:
    compiler = Compiler(names.variables, types, library)
    node = _tests_tree(text, names, library, types)
    code = compiler.code(node, _WITH_INPUT)
    return UnaryTests(text, node, frozenset(compiler.free), code)


@_refusing_depth
def _expression_tree(text: str, names: Names, library: Library, types: Mapping[str, Type]) -> ast.Node:
    return plain_expression(text) or _parser(text, names, library, types).whole_expression()


@_refusing_depth
def _tests_tree(text: str, names: Names, library: Library, types: Mapping[str, Type]) -> ast.UnaryTests:
    return plain_tests(text) or _parser(text, names, library, types).whole_unary_tests()


def _parser(text: str, names: Names, library: Library, types: Mapping[str, Type]) -> Parser:
    return Parser(text, names, library.names, table_of(frozenset(types)))
