"""What does a FEEL text say, as a tree? (DMN 1.5, 10.3.1.2: the grammar.)

Frozen nodes, one a grammar rule that matters; each has a `span`. `children` and `walk` let an analysis read them
without knowing each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from .problems import Span

BUILT_IN_TYPES = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "function",
    "range",
    "Any",
    "Null",
)
"""The names of the types that need no item definition (10.3.1.2)."""


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of the tree."""

    span: Span


# --- types, as written after `instance of` and in parameters (rule 48) -------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """A built-in type, or a qualified name of an item definition."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType(Node):
    item: Type


@dataclass(frozen=True, slots=True)
class RangeType(Node):
    endpoint: Type


@dataclass(frozen=True, slots=True)
class ContextType(Node):
    entries: tuple[TypedName, ...]


@dataclass(frozen=True, slots=True)
class TypedName(Node):
    """An entry of a context type."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class FunctionType(Node):
    parameters: tuple[Type, ...]
    result: Type


Type = NamedType | ListType | RangeType | ContextType | FunctionType


# --- literals and names -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """null, true, false, a number or a string."""

    value: bool | Decimal | str | None


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """`@"..."`: a date, time, date and time or duration (rule 62)."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


# --- operators ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`operator` is one of + - * / **."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`operator` is one of = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


# --- ranges and unary tests ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[start..end]`, either end open or closed (rule 66)."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class OperatorTest(Node):
    """`< 5`: a test of the input value; in brackets, as an expression, a half-unbounded range."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The cell of a decision table: any of `tests` (no tests is `-`: anything), or none of them when `negated`."""

    tests: tuple[Node, ...]
    negated: bool


# --- structure ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`name in domain`, or `name in domain..end` (rule 45, 46)."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`quantifier` is some or every."""

    quantifier: str
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """`name` is None for a positional argument."""

    name: str | None
    value: Node


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    function: Node
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: str
    type: Type | None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    parameters: tuple[Parameter, ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextEntry(Node):
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    entries: tuple[ContextEntry, ...]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of the text."""
    for name in _inner_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def _inner_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold other nodes: all but its span."""
    known = _INNER_FIELDS.get(kind)
    if known is None:
        known = _INNER_FIELDS[kind] = tuple(field.name for field in fields(kind))[1:]
    return known


_INNER_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, each before its children."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))
