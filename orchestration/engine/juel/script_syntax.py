"""What does an expression in a script of Groovy or JavaScript say, as a tree?

What these languages write beside JUEL: lists and maps that are written out, texts with values in them, `new`, casts,
safe navigation. Only what can be said in FEEL is read; anything else is no expression here.
"""

from __future__ import annotations

import re
from typing import Final

from orchestration.engine.juel import syntax
from orchestration.engine.juel.syntax import JuelRefused, Node

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlFfDdGg]?(?![\w])|\.\d+)
  | (?P<string>'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"{3}(?:[^"\\]|\\.|"(?!""))*"{3}
      |'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)
  | (?P<function>(?:variables|vars|var|cmmn|bpmn|task|date|collection|list|fn|seq|math):[A-Za-z]\w*(?=\s*\())
  | (?P<name>[^\W\d][\w$]*|\$[\w$]+)
  | (?P<operator>===|!==|\|\||&&|==|!=|<=|>=|\?\.(?=[A-Za-z])|[-+*/%<>!?:.,()\[\]{}])
  )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_PRIMITIVES: Final = frozenset({"int", "long", "double", "float", "boolean", "short", "byte", "char"})
_TYPE: Final = r"[A-Za-z_][\w.]*"
_CAST: Final = re.compile(rf"\(\s*({_TYPE})\s*(?:<[\w\s,.<>?]*>)?(?:\[\])?\s*\)\s*(?=[\w'\"\[(])")


class _Parser(syntax.Parser):
    token = _TOKEN

    def value(self) -> Node:
        node = super().value()
        while self.take("?."):
            self.position -= 1
            self.tokens[self.position] = ("operator", ".", self.tokens[self.position][2])
            node = self._further(node)
        if self.tokens[self.position][:2] == ("name", "as"):
            self.position += 1
            self._type()
        return node

    def _further(self, node: Node) -> Node:
        """What follows a value that may be missing; in FEEL what is asked of nothing is nothing."""
        self.need(".")
        name = self.word()
        node = syntax.Method(node, name, self.arguments()) if self.take("(") else syntax.Property(node, name)
        return node if self.operator() != "." else self._further(node)

    def primary(self) -> Node:
        kind, text, offset = self.tokens[self.position]
        if text == "(" and self._casts(offset):
            return self.unary()
        if text == "[" and kind == "operator":
            return self._listed()
        if self.take("{"):
            return syntax.Mapped(self._entries("}"))
        if (kind, text) == ("name", "new"):
            self.position += 1
            return self._new()
        if kind == "string":
            self.position += 1
            return _text(text)
        return super().primary()

    def _casts(self, offset: int) -> bool:
        """Whether the bracket holds a type; it is passed over, as values have the types that they have."""
        found = _CAST.match(self.text, offset)
        if found is None or not (found[1] in _PRIMITIVES or found[1].rpartition(".")[2][:1].isupper()):
            return False
        while self.tokens[self.position][2] < found.end() and self.tokens[self.position][0] != "end":
            self.position += 1
        return True

    def _listed(self) -> Node:
        self.need("[")
        if self.take(":"):
            self.need("]")
            return syntax.Mapped(())
        kind, text, _ = self.tokens[self.position + 1] if self.operator() != "]" else ("", "", 0)
        if (kind, text) == ("operator", ":"):
            return syntax.Mapped(self._entries("]"))
        return syntax.Listed(self.arguments("]"))

    def _entries(self, closing: str) -> tuple[tuple[str, Node], ...]:
        found: list[tuple[str, Node]] = []
        while not self.take(closing):
            kind, text, _ = self.tokens[self.position]
            key = _text(text) if kind == "string" else syntax.Literal(text)
            if kind not in ("name", "string") or not isinstance(key, syntax.Literal):
                raise self.unexpected()
            self.position += 1
            self.need(":")
            found.append((str(key.value), self.ternary()))
            if self.operator() != closing:
                self.need(",")
        return tuple(found)

    def _new(self) -> Node:
        name = self._type()
        if self.take("["):
            self.need("]")
            self.need("{")
            return syntax.Listed(self.arguments("}"))
        self.need("(")
        return syntax.New(name, self.arguments())

    def _type(self) -> str:
        """A type by its name, with the package where it stands there; its parameters say nothing here."""
        names = [self.word()]
        while self.take("."):
            names.append(self.word())
        if self.take("<"):
            while not self.take(">"):
                self.position += 1
                if self.tokens[self.position][0] == "end":
                    raise self.unexpected()
        while self.tokens[self.position - 1][1] != "new" and self.operator() == "[" and self._is_array():
            self.position += 2
        return ".".join(names)

    def _is_array(self) -> bool:
        after = self.tokens[self.position + 1 : self.position + 3]
        return after[0][1] == "]" and (len(after) < 2 or after[1][1] != "{")


def _text(written: str) -> Node:
    """The text in quotes; in double ones, and in those of JavaScript's templates, `${}` are values."""
    quote = 3 if written[:3] in ("'''", '"""') and len(written) >= 6 else 1
    inner = written[quote:-quote]
    if written[0] == "'" or "${" not in inner:
        return syntax.Literal(_plain(inner))
    parts = [_plain(part) if isinstance(part, str) else part for part in _parts(inner)]
    return syntax.Template(tuple(parts))


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: _SIGNS.get(found[1], found[1]), text)


def _parts(text: str) -> list[str | Node]:
    found: list[str | Node] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        end = text.find("}", start)
        if end < 0:
            raise JuelRefused(f"the value in '{text}' is not closed with a brace")
        found += [text[position:start], parse(text[start + 2 : end])]
        position = end + 1
    return [*found, text[position:]]


def parse(text: str) -> Node:
    """One expression of a script -> tree. Raises JuelRefused."""
    return _Parser(text).parse()
