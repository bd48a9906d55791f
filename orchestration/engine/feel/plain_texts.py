"""Is a text only constants, as most cells of a decision table are, and what is its tree then? (DMN 1.5, 10.3.1.2)

A short cut around tokens and grammar for literals (rules 33 to 37), comparisons with them and ranges between them
(rules 7 to 17). It gives the tree that the parser gives, span by span, or None for anything else, which the parser
then reads.
"""

from __future__ import annotations

import re
from typing import Final

from . import ast
from .lexer import unescape
from .numbers import parse_number
from .problems import Span

MOST: Final = 500
"""Characters of a text that is looked at."""

_LITERAL = r'(?:-?(?:\d+(?:\.\d+)?|\.\d+)|"(?:[^"\\\n\r]|\\[^\n\r])*"|true\b|false\b|null\b)'
_EXPRESSION = re.compile(rf" *({_LITERAL}) *")
_TEST = re.compile(
    rf" *(?:(?P<operator>[<>]=?|!?=) *(?P<operand>{_LITERAL})"
    rf"|(?P<open>[\[\](]) *(?P<low>{_LITERAL}) *\.\. *(?P<high>{_LITERAL}) *(?P<close>[\[\])])"
    rf"|(?P<literal>{_LITERAL})) *(?:,|$)"
)
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


def plain_expression(text: str) -> ast.Node | None:
    """The tree of a text that is one literal, else None."""
    found = _EXPRESSION.fullmatch(text) if len(text) <= MOST else None
    return None if found is None else _literal(found, 1)


def plain_tests(text: str) -> ast.UnaryTests | None:
    """The tree of unary tests that compare with constants only, else None."""
    if len(text) > MOST or text.endswith(","):
        return None
    tests: list[ast.Node] = []
    position = 0
    while position < len(text):
        found = _TEST.match(text, position)
        if found is None:
            return None
        tests.append(_test(found))
        position = found.end()
    return ast.UnaryTests(tests[0].span, tuple(tests), False) if tests else None


def _test(found: re.Match[str]) -> ast.Node:
    if found["literal"] is not None:
        return _literal(found, "literal")
    if found["operator"] is not None:
        span = _span(found.start("operator"), found.end("operand"))
        return ast.OperatorTest(span, found["operator"], _literal(found, "operand"))
    span = _span(found.start("open"), found.end("close"))
    low, high = _literal(found, "low"), _literal(found, "high")
    return ast.RangeLiteral(span, low, high, found["open"] == "[", found["close"] == "]")


def _literal(found: re.Match[str], group: int | str) -> ast.Node:
    text, start, end = found[group], found.start(group), found.end(group)
    if text[0] == "-":
        return ast.Negation(_span(start, end), ast.Literal(_span(start + 1, end), parse_number(text[1:])))
    if text[0] == '"':
        return ast.Literal(_span(start, end), unescape(text))
    return ast.Literal(_span(start, end), _CONSTANTS[text] if text in _CONSTANTS else parse_number(text))


def _span(start: int, end: int) -> Span:
    return Span(start, end, 1, start + 1)
