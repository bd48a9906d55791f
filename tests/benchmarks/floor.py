"""What is the least that the same steps could cost? The durable writes alone: the same rows, one statement a step.

The product does the work once, and what its steps write is kept: each statement, and each value in it. To write it
again for another case, in a session that is kept, with every statement prepared and a transaction by itself, is the
least that we know. No lock is taken, no state read, no rule evaluated, nothing sealed or hashed, no model called; and
what the product comes to write besides, this writes too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from audit.db import sql
from audit.db.columns import Texts

FIRST_REFERENCE = 10**12
"""References are numbered from here, so that no other text of a step holds such a number."""
OF_THE_CASE, OF_THE_TASK = ("instance", "chain"), ("task", "first_task")
"""Parameters that are the number of the case, or of its open task."""
NUMBERS = """select nextval('orchestration_instance_id_seq'), last_value + 1 from orchestration_humantask_id_seq"""
"""Of a new case, and of the task that will be opened in it: nobody else opens one meanwhile."""


@dataclass(frozen=True, slots=True)
class Write:
    """One statement of a step with its values, and where among them the numbers of the case, of its task and of its
    reference stand."""

    statement: bytes
    values: tuple[Any, ...]
    of_case: tuple[int, ...]
    of_task: tuple[int, ...]
    of_reference: tuple[int, ...]

    def again(self, case: int, task: int, old: str, new: str) -> list[Any]:
        """Its values for another case."""
        values = list(self.values)
        for place in self.of_case:
            values[place] = case
        for place in self.of_task:
            values[place] = task
        for place in self.of_reference:
            values[place] = _renamed(values[place], old, new)
        return values


def writes(dsn: str, work: Callable[[], object], reference: int = 0) -> Callable[[], None]:
    """A call writes what a case writes that `work` brings from its beginning to its end. `reference`: the number in the
    reference of the case that it will bring; 0 where it gives it none."""
    kept = recorded(work, reference)
    connection = psycopg.connect(dsn, autocommit=True)
    connection.prepare_threshold = 1
    return lambda: again(connection, kept, reference)


def again(connection: psycopg.Connection[Any], kept: list[Write], reference: int = 0) -> None:
    """The same writes once more, for a new case."""
    case, task = connection.execute(NUMBERS).fetchone()  # type: ignore[misc]
    cursor, old, new = psycopg.RawCursor(connection), str(reference), str(FIRST_REFERENCE * 2 + case)
    for write in kept:
        cursor.execute(write.statement, write.again(case, task, old, new))


def recorded(work: Callable[[], object], reference: int = 0) -> list[Write]:
    """What a case writes that `work` brings from its beginning to its end, with this number in its reference."""
    with _recorded() as sent:
        work()
    told = str(reference) if reference else ""
    kept = [_write(statement, names, values, told) for statement, names, values in sent]
    assert kept, "the work has written nothing"
    return kept


Sent = list[tuple[bytes, tuple[str, ...], tuple[Any, ...]]]


@contextmanager
def _recorded() -> Iterator[Sent]:
    """What the steps inside write: statements, the names of their parameters, their values."""
    sent: Sent = []
    execute, numbered = psycopg.RawCursor.execute, sql._numbered
    names: dict[bytes, tuple[str, ...]] = {}

    def named(texts: Any) -> tuple[bytes, tuple[str, ...]]:
        statement, order = numbered(texts)
        names[statement] = order
        return statement, order

    def kept(cursor: Any, statement: Any, values: Any = None, **options: Any) -> Any:
        if statement in names:  # else it is about the session
            sent.append((statement, names[statement], tuple(values)))
        return execute(cursor, statement, values, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql, "_numbered", named)
        patch.setattr(psycopg.RawCursor, "execute", kept)
        yield sent


def _write(statement: bytes, names: tuple[str, ...], values: tuple[Any, ...], reference: str) -> Write:
    def places(wanted: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(place for place, name in enumerate(names) if name in wanted)

    renamed = tuple(place for place, value in enumerate(values) if reference and _mentions(value, reference))
    return Write(statement, values, places(OF_THE_CASE), places(OF_THE_TASK), renamed)


def _mentions(value: Any, text: str) -> bool:
    return text in value if isinstance(value, str) else isinstance(value, Texts) and any(text in str(v) for v in value)


def _renamed(value: str | Texts, old: str, new: str) -> str | Texts:
    if isinstance(value, str):
        return value.replace(old, new)
    return Texts(None if each is None else each.replace(old, new) for each in value)
