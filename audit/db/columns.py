"""How do the columns of a step's rows travel to PostgreSQL?

As arrays in PostgreSQL's binary form, one for each column, whatever the number of rows. psycopg's own arrays find out
the type of each element and of the whole; here the type is known, which makes a step's arrays several times cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable
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


class FixedBlobs(list[bytes]):
    """A column of `bytea` whose values all have one length, as digests and salts have."""


class Moments(list[datetime]):
    """A column of `timestamptz`, of aware times."""


class _Column(Dumper):
    """One dimension, numbered from 1; the header says the elements' type and whether there is a null among them."""

    format = pq.Format.BINARY
    element: ClassVar[int]

    def dump(self, obj: list[Any]) -> Buffer:
        if not obj:
            return _EMPTY.pack(0, 0, self.element)
        return _HEAD.pack(1, None in obj, self.element, len(obj), 1) + b"".join(self.values(obj))

    @staticmethod
    def values(column: Any) -> list[bytes]:
        """Of each element its length and its bytes."""
        raise NotImplementedError


def _register(column: type, array: int, element: int, values: Any) -> None:
    kind = type(column.__name__, (_Column,), {"oid": array, "element": element, "values": staticmethod(values)})
    psycopg.adapters.register_dumper(column, kind)


def _integers(column: Integers) -> list[bytes]:
    return [_NULL if one is None else _number(4, one) for one in column]


def _blobs(column: Iterable[bytes | None]) -> list[bytes]:
    return [_NULL if one is None else _packed(len(one)) + one for one in column]


def _fixed_blobs(column: FixedBlobs) -> list[bytes]:
    """Their length is written once and put between them."""
    length = _packed(len(column[0]))
    return [length, length.join(column)]


def _texts(column: Texts) -> list[bytes]:
    return _blobs([None if one is None else one.encode() for one in column])


def _moments(column: Moments) -> list[bytes]:
    return [_long(8, (one - _EPOCH) // _TICK) for one in column]


_TYPES = psycopg.postgres.types
_register(Integers, _TYPES["int4"].array_oid, _TYPES["int4"].oid, _integers)
_register(Texts, _TYPES["text"].array_oid, _TYPES["text"].oid, _texts)
_register(Blobs, _TYPES["bytea"].array_oid, _TYPES["bytea"].oid, _blobs)
_register(FixedBlobs, _TYPES["bytea"].array_oid, _TYPES["bytea"].oid, _fixed_blobs)
_register(Moments, _TYPES["timestamptz"].array_oid, _TYPES["timestamptz"].oid, _moments)
