"""What is sent to PostgreSQL as a column comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.db.columns import Blobs, FixedBlobs, Integers, Moments, Texts
from audit.db.sql import cursor, do

pytestmark = pytest.mark.django_db

COLUMNS = {
    Integers: st.none() | st.integers(-(2**31), 2**31 - 1),
    Texts: st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    Blobs: st.none() | st.binary(),
    FixedBlobs: st.binary(min_size=16, max_size=16),
    Moments: st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.sampled_from(list(COLUMNS)).flatmap(lambda kind: st.builds(kind, st.lists(COLUMNS[kind], max_size=5))))
def test_a_column_comes_back_as_it_was(db: None, column: list[Any]) -> None:
    with cursor() as plain:
        row = plain.execute("select %(column)s", {"column": column}).fetchone()
        assert row == (column,)
        rows = plain.execute("select one from unnest(%(column)s) as one", {"column": column}).fetchall()
        assert [one for (one,) in rows] == column


def test_parts_of_a_statement_are_done_together() -> None:
    with cursor() as plain:
        plain.execute("create temporary table here (n int); create temporary table there (n int)")
        here = (" here_too as (insert into here values (%(n)s))", {"n": 1})
        there = (" there_too as (insert into there select * from unnest(%(many)s))", {"many": Integers([2, 3])})
        do([here, there])
        rows = plain.execute("select n from here union all select n from there order by n").fetchall()
        assert rows == [(1,), (2,), (3,)]
