"""Does each product of a test run have to be set up anew? No: one is, and the others begin with a copy of its database.

Case types, models and demo people are made once a run by the product's own commands; PostgreSQL copies them in
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

from tests.migrated import migrate

KNOWN = "select 1 from pg_database where datname = %s"


def copied(sockets: Path, database: str, keys: Path, prepared: str, make: Callable[[str, Path], None]) -> str:
    """A fresh database of this name, a copy of the prepared one, with its keys in the folder; its address.

    `make` is called with the address of a migrated database and a folder for keys, unless a process of this server has
    prepared it already.
    """
    kept = sockets / f"{prepared}.keys"

    def make_with_keys(address: str) -> None:
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        make(address, kept)

    _made_once(sockets, prepared, make_with_keys, of=migrated(sockets))
    with _server(sockets) as server:
        _create(server, database, prepared)
    shutil.copytree(kept, keys, dirs_exist_ok=True)
    return _address(sockets, database)


def migrated(sockets: Path) -> str:
    """The database of this server that has the product's tables and nothing else, for others to be copies of."""
    _made_once(sockets, "migrated", migrate)
    return "migrated"


def _made_once(sockets: Path, name: str, make: Callable[[str], None], of: str = "template1") -> None:
    """See to it that there is this database, made whole or not at all; whoever comes second waits for the first."""
    with (sockets / f"{name}.lock").open("w") as lock, _server(sockets) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.execute(KNOWN, [name]).fetchone():
            _create(server, f"{name}_unfinished", of)
            make(_address(sockets, f"{name}_unfinished"))
            _run(server, "alter database {} rename to {}", f"{name}_unfinished", name)


def _create(server: psycopg.Connection[Any], database: str, template: str) -> None:
    _run(server, "drop database if exists {} with (force)", database)
    _run(server, "create database {} template {}", database, template)


def _run(server: psycopg.Connection[Any], statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _server(sockets: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(_address(sockets, "postgres"), autocommit=True)


def _address(sockets: Path, database: str) -> str:
    return f"postgresql://casewright@/{database}?host={sockets}"
