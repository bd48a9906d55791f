"""Is a worker there for as long as its session with the database, and no longer?"""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from orchestration.jobs import worker_liveness
from tests.orchestration.real import at_once, real_database, real_template
from tests.sql import statements

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.django_db


def test_a_worker_is_there_until_its_session_ends(real_database: str) -> None:
    name = worker_liveness.own_name()
    assert worker_liveness.gone([name, "somebody else"]) == ["somebody else"]
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (session,) = cursor.fetchone()
    connection.close()
    ended(session)
    assert worker_liveness.gone([name]) == [name]
    assert worker_liveness.own_name() != name


def test_a_session_that_was_cut_off_has_another_name_afterwards(real_database: str) -> None:
    """A worker whose connection broke says no longer that it is the one that claimed a job before."""
    name = worker_liveness.own_name()
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (session,) = cursor.fetchone()
    end(session)
    connection.close_if_unusable_or_obsolete()  # between two tasks
    again = worker_liveness.own_name()
    assert again != name and worker_liveness.gone([name, again]) == [name]


def test_each_thread_has_a_presence_of_its_own(real_database: str) -> None:
    names = at_once(worker_liveness.own_name, worker_liveness.own_name)
    assert len({*names, worker_liveness.own_name()}) == 3


def test_being_there_costs_one_statement_a_session(real_database: str) -> None:
    worker_liveness.own_name()
    with statements() as sent:
        worker_liveness.own_name()
    assert sent == []


def end(session: int) -> None:
    """The server ends a session, from outside."""

    def tell() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s, 10000)", [session])
        connection.close()

    teller = threading.Thread(target=tell)
    teller.start()
    teller.join(30)


def ended(session: int) -> None:
    """Wait until the server has noticed: it frees the locks before the session is out of its list."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("select pg_sleep(0.01), count(*) from pg_stat_activity where pid = %s", [session])
            if cursor.fetchone()[1] == 0:
                return
    raise AssertionError("the session does not end")
