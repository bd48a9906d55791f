"""How does one process alone do something that takes many transactions, whatever the number of machines?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, LiteralString

from django.db import connection

HELD: Final[LiteralString] = """
select (classid::bigint << 32) | objid::bigint from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted
    and database = (select oid from pg_database where datname = current_database())"""


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether nobody else holds this one of PostgreSQL's advisory locks; until its end nobody else does. A session's
    lock: what is inside keeps the connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [lock])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [lock])


def held(locks: Iterable[int]) -> set[int]:
    """Which of these locks somebody holds at this moment; of who died the database holds none."""
    with connection.cursor() as cursor:
        cursor.execute(HELD)
        return {row[0] for row in cursor.fetchall()} & set(locks)


def one_after_another(name: str) -> None:
    """Of two who do what this names, the second waits until the transaction of the first ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [name])
