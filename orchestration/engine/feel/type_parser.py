"""How is a type written? (DMN 1.5, 10.3.1.2: rules 48 to 51, `instance of` and the types of parameters.)"""

from __future__ import annotations

from . import ast
from .names import NameScopes, NameTable
from .tokens import TokenCursor

_TYPE_NAMES = NameTable(ast.BUILT_IN_TYPES)


class TypeParser(TokenCursor):
    """Reads types. `types` are the names of item definitions."""

    def __init__(self, text: str, types: NameTable) -> None:
        super().__init__(text)
        self._types = NameScopes((_TYPE_NAMES, types))

    def type(self) -> ast.Type:
        self.enter()
        try:
            return self._type()
        finally:
            self.leave()

    def _type(self) -> ast.Type:
        first = self.index
        name = self._type_name()
        if name == "function" and self.accept("<"):
            parameters = self._types_until_closed()
            self.expect("->")
            result = self.type()
            return ast.FunctionType(self.span_from(first), parameters, result)
        if name == "context" and self.accept("<"):
            entries = self._entries_until_closed()
            return ast.ContextType(self.span_from(first), entries)
        if name in ("list", "range") and self.accept("<"):
            inner = self.type()
            self.expect(">")
            kind = ast.ListType if name == "list" else ast.RangeType
            return kind(self.span_from(first), inner)
        return ast.NamedType(self.span_from(first), name)

    def _type_name(self) -> str:
        if self.token.kind != "name":
            self.refuse(f"a type is expected here, not {self.described()}")
        length, name = self._types.longest(self.tokens, self.index)
        if length and not self.continues(self.index + length):
            self.index += length
            return name
        name = self.identifiers(1)
        while self.at(".") and self.tokens[self.index + 1].kind == "name":
            self.index += 1
            name += "." + self.identifiers(1)
        return name

    def _types_until_closed(self) -> tuple[ast.Type, ...]:
        types: list[ast.Type] = []
        while not self.accept(">"):
            if types:
                self.expect(",")
            types.append(self.type())
        return tuple(types)

    def _entries_until_closed(self) -> tuple[ast.TypedName, ...]:
        entries: list[ast.TypedName] = []
        while not self.accept(">"):
            if entries:
                self.expect(",")
            first = self.index
            name = self.name_until(":")
            self.expect(":")
            of = self.type()
            entries.append(ast.TypedName(self.span_from(first), name, of))
        return tuple(entries)
