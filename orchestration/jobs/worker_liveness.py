"""Which workers are still there?

Each database session of a worker holds an advisory lock of PostgreSQL, made from the name that it writes into its
jobs' rows. The server frees the lock when the session ends, however it ends: the process was killed, its machine went
away, the connection broke. So nobody has to show signs of life, and no clock is asked. It takes sessions of one's own:
a pooler between worker and server has to leave each worker its session.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from os import getpid
from secrets import token_hex
from socket import gethostname
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

from audit.db.sql import connected

WORKERS = 20_001
"""Tells the locks of workers from other advisory locks in the same database."""

HOLD = """
select pg_advisory_lock_shared(%s, %s), set_config('tcp_keepalives_idle', '30', false),
       set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)
"""
"""The server asks after a machine that has been silent for 30 seconds: without power it counts as gone in a minute."""
HELD = """
select objid from pg_locks
where locktype = 'advisory' and classid = %s and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database())
"""

_names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def own_name() -> str:
    """The name of this thread's database session. From the first call until the session ends it counts as there."""
    session = connected()
    name = _names.get(session)
    if name is None:
        name = f"{gethostname()[:64]}:{getpid()}:{token_hex(4)}"  # a process number comes again, this does not
        session.execute(HOLD, [WORKERS, _key(name)])
        _names[session] = name
    return name


def gone(names: Iterable[str]) -> list[str]:
    """Those whose session has ended. Read the names first: whoever has written one holds its lock already."""
    keys = {name: _key(name) for name in names}
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HELD, [WORKERS])
        held = {key for (key,) in cursor.fetchall()}
    return [name for name, key in keys.items() if key not in held]


def _key(name: str) -> int:
    """31 bits. Two names with the same one only hide each other's end, until the lease runs out."""
    return int.from_bytes(sha256(name.encode()).digest()[:4]) >> 1
