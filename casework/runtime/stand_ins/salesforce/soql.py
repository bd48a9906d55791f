"""What does a query ask for? The part of SOQL that connectors need, read and answered over rows in memory.

SELECT fields or COUNT() FROM object [WHERE conditions joined by AND] [ORDER BY field [ASC|DESC]] [LIMIT n].
Conditions: = != < <= > >= LIKE, and IN (...). No relationships, no OR, no functions: what is not known is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from casework.runtime.stand_ins.salesforce.objects import KINDS, Kind, Wrong

Json = Any
Row = Mapping[str, Json]

TOKEN: Final = re.compile(r"\s*('(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_.]*|-?\d+(?:\.\d+)?|!=|<>|<=|>=|[=<>(),]|\S)")
ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
LONGEST: Final = 100_000
COMPARE: Final[Mapping[str, Callable[[Json, Json], bool]]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one is not None and other is not None and one < other,
    "<=": lambda one, other: one is not None and other is not None and one <= other,
    ">": lambda one, other: one is not None and other is not None and one > other,
    ">=": lambda one, other: one is not None and other is not None and one >= other,
}


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    sign: str
    value: Json

    def holds(self, row: Row) -> bool:
        """Texts are compared without regard to capital letters, as theirs are."""
        found = _folded(row.get(self.field))
        if self.sign == "IN":
            return found in [_folded(one) for one in self.value]
        if self.sign == "LIKE":
            return isinstance(found, str) and _is_like(found, _folded(self.value))
        try:
            return COMPARE[self.sign](found, _folded(self.value))
        except TypeError:
            return False


@dataclass(frozen=True, slots=True)
class Query:
    kind: Kind
    fields: tuple[str, ...]
    """None: their number is asked for."""
    conditions: tuple[Condition, ...]
    order: str
    down: bool
    most: int | None

    def of(self, rows: Sequence[Row]) -> list[Row]:
        """Those rows that it asks for, in its order."""
        found = [row for row in rows if all(one.holds(row) for one in self.conditions)]
        if self.order:
            found.sort(key=lambda row: _placed(row.get(self.order)))
            if self.down:
                found.reverse()
        return found[: self.most]


def _is_like(text: str, pattern: str) -> bool:
    """% stands for any signs, _ for one. In as many looks as both have signs together, times the text's at most."""
    ends = {0}
    for sign in pattern:
        if sign == "%":
            ends = set(range(min(ends), len(text) + 1)) if ends else ends
        else:
            ends = {at + 1 for at in ends if at < len(text) and sign in ("_", text[at])}
    return len(text) in ends


def _placed(value: Json) -> tuple[bool, Any]:
    """Where a value stands in an order: what is not there comes first."""
    return (False, "") if value is None else (True, _folded(value))


def _folded(value: Json) -> Json:
    return value.lower() if isinstance(value, str) else value


def query_of(text: str) -> Query:
    """Raises Wrong."""
    if len(text) > LONGEST:
        raise Wrong("QUERY_TOO_COMPLICATED", "Query is too long")
    return _Reader(text).query()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.left = [found.group(1) for found in TOKEN.finditer(self.text)]

    def query(self) -> Query:
        self._word("SELECT")
        names = list(self._names())
        self._word("FROM")
        name = self._next()
        kind = KINDS.get(name.lower())
        if kind is None:
            raise Wrong("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        fields = () if names == ["COUNT()"] else tuple(_field(kind, one) for one in names)
        conditions = tuple(self._conditions(kind)) if self._has("WHERE") else ()
        order, down = self._order(kind) if self._has("ORDER") else ("", False)
        most = self._number() if self._has("LIMIT") else None
        if self.left:
            raise self._wrong(self.left[0])
        return Query(kind, fields, conditions, order, down, most)

    def _names(self) -> Iterator[str]:
        yield self._name()
        while self._has(","):
            yield self._name()

    def _name(self) -> str:
        name = self._next()
        if name.upper() == "COUNT" and self._has("("):
            self._word(")")
            return "COUNT()"
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
            raise self._wrong(name)
        return name

    def _conditions(self, kind: Kind) -> Iterator[Condition]:
        yield self._condition(kind)
        while self._has("AND"):
            yield self._condition(kind)

    def _condition(self, kind: Kind) -> Condition:
        field, sign = _field(kind, self._name()), self._next().upper()
        if sign == "IN":
            self._word("(")
            values = [self._value()]
            while self._has(","):
                values.append(self._value())
            self._word(")")
            return Condition(field, sign, values)
        sign = "!=" if sign == "<>" else sign
        if sign not in COMPARE and sign != "LIKE":
            raise self._wrong(sign)
        value = self._value()
        if sign == "LIKE" and not isinstance(value, str):
            raise self._wrong("LIKE")
        return Condition(field, sign, value)

    def _value(self) -> Json:
        text = self._next()
        if text.startswith("'") and text.endswith("'") and len(text) > 1:
            return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return float(text)
        if text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise self._wrong(text)

    def _order(self, kind: Kind) -> tuple[str, bool]:
        self._word("BY")
        field = _field(kind, self._name())
        return field, self._has("DESC") or (self._has("ASC") and False)

    def _number(self) -> int:
        text = self._next()
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise self._wrong(text)
        return int(text)

    def _has(self, word: str) -> bool:
        if self.left and self.left[0].upper() == word:
            self.left.pop(0)
            return True
        return False

    def _word(self, word: str) -> None:
        if not self._has(word):
            raise self._wrong(self.left[0] if self.left else "<EOF>")

    def _next(self) -> str:
        if not self.left:
            raise self._wrong("<EOF>")
        return self.left.pop(0)

    def _wrong(self, at: str) -> Wrong:
        return Wrong("MALFORMED_QUERY", f"unexpected token: '{at}'")


def _field(kind: Kind, name: str) -> str:
    found = kind.field(name)
    if found is None:
        said = (
            f"No such column '{name}' on entity '{kind.name}'. If you are attempting to use a custom field, be sure to"
        )
        raise Wrong("INVALID_FIELD", f"{said} append the '__c' after the custom field name.")
    return found.name
