"""Which names may a text use, and where does a name end? (DMN 1.5, 10.3.1.2 and 10.3.1.4: names, and their scopes.)

A FEEL name may contain spaces and operators, so `a - b` can be one name or a subtraction: the longest
name in scope wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .lexer import Token, name_parts


@dataclass(frozen=True, slots=True)
class Names:
    """`variables` can start an expression; `members` can follow a dot or stand in a filter (entries of contexts)."""

    variables: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Names | Iterable[str]) -> Names:
        return names if isinstance(names, Names) else cls(frozenset(names))


_NONE: dict[tuple[str, ...], str] = {}


class NameTable:
    """The names of one scope, by their first token."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        for name in sorted(names) if names else ():
            self.add(name)

    def add(self, name: str) -> None:
        parts = name_parts(name)
        if parts:
            self._by_first.setdefault(parts[0], {})[parts] = name

    def longest(self, tokens: Sequence[Token], index: int) -> tuple[int, str]:
        """How many tokens from `index` form the longest known name, and that name; (0, "") if none does."""
        length, found = 0, ""
        for parts, name in self._by_first.get(tokens[index].text, _NONE).items():
            if len(parts) > length and self._matches(parts, tokens, index):
                length, found = len(parts), name
        return length, found

    @staticmethod
    def _matches(parts: tuple[str, ...], tokens: Sequence[Token], index: int) -> bool:
        if index + len(parts) > len(tokens):
            return False
        return all(part == tokens[index + offset].text for offset, part in enumerate(parts))


@lru_cache(maxsize=256)
def table_of(names: frozenset[str]) -> NameTable:
    """The table of names that many texts share. Nothing may be added to it."""
    return NameTable(names)


class NameScopes:
    """The scopes around the place that is being parsed, innermost last."""

    def __init__(self, tables: Iterable[NameTable]) -> None:
        self._tables = list(tables)

    def push(self, names: Iterable[str] = ()) -> None:
        self._tables.append(NameTable(names))

    def share(self, table: NameTable) -> None:
        """Push a table that other texts use too. Nothing may be added to it."""
        self._tables.append(table)

    def pop(self) -> None:
        self._tables.pop()

    def add(self, name: str) -> None:
        self._tables[-1].add(name)

    def longest(self, tokens: Sequence[Token], index: int) -> tuple[int, str]:
        return max((table.longest(tokens, index) for table in reversed(self._tables)), key=lambda found: found[0])
