"""How does a tree become something that runs? (DMN 1.5, 10.3.2: semantics; 10.3.2.11: scopes.)

Each node becomes a Python function of a `Frame`, made once from the functions of its parts. This module holds what they
share: the scopes as they are known when compiling, and names. The rules for the nodes are in the `compile_*` modules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import ast
from .builtins import BUILT_INS, Library
from .evaluation import Evaluation, Frame
from .problems import FeelError, Span, quote
from .types import Type
from .values import Value

Code = Callable[[Frame], Value]


@dataclass(frozen=True, slots=True)
class Level:
    """A scope as known when compiling; at run time it is one `Frame`.

    `names`: those that may be in it, None for any (an item that is filtered). `certain`: all of them are.
    """

    outer: Level | None
    names: frozenset[str] | None
    certain: bool


class Compiler:
    """Compiles the nodes of one text. Collects `free`: the names that are read from the scope handed in."""

    def __init__(self, declared: frozenset[str], types: Mapping[str, Type], library: Library) -> None:
        self.declared = declared
        self.library = library
        self.types = types
        self.free: set[str] = set()

    def code(self, node: ast.Node, level: Level) -> Code:
        """The function that evaluates a node inside that scope."""
        return RULES[type(node)](self, node, level)

    def codes(self, nodes: tuple[ast.Node, ...], level: Level) -> list[Code]:
        return [self.code(node, level) for node in nodes]

    def may_be_variable(self, name: str, level: Level) -> bool:
        """Whether a name that is also a built-in function's is known to be something else here."""
        scope: Level | None = level
        while scope is not None:
            if scope.names is not None and name in scope.names:
                return True
            scope = scope.outer
        return name in self.declared


Rule = Callable[[Compiler, "ast.Node", Level], Code]
RULES: dict[type[ast.Node], Rule] = {}


def rule(node_type: type[ast.Node]) -> Callable[[Callable[..., Code]], Callable[..., Code]]:
    """Register how one kind of node is compiled."""

    def register(compile_node: Callable[..., Code]) -> Callable[..., Code]:
        RULES[node_type] = compile_node
        return compile_node

    return register


@rule(ast.Name)
def compile_name(compiler: Compiler, node: ast.Name, level: Level) -> Code:
    name, span = node.name, node.span
    candidates = _candidates(name, level)
    depth, certain = candidates[-1]
    if not certain:
        compiler.free.add(name)
    if len(candidates) == 1 and depth == 0:
        return _local(name) if certain else _outermost(name, span)
    return _searching(name, span, tuple(distance for distance, _ in candidates), certain)


def _candidates(name: str, level: Level) -> list[tuple[int, bool]]:
    """The scopes that may hold a name, as their distance, and whether they surely do; the last decides."""
    found: list[tuple[int, bool]] = []
    scope, distance = level, 0
    while scope.outer is not None:
        if scope.names is None or name in scope.names:
            found.append((distance, scope.certain))
            if scope.certain:
                return found
        scope, distance = scope.outer, distance + 1
    return [*found, (distance, False)]


def _local(name: str) -> Code:
    return lambda frame: frame.variables[name]


def _outermost(name: str, span: Span) -> Code:
    def read(frame: Frame) -> Value:
        try:
            return frame.variables[name]
        except KeyError:
            return _unknown(name, frame.run, span)

    return read


def _unknown(name: str, run: Evaluation, span: Span) -> Value:
    if name in BUILT_INS:
        return BUILT_INS[name]
    return run.fail(f"there is no variable {quote(name)}", span)


def _searching(name: str, span: Span, distances: tuple[int, ...], certain: bool) -> Code:
    def read(frame: Frame) -> Value:
        run, here, scope = frame.run, 0, frame
        for distance in distances:
            while here < distance:
                scope = scope.outer  # type: ignore[assignment]
                here += 1
            if name in scope.variables:
                return scope.variables[name]
        return None if certain else _unknown(name, run, span)

    return read


def attempt(code: Callable[[Evaluation, Frame], Value], span: Span) -> Code:
    """A node that may fail: its `FeelError` becomes null and a problem."""

    def evaluate(frame: Frame) -> Value:
        try:
            return code(frame.run, frame)
        except FeelError as error:
            return frame.run.fail(error.reason, span)

    return evaluate
