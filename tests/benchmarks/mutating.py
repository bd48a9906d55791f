"""Is a planted change found in tables that only some tests fill? A plugin of pytest, for the end of each test.

    python -m pytest -p tests.benchmarks.mutating tests/casework/units tests/casework/explaining

What a test has left in the database is verified; if it holds, each column of each table that no test before had a row
of is changed, as `mutation` does it. What is not found is named when all have run.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import pytest
from django.db import connection, transaction

if TYPE_CHECKING:
    from tests.benchmarks.mutation import Score

SEEN: Final[set[str]] = set()
SCORES: Final[list[Score]] = []
DATABASE: Final = frozenset(("db", "transactional_db"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    outcome = yield
    if DATABASE & {*getattr(item, "fixturenames", ())} and (fresh := _filled() - SEEN):
        _mutate(fresh)
    return outcome


def _mutate(tables: set[str]) -> None:
    from audit.services import Origin  # models can be imported once pytest-django has set Django up
    from casework.access.roles_verification import control_begin
    from tests.benchmarks.mutation import Score, faults, mutated

    if not SCORES:
        SCORES.append(Score())
    with transaction.atomic():
        control_begin(Origin("system:test"))
        if not faults():
            SEEN.update(tables)
            for _ in mutated(SCORES[0], tables.__contains__):
                pass
        transaction.set_rollback(True)


def _filled() -> set[str]:
    from tests.benchmarks.mutation import APPS

    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith(APPS)]
        cursor.execute(" union all ".join(f"(select '{name}' from {name} limit 1)" for name in names))  # noqa: S608
        return {name for (name,) in cursor.fetchall()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for score in SCORES:
        terminalreporter.write_line(
            f"{len(SEEN)} tables: {score.found} of {score.tried} planted changes found; {score.apart} columns not "
            f"looked at on purpose; {score.refused} changes not taken by the database"
        )
        for place in score.missed:
            terminalreporter.write_line(f"{place}: a planted change is not found")
