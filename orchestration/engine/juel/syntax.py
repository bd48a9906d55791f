"""What does a piece of JUEL say, as a tree?

The expression language of the `${...}` that Flowable and Camunda 7 models carry (JSR-245 Expression Language 2.1,
clause 1.19 "Collected Syntax"). This module only reads; `feel_source` writes the same thing in FEEL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from orchestration.engine.feel.numbers import parse_number
from orchestration.engine.feel.problems import FeelError, quote

MAX_LENGTH: Final = 10_000
MAX_DEPTH: Final = 60


class JuelRefused(ValueError):
    """The text is not JUEL that has a meaning here; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Listed:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map that a script writes out: `[a: 1]` or `{a: 1}`."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text of a script with values in it: `"for ${name}"`."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True)
class New:
    """What a script makes: `new java.util.Date()`."""

    type: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Property:
    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    of: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Method:
    of: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Function:
    prefix: str
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Ternary:
    condition: Node
    then: Node
    otherwise: Node


Node = (
    Literal | Listed | Mapped | Template | New | Name | Property | Index | Method | Function | Unary | Binary | Ternary
)

_WORDS: Final = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=",
                 "ge": ">=", "div": "/", "mod": "%", "empty": "empty"}  # fmt: skip
_LEVELS: Final = (("||",), ("&&",), ("==", "!=", "===", "!=="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?[LlFfDd]?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<function>(?:variables|vars|var|cmmn|bpmn|task|date|collection|list|fn|seq|math):[A-Za-z]\w*(?=\s*\())
  | (?P<name>[^\W\d][\w$]*|\$[\w$]+)
  | (?P<operator>===|!==|\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])
  )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str, token: re.Pattern[str] = _TOKEN) -> list[tuple[str, str, int]]:
    """(kind, text, offset) of each token, and an ("end", "", length) at last. Raises JuelRefused."""
    if len(text) > MAX_LENGTH:
        raise JuelRefused(f"the expression has {len(text)} characters; at most {MAX_LENGTH} are read")
    found, position = [], 0
    while text[position:].strip():
        match = token.match(text, position)
        if match is None:
            raise JuelRefused(f"'{text[position:].strip()[:1]}' at offset {position} is no part of an expression")
        kind = match.lastgroup or ""
        found.append((kind, match[kind], match.start(kind)))
        position = match.end()
    return [*found, ("end", "", len(text))]


