"""How is a tree written as FEEL? (DMN 1.5, 10.3.1.2: the grammar, the other way round.)

What is written parses to the same tree, with brackets only where precedence needs them. Comments and layout are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import ast
from .numbers import number_text
from .text import key_text, quoted

_OPEN, _OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER, _TYPED, _SIGNED, _ATOM = range(10)
"""How tightly a form binds; `_OPEN` forms (if, for, some, every, function) reach as far to the right as they can."""

_ARITHMETIC = {"+": _ADDITIVE, "-": _ADDITIVE, "*": _MULTIPLICATIVE, "/": _MULTIPLICATIVE, "**": _POWER}


def unparse(node: ast.Node) -> str:
    """The text of an expression or of unary tests."""
    return _cell(node) if isinstance(node, ast.UnaryTests) else _text(node, _OPEN)


def _text(node: ast.Node, least: int) -> str:
    """The text of a node where something is asked for that binds at least that tightly."""
    write, binding = _FORMS[type(node)]
    if isinstance(node, ast.Arithmetic):
        binding = _ARITHMETIC[node.operator]
    text = write(node)
    return text if binding >= least else f"({text})"


def _joined(nodes: Iterable[ast.Node]) -> str:
    return ", ".join(_test(node) for node in nodes)


def _test(node: ast.Node) -> str:
    """A test among tests, where an operator needs no brackets around it."""
    if isinstance(node, ast.OperatorTest):
        return f"{node.operator} {_text(node.operand, _ADDITIVE)}"
    return _text(node, _OPEN)


def _cell(node: ast.UnaryTests) -> str:
    if not node.tests:
        return "-"
    if node.negated:
        return f"not({_joined(node.tests)})"
    text = _joined(node.tests)
    return f"({text})" if text.startswith("not(") and len(node.tests) == 1 else text


def _literal(node: ast.Literal) -> str:
    if node.value is None:
        return "null"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return quoted(node.value) if isinstance(node.value, str) else number_text(node.value)


def _negation(node: ast.Negation) -> str:
    return f"-{_text(node.operand, _SIGNED)}"


def _arithmetic(node: ast.Arithmetic) -> str:
    """A chain of operators is followed in a loop: it may be long."""
    binding = _ARITHMETIC[node.operator]
    parts: list[str] = []
    first: ast.Node = node
    while isinstance(first, ast.Arithmetic) and _ARITHMETIC[first.operator] == binding:
        parts += [_text(first.right, binding + 1), first.operator]
        first = first.left
    return " ".join([_text(first, binding), *reversed(parts)])


def _comparison(node: ast.Comparison) -> str:
    return f"{_text(node.left, _COMPARISON)} {node.operator} {_text(node.right, _ADDITIVE)}"


def _conjunction(node: ast.Conjunction) -> str:
    return " and ".join(_text(operand, _COMPARISON) for operand in node.operands)


def _disjunction(node: ast.Disjunction) -> str:
    return " or ".join(_text(operand, _AND) for operand in node.operands)


def _between(node: ast.Between) -> str:
    low, high = _text(node.low, _ADDITIVE), _text(node.high, _ADDITIVE)
    return f"{_text(node.value, _COMPARISON)} between {low} and {high}"


def _in(node: ast.In) -> str:
    value = _text(node.value, _COMPARISON)
    if len(node.tests) > 1:
        return f"{value} in ({_joined(node.tests)})"
    test = node.tests[0]
    return f"{value} in {_test(test) if isinstance(test, ast.OperatorTest) else _text(test, _ADDITIVE)}"


def _instance_of(node: ast.InstanceOf) -> str:
    return f"{_text(node.value, _TYPED)} instance of {type_text(node.type)}"


def type_text(of: ast.Type) -> str:
    """A type as it is written."""
    if isinstance(of, ast.ListType):
        return f"list<{type_text(of.item)}>"
    if isinstance(of, ast.RangeType):
        return f"range<{type_text(of.endpoint)}>"
    if isinstance(of, ast.ContextType):
        return f"context<{', '.join(f'{entry.name}: {type_text(entry.type)}' for entry in of.entries)}>"
    if isinstance(of, ast.FunctionType):
        return f"function<{', '.join(map(type_text, of.parameters))}> -> {type_text(of.result)}"
    return of.name


def _range(node: ast.RangeLiteral) -> str:
    opening, closing = "[" if node.start_included else "(", "]" if node.end_included else ")"
    return f"{opening}{_text(node.start, _OR)}..{_text(node.end, _OR)}{closing}"


def _operator_test(node: ast.OperatorTest) -> str:
    return f"({_test(node)})"


def _if(node: ast.If) -> str:
    parts: list[str] = []
    last: ast.Node = node
    while isinstance(last, ast.If):
        parts.append(f"if {_text(last.condition, _OPEN)} then {_text(last.then, _OPEN)} else ")
        last = last.otherwise
    return "".join(parts) + _text(last, _OPEN)


def _for(node: ast.For) -> str:
    return f"for {_iterations(node.iterations)} return {_text(node.body, _OPEN)}"


def _quantified(node: ast.Quantified) -> str:
    return f"{node.quantifier} {_iterations(node.iterations)} satisfies {_text(node.condition, _OPEN)}"


def _iterations(iterations: Iterable[ast.Iteration]) -> str:
    return ", ".join(f"{one.name} in {_domain(one)}" for one in iterations)


def _domain(iteration: ast.Iteration) -> str:
    domain = _text(iteration.domain, _OR)
    return domain if iteration.end is None else f"{domain}..{_text(iteration.end, _OR)}"


def _path(node: ast.Path) -> str:
    return f"{_text(node.source, _ATOM)}.{node.name}"


def _filter(node: ast.Filter) -> str:
    return f"{_text(node.source, _ATOM)}[{_text(node.condition, _OPEN)}]"


def _invocation(node: ast.Invocation) -> str:
    return f"{_text(node.function, _ATOM)}({', '.join(map(_argument, node.arguments))})"


def _argument(argument: ast.Argument) -> str:
    value = _text(argument.value, _OPEN)
    return value if argument.name is None else f"{argument.name}: {value}"


def _function(node: ast.FunctionDefinition) -> str:
    external = "external " if node.external else ""
    return f"function({', '.join(map(_parameter, node.parameters))}) {external}{_text(node.body, _OPEN)}"


def _parameter(parameter: ast.Parameter) -> str:
    return parameter.name if parameter.type is None else f"{parameter.name}: {type_text(parameter.type)}"


def _list(node: ast.ListLiteral) -> str:
    return f"[{_joined(node.items)}]"


def _context(node: ast.ContextLiteral) -> str:
    return f"{{{', '.join(f'{key_text(entry.key)}: {_text(entry.value, _OPEN)}' for entry in node.entries)}}}"


_FORMS: dict[type[ast.Node], tuple[Callable[..., str], int]] = {
    ast.Literal: (_literal, _ATOM),
    ast.AtLiteral: (lambda node: "@" + quoted(node.text), _ATOM),
    ast.Name: (lambda node: node.name, _ATOM),
    ast.Negation: (_negation, _SIGNED),
    ast.Arithmetic: (_arithmetic, _ADDITIVE),
    ast.Comparison: (_comparison, _COMPARISON),
    ast.Conjunction: (_conjunction, _AND),
    ast.Disjunction: (_disjunction, _OR),
    ast.Between: (_between, _COMPARISON),
    ast.In: (_in, _COMPARISON),
    ast.InstanceOf: (_instance_of, _TYPED),
    ast.RangeLiteral: (_range, _ATOM),
    ast.OperatorTest: (_operator_test, _ATOM),
    ast.If: (_if, _OPEN),
    ast.For: (_for, _OPEN),
    ast.Quantified: (_quantified, _OPEN),
    ast.Path: (_path, _ATOM),
    ast.Filter: (_filter, _ATOM),
    ast.Invocation: (_invocation, _ATOM),
    ast.FunctionDefinition: (_function, _OPEN),
    ast.ListLiteral: (_list, _ATOM),
    ast.ContextLiteral: (_context, _ATOM),
}
