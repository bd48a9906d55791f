"""How do the columns of a step's rows travel to PostgreSQL?

As arrays in PostgreSQL's binary form, one for each column, whatever the number of rows. psycopg's own arrays find out
the type of each element and of the whole; here the type is known, which makes a step's arrays several times cheaper.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, ClassVar

import psycopg
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import Dumper

_HEAD, _EMPTY, _LENGTH = Struct("!iiIii"), Struct("!iiI"), Struct("!i")
_NULL = _LENGTH.pack(-1)
_packed, _number, _long = _LENGTH.pack, Struct("!ii").pack, Struct("!iq").pack
_EPOCH, _TICK = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Integers(list[int | None]):
    """A column of `int`."""


class Texts(list[str | None]):
    """A column of `text`."""


class Blobs(list[bytes | None]):
    """A column of `bytea`."""


class Moments(list[datetime]):
    """A column of `timestamptz`, of aware times."""


class _Column(Dumper):
    """One dimension, numbered from 1; the header says the elements' type and whether there is a null among them."""

    format = pq.Format.BINARY
    element: ClassVar[int]

    def dump(self, obj: list[Any]) -> Buffer:
        if not obj:
            return _EMPTY.pack(0, 0, self.element)
        return _HEAD.pack(1, None in obj, self.element, len(obj), 1) + b"".join(map(self.value, obj))

    @staticmethod
    def value(one: Any) -> bytes:
        """One element: its length and its bytes."""
        raise NotImplementedError


def _register(column: type, array: int, element: int, value: Any) -> None:
    kind = type(column.__name__, (_Column,), {"oid": array, "element": element, "value": staticmethod(value)})
    psycopg.adapters.register_dumper(column, kind)


def _integer(one: int | None) -> bytes:
    return _NULL if one is None else _number(4, one)


def _blob(one: bytes | None) -> bytes:
    return _NULL if one is None else _packed(len(one)) + one


def _text(one: str | None) -> bytes:
    return _NULL if one is None else _blob(one.encode())


def _moment(one: datetime) -> bytes:
    return _long(8, (one - _EPOCH) // _TICK)


_TYPES = psycopg.postgres.types
_register(Integers, _TYPES["int4"].array_oid, _TYPES["int4"].oid, _integer)
_register(Texts, _TYPES["text"].array_oid, _TYPES["text"].oid, _text)
_register(Blobs, _TYPES["bytea"].array_oid, _TYPES["bytea"].oid, _blob)
_register(Moments, _TYPES["timestamptz"].array_oid, _TYPES["timestamptz"].oid, _moment)