class Parser:
    """A recursive descent over the tokens of one expression."""

    token: re.Pattern[str] = _TOKEN

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text, self.token)
        self.position = 0
        self.depth = 0

    def parse(self) -> Node:
        node = self.ternary()
        if self.tokens[self.position][0] != "end":
            raise self.unexpected()
        return node

    def unexpected(self) -> JuelRefused:
        kind, text, offset = self.tokens[self.position]
        what = "the end" if kind == "end" else f"{quote(text)} at offset {offset}"
        return JuelRefused(f"{what} was not expected in {quote(self.text.strip())}")

    def operator(self) -> str:
        """The operator at this place, spelt as a sign; empty when there is none."""
        kind, text, _ = self.tokens[self.position]
        return text if kind == "operator" else _WORDS.get(text, "") if kind == "name" else ""

    def take(self, sign: str) -> bool:
        if self.operator() != sign:
            return False
        self.position += 1
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected()

    def ternary(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise JuelRefused(f"the expression is nested more than {MAX_DEPTH} deep")
        node = self.binary(0)
        if self.take("?"):
            if self.take(":"):
                return self._or_else(node)
            then = self.ternary()
            self.need(":")
            node = Ternary(node, then, self.ternary())
        self.depth -= 1
        return node

    def _or_else(self, node: Node) -> Node:
        """`a ?: b`, as Groovy writes it: a, or where there is none, b."""
        self.depth -= 1
        return Ternary(Binary("==", node, Literal(None)), self.ternary(), node)

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while (sign := self.operator()) in _LEVELS[level]:
            self.position += 1
            node = Binary(sign[:2] if sign[0] in "=!" else sign, node, self.binary(level + 1))
        return node

    def unary(self) -> Node:
        signs = []
        while (sign := self.operator()) in ("-", "!", "empty"):
            signs.append(sign)
            self.position += 1
        if len(signs) > MAX_DEPTH:
            raise JuelRefused(f"the expression is nested more than {MAX_DEPTH} deep")
        node = self.value()
        for sign in reversed(signs):
            node = Unary(sign, node)
        return node

    def value(self) -> Node:
        node, links = self.primary(), 0
        while True:
            links += 1
            if links > MAX_DEPTH:
                raise JuelRefused(f"the expression has a chain of more than {MAX_DEPTH} links")
            if self.take("."):
                name = self.word()
                node = Method(node, name, self.arguments()) if self.take("(") else Property(node, name)
            elif self.take("["):
                node = Index(node, self.ternary())
                self.need("]")
            else:
                return node

    def word(self) -> str:
        kind, text, _ = self.tokens[self.position]
        if kind != "name":
            raise self.unexpected()
        self.position += 1
        return text

    def arguments(self, closing: str = ")") -> tuple[Node, ...]:
        if self.take(closing):
            return ()
        found = [self.ternary()]
        while self.take(","):
            found.append(self.ternary())
        self.need(closing)
        return tuple(found)

    def primary(self) -> Node:
        kind, text, _ = self.tokens[self.position]
        if self.take("("):
            node = self.ternary()
            self.need(")")
            return node
        if self.take("["):
            return Listed(self.arguments("]"))
        if kind in ("operator", "end") or (kind == "name" and text in _WORDS):
            raise self.unexpected()
        self.position += 1
        if kind == "number":
            return Literal(_number(text.rstrip("LlFfDd")))
        if kind == "string":
            return Literal(_ESCAPE.sub(r"\1", text[1:-1]))
        if kind == "function":
            return self.function(*text.split(":"))
        if text in ("true", "false"):
            return Literal(text == "true")
        if text == "null":
            return Literal(None)
        return Function("", text, self.arguments()) if self.take("(") else Name(text)

    def function(self, prefix: str, name: str) -> Node:
        self.need("(")
        return Function(prefix, name, self.arguments())


def _number(text: str) -> Decimal:
    try:
        return parse_number(text)
    except FeelError:
        raise JuelRefused(f"{quote(text)} is larger than a number can be") from None


def parse(text: str) -> Node:
    """The inside of one `${...}` -> tree. Raises JuelRefused."""
    return Parser(text).parse()


def parts(text: str) -> list[str | Node]:
    """Mixed text -> literal pieces and trees in order. Raises JuelRefused for an expression that is not closed."""
    found: list[str | Node] = []
    position = 0
    while (start := _opening(text, position)) >= 0:
        end = _closing(text, start + 2)
        if start > position:
            found.append(_unescaped(text[position:start]))
        found.append(parse(text[start + 2 : end]))
        position = end + 1
    if position < len(text):
        found.append(_unescaped(text[position:]))
    return found


_OPENING: Final = re.compile(r"(?<!\\)[$#]\{")


def _opening(text: str, position: int) -> int:
    found = _OPENING.search(text, position)
    return -1 if found is None else found.start()


def _unescaped(text: str) -> str:
    """Literal text, in which a backslash keeps `${` from being an expression (1.2.3)."""
    return text.replace("\\${", "${").replace("\\#{", "#{")


def _closing(text: str, position: int) -> int:
    mark = ""
    while position < len(text):
        sign = text[position]
        if mark:
            position += sign == "\\"
            mark = "" if sign == mark else mark
        elif sign in "'\"":
            mark = sign
        elif sign == "}":
            return position
        position += 1
    raise JuelRefused(f"the expression in {quote(text.strip())} is not closed with a brace")
