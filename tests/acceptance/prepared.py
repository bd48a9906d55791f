"""Does each product of a test run have to be set up anew? No: one is, and the others begin with a copy of its database.

Tables, case types, models and demo people are made once a run by the product's own commands; PostgreSQL copies them in
a hundredth of the time. The keys that the database was sealed with are copied along. Processes that share a server wait
for the one that came first, and nothing outlives the server.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

KNOWN = "select 1 from pg_database where datname = %s"


def copied(sockets: Path, database: str, keys: Path, prepared: str, make: Callable[[str, Path], None]) -> str:
    """A fresh database of this name, a copy of the prepared one, with its keys in the folder; its address.

    `make` is called with an address and a folder for keys, unless a process of this server has prepared it already.
    """
    kept = sockets / f"{prepared}.keys"
    with (sockets / f"{prepared}.lock").open("w") as lock, _server(sockets) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.execute(KNOWN, [prepared]).fetchone():
            unfinished = f"{prepared}_unfinished"  # of whoever failed at it, too: it is made whole or not at all
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            _create(server, unfinished)
            make(_address(sockets, unfinished), kept)
            _run(server, "alter database {} rename to {}", unfinished, prepared)
        _create(server, database, prepared)
        shutil.copytree(kept, keys, dirs_exist_ok=True)
    return _address(sockets, database)


def _create(server: psycopg.Connection[Any], database: str, template: str = "template1") -> None:
    _run(server, "drop database if exists {} with (force)", database)
    _run(server, "create database {} template {}", database, template)


def _run(server: psycopg.Connection[Any], statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _server(sockets: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(_address(sockets, "postgres"), autocommit=True)


def _address(sockets: Path, database: str) -> str:
    return f"postgresql://casewright@/{database}?host={sockets}"
