"""How is a backup made and restored beside the product, to look at what it has?"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier

from audit.db.reaching import environment, parameters
from casework.runtime.database_programs import program
from orchestration.casetypes.case_type import by_definition


@contextmanager
def backed_up() -> Iterator[Path]:
    """A backup of the database as it is now; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="casewright-drill-") as folder:
        file = Path(folder) / "backup"
        with open(os.devnull, "w") as nowhere:
            call_command("backup", str(file), stdout=nowhere)
        yield file


@contextmanager
def restored(file: Path) -> Iterator[None]:
    """The process works on a database of its own that the backup was read into; gone afterwards."""
    own, name = connection.settings_dict["NAME"], f"casewright_drill_{secrets.token_hex(6)}"
    _on_server("create database {}", name)
    try:
        _at(name)
        command: list[str | Path] = [
            program("pg_restore"),
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--dbname",
            name,
            file,
        ]
        subprocess.run(command, env=environment(), check=True)  # noqa: S603
        yield
    finally:
        _at(own)
        _on_server("drop database if exists {} with (force)", name)


def _at(name: str) -> None:
    """What a process keeps of a database by its numbers is of another one now."""
    connection.close()
    connection.settings_dict["NAME"] = name
    by_definition.cache_clear()
    ContentType.objects.clear_cache()


def _on_server(statement: str, name: str) -> None:
    with psycopg.connect(**parameters(), autocommit=True) as server:
        server.execute(SQL(statement).format(Identifier(name)))
