"""How does a case hold large data, when a step reads and writes little of it?

`Variables` is a mapping that decodes a variable when it is first read and encodes only what was written. Stored, it
is one JSON object and, beside it, the length of each value's text, so that a value is found without reading the rest.
Values are shared between states and never changed in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

Json = Any
Index = list[list[Any]]
"""[name, number of bytes of the value's text], in the order of the object."""

_UNREAD: Final[Any] = object()


class Variables(Mapping[str, Json]):
    """JSON values by name."""

    __slots__ = ("_pieces", "_stored", "_values")

    def __init__(self, values: Mapping[str, Json] | None = None) -> None:
        self._values: dict[str, Json] = dict(values or {})
        self._pieces: dict[str, bytes] = {}
        self._stored: tuple[bytes, Index] | None = None

    @classmethod
    def decode(cls, data: bytes, index: Index | None = None) -> Variables:
        """What `encode` gave. Without an index, or with one that does not fit, all is decoded at once."""
        found = cls()
        if not index or not found._take(data, index):
            found._values = orjson.loads(data)
            found._pieces = {}
        else:
            found._stored = (data, index)
        return found

    def _take(self, data: bytes, index: Index) -> bool:
        at = 1
        for name, length in index:
            at += len(orjson.dumps(name)) + 1
            self._values[name] = _UNREAD
            self._pieces[name] = data[at : at + length]
            at += length + 1
        return at == len(data)

    def encode(self) -> tuple[bytes, Index]:
        """One JSON object, and the index by which single values are found in it."""
        if self._stored is None:
            pieces = [(name, self._piece(name)) for name in self._values]
            data = b"{" + b",".join(orjson.dumps(name) + b":" + piece for name, piece in pieces) + b"}"
            self._stored = (data, [[name, len(piece)] for name, piece in pieces])
        return self._stored

    def _piece(self, name: str) -> bytes:
        piece = self._pieces.get(name)
        if piece is None:
            piece = self._pieces[name] = orjson.dumps(self._values[name])
        return piece

    def written(self, changes: Mapping[str, Json], removed: Iterable[str] = ()) -> Variables:
        """These variables with changes."""
        copy = Variables()
        copy._values = {**self._values, **changes}
        copy._pieces = {name: piece for name, piece in self._pieces.items() if name not in changes}
        for name in removed:
            copy._values.pop(name, None)
            copy._pieces.pop(name, None)
        return copy

    def __getitem__(self, name: str) -> Json:
        value = self._values[name]
        if value is _UNREAD:
            value = self._values[name] = orjson.loads(self._pieces[name])
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._values else default

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Variables({dict(self)!r})"
