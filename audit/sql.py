"""How do the few statements that every step makes reach PostgreSQL?

Past the ORM, through psycopg with server-side parameters on Django's own connection and in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


def cursor() -> psycopg.Cursor[Any]:
    """A cursor with server-side parameters, so that PostgreSQL keeps the plans of these few statements."""
    return psycopg.Cursor(_connected())


@contextmanager
def pipeline() -> Iterator[psycopg.Cursor[Any]]:
    """Statements sent inside travel together; what they raise is raised at the end."""
    connected = _connected()
    with connected.pipeline(), psycopg.Cursor(connected) as pipelined:
        yield pipelined


def _connected() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    connected: psycopg.Connection[Any] | None = connection.connection
    if connected is None:
        raise psycopg.OperationalError("there is no connection to the database")
    return connected
