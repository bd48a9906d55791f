"""A step's COMMIT travels with its last statement, and what goes wrong leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from psycopg.pq import TransactionStatus

from audit.db.rows import sought
from audit.db.sql import asked, commit_along, committed, connected, cursor, pipeline

pytestmark = pytest.mark.django_db
TABLE = "create temporary table kept (n int unique deferrable initially deferred)"


@pytest.fixture(autouse=True)
def apart(db: None) -> Iterator[None]:
    """A session of its own, in no transaction of the test's."""
    here = connections["default"]
    connections["default"] = there = here.copy()
    with cursor() as plain:
        plain.execute(TABLE)
    yield
    there.close()
    connections["default"] = here


def kept() -> list[int]:
    with cursor() as plain:
        return [n for (n,) in plain.execute("select n from kept order by n").fetchall()]


def test_the_transaction_is_over_when_its_last_statement_is_and_then_its_hooks_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[object] = []
    commit = connected().commit
    monkeypatch.setattr(connected(), "commit", lambda: (found.append(connected().info.transaction_status), commit()))
    with committed():
        cursor().execute("insert into kept values (1)")
        transaction.on_commit(lambda: found.append(kept()))
    assert found == [TransactionStatus.IDLE, [1]] and not connection.in_atomic_block


def step(*statements: str) -> None:
    with committed():
        for statement in statements:
            cursor().execute(statement)


@pytest.mark.parametrize("statement", ["insert into kept values (1)", "insert into nowhere values (1)", "select 1/0"])
def test_what_goes_wrong_before_the_end_or_at_it_leaves_nothing(statement: str) -> None:
    """A number that stands there twice is found by COMMIT alone."""
    with pytest.raises(psycopg.Error):
        step("insert into kept values (1)", statement)
    with committed():
        cursor().execute("insert into kept values (3)")
        transaction.set_rollback(True)
    assert kept() == []
    step("insert into kept values (4)")
    assert kept() == [4]


def test_within_another_transaction_nothing_is_ended() -> None:
    with transaction.atomic():
        step("insert into kept values (1)")
        assert kept() == [1]
        transaction.set_rollback(True)
    assert kept() == []


def test_what_is_sought_last_in_a_transaction_is_found_once_it_is_over() -> None:
    with transaction.atomic():
        with pipeline():
            cursor().execute("insert into kept values (1)")
            cursor().execute("create temporary table auth_group as select 7 as id, 'Those of this session' as name")
            there = sought(Group, "t.id = %(id)s", {"id": 7})
            commit_along()
        assert connected().info.transaction_status == TransactionStatus.IDLE
        assert [group.name for group in there()] == ["Those of this session"]
    assert kept() == [1]


def number(wanted: object) -> object:
    found = asked("select %(n)s::text::int", {"n": str(wanted)}).fetchone()
    return None if found is None else found[0]


def after_what_goes_wrong(wanted: int) -> None:
    with committed():
        cursor().execute("select 1/0")
        number(wanted)


def test_a_statement_that_comes_again_and_again_tells_of_each_time_whatever_went_wrong_before() -> None:
    assert [number(1), number(2)] == [1, 2]
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        number("three")
    with pytest.raises(psycopg.errors.DivisionByZero):
        after_what_goes_wrong(4)
    with committed():
        assert [number(5), number(6)] == [5, 6]
    connection.close()
    assert number(7) == 7
