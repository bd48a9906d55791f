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
CURSORS: Final = "cursors_kept"
"""Where a session has them: they go with it."""
WRITING: Final = "cursor_that_writes"
"""Where it has that of `do`."""
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
    _writing(connected()).execute(statement, [values[name] for name in names])


def _writing(session: psycopg.Connection[Any]) -> psycopg.RawCursor[Any]:
    """The cursor with which a session writes, which it keeps as those of `asked`; nothing is fetched with it."""
    kept: psycopg.RawCursor[Any] | None = vars(session).get(WRITING)
    if kept is None:
        kept = vars(session)[WRITING] = psycopg.RawCursor(session)
    return kept


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


def asked(statement: LiteralString, given: Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """A statement that is sent again and again, by the cursor that is kept for it: psycopg then keeps, too, how its
    parameters are written and its columns read, which is half of what such a statement costs here. What it finds is to
    be fetched before it is sent again."""
    session = connected()
    kept: dict[str, tuple[LiteralString, psycopg.Cursor[Any]]] = vars(session).setdefault(CURSORS, {})
    if statement not in kept:
        kept[statement] = statement, psycopg.Cursor(session)
    known, plain = kept[statement]  # the very text that it had before: psycopg does not compare what it says
    return plain.execute(known, given)


def cursor() -> psycopg.Cursor[Any]:
    """A cursor with server-side parameters, so that PostgreSQL keeps the plans of these few statements."""
    return psycopg.Cursor(connected())


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements sent inside travel together; what they raise is raised at the end.

    Open it inside the transaction: the other way round, Django's turning of autocommit costs round trips of its own.
    """
    with connected().pipeline():
        yield


@contextmanager
def committed() -> Iterator[None]:
    """A transaction whose statements travel together, and COMMIT with the last of them: nobody who waits for its locks
    waits for one more round trip. Inside another transaction it ends nothing."""
    with transaction.atomic(savepoint=False), pipeline():
        yield
        commit_along()


def commit_along() -> None:
    """Send COMMIT with what the open pipeline holds, where the transaction ends with it: Django's own finds nothing
    left to end. Inside another transaction it ends nothing."""
    kept = connections[DEFAULT_DB_ALIAS]
    is_within_another = bool(kept.savepoint_ids)
    if not is_within_another and not kept.needs_rollback:
        _writing(connected()).execute(b"commit")


def connected() -> psycopg.Connection[Any]:
    """Django's own session, as psycopg has it. Raises OperationalError where there is none."""
    kept = connections[DEFAULT_DB_ALIAS]  # looked up once: Django's `connection` does so at each use
    if kept.connection is None:  # asked first: Django's own question looks for an event loop each time
        kept.ensure_connection()
    session: psycopg.Connection[Any] | None = kept.connection
    if session is None:
        raise psycopg.OperationalError("there is no connection to the database")
    return session
