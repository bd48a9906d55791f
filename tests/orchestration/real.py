"""What do tests of commits, locks and kills run on? A database of their own, where transactions are real.

A copy of the test database: nothing of it needs to be rolled back or emptied (the history cannot be), it is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from orchestration.casetypes.case_type import by_definition

LEFT_OPEN = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
"""Connections of threads that earlier tests began, and that idle now: it is copied only while nobody is in it."""


@pytest.fixture(scope="session")
def real_template(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database that nobody is connected to, so that it can be copied: the tables, and nothing in them."""
    usual = connections["default"].settings_dict
    name = f"{usual['NAME']}_template"
    with django_db_blocker.unblock(), _server(usual["HOST"]) as server:
        connection.close()
        drop = f'drop database if exists "{name}" with (force)'
        server.execute(drop)  # each module that names this fixture has one of its own
        server.execute(LEFT_OPEN, [usual["NAME"]])
        server.execute(f'create database "{name}" template "{usual["NAME"]}"')
        yield name
        server.execute(drop)


@pytest.fixture
def real_database(real_template: str, db: None) -> Iterator[str]:
    """The address of a fresh database that Django's connections lead to."""
    usual, host = connections["default"], connections["default"].settings_dict["HOST"]
    settings, copy = connections.settings["default"], f"{real_template}_copy"
    name_before = settings["NAME"]
    with _server(host) as server:
        server.execute(f'create database "{copy}" template "{real_template}"')
        by_definition.cache_clear()  # another database has other versions under the same numbers
        settings["NAME"] = copy
        connections["default"] = connections.create_connection("default")
        yield f"host={host} user=casewright dbname={copy}"
        connections["default"].close()
        connections["default"], settings["NAME"] = usual, name_before
        by_definition.cache_clear()
        server.execute(f'drop database "{copy}" with (force)')


def _server(host: str) -> psycopg.Connection[Any]:
    return psycopg.connect(f"host={host} user=casewright dbname=postgres", autocommit=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """All of these at the same moment, each in a thread with a connection of its own; what each gave, in order.

    An exception is given too: the test looks at it.
    """
    ready = threading.Barrier(len(works))
    given: list[object] = [None] * len(works)

    def do(number: int, work: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            ready.wait(30)
            given[number] = work()
        except Exception as error:
            given[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given
