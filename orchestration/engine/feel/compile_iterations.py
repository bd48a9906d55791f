"""How do if, for, some and every run? (DMN 1.5, 10.3.2.14, Tables 45 and 66 to 69.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from . import ast
from .compiler import Code, Compiler, Level, rule
from .evaluation import Evaluation, Frame
from .numbers import exact, is_number, whole
from .problems import FeelError, Span
from .temporal import Date
from .values import Range, Value, described


@rule(ast.If)
def compile_if(compiler: Compiler, node: ast.If, level: Level) -> Code:
    """Anything but true takes the else branch. A chain of `else if` runs in a loop."""
    branches: list[tuple[Code, Code, Span]] = []
    last: ast.Node = node
    while isinstance(last, ast.If):
        branches.append((compiler.code(last.condition, level), compiler.code(last.then, level), last.condition.span))
        last = last.otherwise
    otherwise = compiler.code(last, level)

    def evaluate(frame: Frame) -> Value:
        for condition, then, span in branches:
            verdict = condition(frame)
            if verdict is True:
                return then(frame)
            if verdict is not None and verdict is not False:
                frame.run.fail(f"a condition must be a boolean, not {described(verdict)}", span)
        return otherwise(frame)

    return evaluate


# --- domains ------------------------------------------------------------------------------------------------------

Domain = Callable[[Frame], Sequence[Value]]


def _domain(compiler: Compiler, node: ast.Iteration, level: Level) -> Domain:
    first = compiler.code(node.domain, level)
    if node.end is None:
        return lambda frame: members(frame.run, first(frame))
    last = compiler.code(node.end, level)
    return lambda frame: _counted(frame.run, first(frame), last(frame))


def members(run: Evaluation, value: Value) -> Sequence[Value]:
    """What an iteration over a value visits: items, whole numbers, days, or the one value. Raises `FeelError`."""
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        return _range_items(run, value)
    if value is None:
        raise FeelError("cannot iterate over null")
    return [value]


def _range_items(run: Evaluation, value: Range) -> Sequence[Value]:
    if value.start is None or value.end is None:
        raise FeelError("cannot iterate over a range without an end")
    items = _counted(run, value.start, value.end)
    return items[0 if value.start_included else 1 : len(items) if value.end_included else -1]


def _counted(run: Evaluation, first: Value, last: Value) -> Sequence[Value]:
    """From first to last, both included, up or down: whole numbers or days."""
    if isinstance(first, Date) and isinstance(last, Date):
        return _Days(_steps(run, first.days, last.days))
    if not (is_number(first) and is_number(last)):
        raise FeelError(f"cannot iterate from {described(first)} to {described(last)}")
    start, end = (whole(number) if (number := exact(bound)) is not None else None for bound in (first, last))
    if start is None or end is None:
        raise FeelError("an iteration goes from one whole number to another")
    return _Numbers(_steps(run, start, end))


def _steps(run: Evaluation, first: int, last: int) -> range:
    run.items(abs(last - first) + 1)
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


class _Lazy(Sequence[Value]):
    """A range of integers, each made a value when it is its turn."""

    def __init__(self, steps: range) -> None:
        self.steps = steps

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, key: int | slice) -> Value:
        chosen = self.steps[key]
        return type(self)(chosen) if isinstance(chosen, range) else self.made(chosen)

    def __iter__(self) -> Iterator[Value]:
        return map(self.made, self.steps)

    def made(self, number: int) -> Value:
        raise NotImplementedError


class _Numbers(_Lazy):
    def made(self, number: int) -> Decimal:
        return Decimal(number)


class _Days(_Lazy):
    def made(self, number: int) -> Date:
        return Date.from_days(number)


# --- for, some, every ---------------------------------------------------------------------------------------------

Visit = Callable[[Frame], bool]
"""What is done in the innermost scope; true to stop."""


def _nested(
    compiler: Compiler, iterations: tuple[ast.Iteration, ...], level: Level
) -> tuple[Level, list[tuple[str, Domain]]]:
    """The domains, each in the scope of the variables before it, and the scope inside them all."""
    loops: list[tuple[str, Domain]] = []
    for iteration in iterations:
        loops.append((iteration.name, _domain(compiler, iteration, level)))
        level = Level(level, frozenset([iteration.name]), True)
    return level, loops


def _iterate(frame: Frame, loops: Sequence[tuple[str, Domain]], visit: Visit) -> bool:
    """Visit each combination, the last variable turning fastest. Raises `FeelError`."""
    (name, domain), inner = loops[0], loops[1:]
    run = frame.run
    for value in domain(frame):
        run.spend()
        scope = Frame(run, frame, {name: value})
        if _iterate(scope, inner, visit) if inner else visit(scope):
            return True
    return False


@rule(ast.For)
def compile_for(compiler: Compiler, node: ast.For, level: Level) -> Code:
    inner, loops = _nested(compiler, node.iterations, level)
    shows_partial = any(isinstance(part, ast.Name) and part.name == "partial" for part in ast.walk(node.body))
    if shows_partial:
        inner = Level(inner, frozenset(["partial"]), True)
    body, span = compiler.code(node.body, inner), node.span

    def evaluate(frame: Frame) -> Value:
        run, results = frame.run, list[Value]()

        def visit(scope: Frame) -> bool:
            if shows_partial:
                run.items(len(results))
                scope = Frame(run, scope, {"partial": results[:]})
            results.append(body(scope))
            if len(results) > run.limits.list_size:
                run.items(len(results))
            return False

        try:
            _iterate(frame, loops, visit)
        except FeelError as error:
            return run.fail(error.reason, span)
        return results

    return evaluate


@rule(ast.Quantified)
def compile_quantified(compiler: Compiler, node: ast.Quantified, level: Level) -> Code:
    """`some` is the disjunction, `every` the conjunction of the conditions."""
    inner, loops = _nested(compiler, node.iterations, level)
    condition, span, decisive = compiler.code(node.condition, inner), node.span, node.quantifier == "some"

    def evaluate(frame: Frame) -> Value:
        unknown = False

        def visit(scope: Frame) -> bool:
            nonlocal unknown
            verdict = condition(scope)
            unknown = unknown or not isinstance(verdict, bool)
            return verdict is decisive

        try:
            decided = _iterate(frame, loops, visit)
        except FeelError as error:
            return frame.run.fail(error.reason, span)
        return decisive if decided else None if unknown else not decisive

    return evaluate
