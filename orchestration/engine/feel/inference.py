"""Of which type will an expression be, as far as its text alone tells? (DMN 1.5, 10.3.2.9: type(e).)

Needed for the result type of a function, which FEEL does not let one write. None where it depends on the scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import ast
from .problems import FeelError
from .text import parse_at_literal
from .types import ANY, NULL, ContextOf, FunctionOf, ListOf, RangeOf, Simple, Type, conforms
from .values import kind_of

Known = Mapping[str, Type | None]
"""Names whose types are known; None for those that are known to be unknown."""

_BOOLEAN = Simple("boolean")
_CLOSED = (Simple("number"), Simple("string"))
_TRUTHS = ast.Comparison | ast.Conjunction | ast.Disjunction | ast.Between | ast.In | ast.InstanceOf | ast.Quantified


def type_of(node: ast.Node, known: Known) -> Type | None:
    """The type of an expression; None if only its evaluation can tell."""
    if isinstance(node, _TRUTHS):
        return _BOOLEAN
    infer = _RULES.get(type(node))
    return None if infer is None else infer(node, known)


def _literal(node: ast.Literal, known: Known) -> Type:
    return NULL if node.value is None else Simple(kind_of(node.value))


def _at_literal(node: ast.AtLiteral, known: Known) -> Type:
    try:
        return Simple(kind_of(parse_at_literal(node.text)))
    except FeelError:
        return NULL


def _name(node: ast.Name, known: Known) -> Type | None:
    return known.get(node.name)


def _negation(node: ast.Negation, known: Known) -> Type | None:
    return type_of(node.operand, known)


def _arithmetic(node: ast.Arithmetic, known: Known) -> Type | None:
    """A chain of operators is followed in a loop: it may be long."""
    operands: list[ast.Node] = []
    first: ast.Node = node
    while isinstance(first, ast.Arithmetic):
        operands.append(first.right)
        first = first.left
    type_ = type_of(first, known)
    alike = type_ in _CLOSED and all(type_of(operand, known) == type_ for operand in operands)
    return type_ if alike else None


def _if(node: ast.If, known: Known) -> Type | None:
    branches: list[ast.Node] = []
    last: ast.Node = node
    while isinstance(last, ast.If):
        branches.append(last.then)
        last = last.otherwise
    return _common([type_of(branch, known) for branch in [*branches, last]])


def _list(node: ast.ListLiteral, known: Known) -> Type | None:
    item = _common([type_of(item, known) for item in node.items])
    return None if item is None else ListOf(item)


def _common(types: list[Type | None]) -> Type | None:
    """The narrowest of the types to which all conform, else Any; None if one is unknown."""
    known = [type_ for type_ in types if type_ is not None]
    if len(known) < len(types):
        return None
    return next((one for one in [NULL, *known] if all(conforms(other, one) for other in known)), ANY)


def _range(node: ast.RangeLiteral, known: Known) -> Type | None:
    endpoint = type_of(node.start, known)
    return None if endpoint is None else RangeOf(endpoint)


def _context(node: ast.ContextLiteral, known: Known) -> Type | None:
    entries = [(entry.key, type_of(entry.value, known)) for entry in node.entries]
    typed = tuple((key, entry) for key, entry in entries if entry is not None)
    return ContextOf(typed) if len(typed) == len(entries) else None


def _function(node: ast.FunctionDefinition, known: Known) -> Type | None:
    if node.external or any(parameter.type is not None for parameter in node.parameters):
        return None
    names = [parameter.name for parameter in node.parameters]
    result = type_of(node.body, {**known, **dict.fromkeys(names)})
    return None if result is None else FunctionOf((ANY,) * len(names), result)


_RULES: dict[type[ast.Node], Callable[..., Type | None]] = {
    ast.Literal: _literal,
    ast.AtLiteral: _at_literal,
    ast.Name: _name,
    ast.Negation: _negation,
    ast.Arithmetic: _arithmetic,
    ast.If: _if,
    ast.ListLiteral: _list,
    ast.RangeLiteral: _range,
    ast.ContextLiteral: _context,
    ast.FunctionDefinition: _function,
}
