"""How does what a step writes reach PostgreSQL?

Past the ORM, through psycopg with server-side parameters on Django's own connection and in its transaction; and all of
it as one statement, whose parts are common table expressions that modify data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, transaction

NAMED: Final = re.compile(r"%\((\w+)\)s")
Part = tuple[LiteralString, Mapping[str, Any]]
"""`name as (statement)`, one or more, and the parameters. Parts that share a parameter's name mean the same by it."""


def do(parts: Iterable[Part]) -> None:
    """What all parts do, as one statement, and so one transaction, on Django's session and in its open pipeline.

    None sees what another one writes. The text of a combination of parts is made once a process: psycopg would read it
    anew each time, since it keeps none that is so long.
    """
    texts: list[LiteralString] = []
    values: dict[str, Any] = {}
    for text, given in parts:
        texts.append(text)
        values |= given
    statement, names = _numbered(tuple(texts))
    psycopg.RawCursor(connected()).execute(statement, [values[name] for name in names])


def together(*parts: Part | None) -> Part:
    """Those that are there, as one."""
    there = [part for part in parts if part is not None]
    values = {name: value for _, given in there for name, value in given.items()}
    return ",".join(text for text, _ in there), values


@lru_cache(maxsize=1024)
def _numbered(texts: tuple[LiteralString, ...]) -> tuple[bytes, tuple[str, ...]]:
    """One statement with PostgreSQL's own parameters ($1), and the name of each. As bytes: what psycopg keeps the plan
    by is then neither encoded nor hashed again."""
    whole: LiteralString = "with" + ",".join(texts) + " select 1"
    places: dict[str, int] = {}
    text = NAMED.sub(lambda found: f"${places.setdefault(found[1], len(places) + 1)}", whole).replace("%%", "%")
    return text.encode(), tuple(places)


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


@contextmanager
def committed() -> Iterator[psycopg.Cursor[Any]]:
    """A transaction whose statements travel together, and COMMIT with the last of them: nobody who waits for its locks
    waits for one more round trip. Inside another transaction it ends nothing."""
    kept = connections[DEFAULT_DB_ALIAS]
    is_whole = not kept.in_atomic_block
    with transaction.atomic(savepoint=False), pipeline() as pipelined:
        yield pipelined
        if is_whole and not kept.needs_rollback:
            pipelined.execute("commit")  # Django's own, after it, finds nothing left to end


def connected() -> psycopg.Connection[Any]:
    """Django's own session, as psycopg has it. Raises OperationalError where there is none."""
    kept = connections[DEFAULT_DB_ALIAS]  # looked up once: Django's `connection` does so at each use
    kept.ensure_connection()
    session: psycopg.Connection[Any] | None = kept.connection
    if session is None:
        raise psycopg.OperationalError("there is no connection to the database")
    return session
