"""How do contexts, lists, paths and filters run? (DMN 1.5, 10.3.2.5, 10.3.2.6, 10.3.2.12 and 10.3.2.14.)"""

from __future__ import annotations

from decimal import Decimal

from . import ast
from .compile_operators import constant_of
from .compiler import Code, Compiler, Level, rule
from .evaluation import Evaluation, Frame
from .numbers import exact, is_number, whole
from .problems import Span, quote
from .properties import PROPERTIES
from .values import Value, described


@rule(ast.ListLiteral)
def compile_list(compiler: Compiler, node: ast.ListLiteral, level: Level) -> Code:
    items = compiler.codes(node.items, level)
    return lambda frame: [item(frame) for item in items]


@rule(ast.ContextLiteral)
def compile_context(compiler: Compiler, node: ast.ContextLiteral, level: Level) -> Code:
    """An entry sees those before it; a function in it sees all, itself too."""
    keys = [entry.key for entry in node.entries]
    if len(set(keys)) < len(keys):
        return lambda frame: frame.run.fail("a key occurs twice in this context", node.span)
    inner = Level(level, frozenset(keys), False)
    entries = [(entry.key, compiler.code(entry.value, inner)) for entry in node.entries]

    def evaluate(frame: Frame) -> Value:
        context: dict[str, Value] = {}
        scope = Frame(frame.run, frame, context)
        for key, value in entries:
            context[key] = value(scope)
        return context

    return evaluate


# --- paths --------------------------------------------------------------------------------------------------------


@rule(ast.Path)
def compile_path(compiler: Compiler, node: ast.Path, level: Level) -> Code:
    source, name, span = compiler.code(node.source, level), node.name, node.span

    def evaluate(frame: Frame) -> Value:
        value = source(frame)
        if type(value) is dict and name in value:
            return value[name]
        return member(frame.run, value, name, span)

    return evaluate


def member(run: Evaluation, value: Value, name: str, span: Span) -> Value:
    """An entry of a context, a property of another value, or the list of them for a list (Table 65)."""
    if isinstance(value, dict):
        return value[name] if name in value else run.fail(f"the context has no entry {quote(name)}", span)
    if isinstance(value, list):
        run.items(len(value))
        run.enter()
        members = [member(run, item, name, span) for item in value]
        run.leave()
        return members
    read = PROPERTIES.get(type(value), {}).get(name)
    return run.fail(f"{described(value)} has no {quote(name)}", span) if read is None else read(value)


_ITEM = frozenset(["item"])
_NOTHING: dict[str, Value] = {}

# --- filters ------------------------------------------------------------------------------------------------------


@rule(ast.Filter)
def compile_filter(compiler: Compiler, node: ast.Filter, level: Level) -> Code:
    """By position if the condition is a number, else by the items for which it is true (Table 64)."""
    source, span = compiler.code(node.source, level), node.span
    constant = constant_of(node.condition)
    if type(constant) is Decimal:
        return lambda frame: _at(frame.run, _as_list(source(frame)), constant, span)
    condition = compiler.code(node.condition, Level(Level(level, _ITEM, True), None, False))

    def evaluate(frame: Frame) -> Value:
        items = _as_list(source(frame))
        if not items:
            return _filter_nothing(frame, condition, items, span)
        return _filter(frame, condition, items, span)

    return evaluate


def _as_list(value: Value) -> list[Value] | None:
    return value if value is None or isinstance(value, list) else [value]


def _filter(frame: Frame, condition: Code, items: list[Value], span: Span) -> Value:
    run, chosen = frame.run, []
    for item in items:
        run.spend()
        verdict = condition(_item_frame(run, frame, item))
        if verdict is True:
            chosen.append(item)
        elif verdict is False or verdict is None:
            continue
        elif is_number(verdict):
            return _at(run, items, exact(verdict), span)
        else:
            return run.fail(f"a filter needs a boolean or a number, not {described(verdict)}", span)
    return chosen


def _item_frame(run: Evaluation, frame: Frame, item: Value) -> Frame:
    """The entries of an item that is a context, inside a scope in which it is called `item`."""
    return Frame(run, Frame(run, frame, {"item": item}), item if isinstance(item, dict) else _NOTHING)


def _filter_nothing(frame: Frame, condition: Code, items: list[Value] | None, span: Span) -> Value:
    """An empty list stays empty, unless the condition is a position; null is null."""
    run = frame.run
    if items is None:
        return run.fail("null cannot be filtered", span)
    problems = len(run.problems)
    position = condition(_item_frame(run, frame, None))
    del run.problems[problems:]
    return _at(run, items, exact(position), span) if is_number(position) else []


def _at(run: Evaluation, items: list[Value] | None, position: Decimal | None, span: Span) -> Value:
    if items is None:
        return run.fail("null cannot be filtered", span)
    index = None if position is None else whole(position)
    if index is None or index == 0 or abs(index) > len(items):
        return run.fail(f"there is no item {position} among {len(items)}", span)
    return items[index - 1] if index > 0 else items[index]
