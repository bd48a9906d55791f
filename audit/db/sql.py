"""How does what a step writes reach PostgreSQL?

Past the ORM, through psycopg with server-side parameters on Django's own connection and in its transaction; and all of
it as one statement, whose parts are common table expressions that modify data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.db import connection

Part = tuple[LiteralString, Mapping[str, Any]]
"""`name as (statement)`, one or more, and the parameters. Parts that share a parameter's name mean the same by it."""


def together(parts: Iterable[Part]) -> tuple[LiteralString, dict[str, Any]]:
    """One statement, and so one transaction, that does what all parts do. None sees what another one writes."""
    texts: list[LiteralString] = []
    values: dict[str, Any] = {}
    for text, given in parts:
        texts.append(text)
        values |= given
    return "with" + ",".join(texts) + " select 1", values


def cursor() -> psycopg.Cursor[Any]:
    """A cursor with server-side parameters, so that PostgreSQL keeps the plans of these few statements."""
    return psycopg.Cursor(connected())


@contextmanager
def pipeline() -> Iterator[psycopg.Cursor[Any]]:
    """Statements sent inside travel together; what they raise is raised at the end.

    Open it inside the transaction: the other way round, Django's turning of autocommit costs round trips of its own.
    """
    session = connected()
    with session.pipeline(), psycopg.Cursor(session) as pipelined:
        yield pipelined


def connected() -> psycopg.Connection[Any]:
    """Django's own session, as psycopg has it. Raises OperationalError where there is none."""
    connection.ensure_connection()
    session: psycopg.Connection[Any] | None = connection.connection
    if session is None:
        raise psycopg.OperationalError("there is no connection to the database")
    return session
