"""How many SQL statements did that take? Counted where they leave for PostgreSQL, beneath Django and our own SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest


def is_about_the_session(text: str) -> bool:
    """Whether it asks nothing of the data: it is sent with a statement that does."""
    return text.strip().upper().startswith(("SAVEPOINT", "RELEASE", "COMMIT", "SET PLAN_CACHE_MODE"))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements sent inside the block.

    But for savepoints, which only tests open around a step, for COMMIT, and for what travels with a statement to have
    its plan kept.
    """
    sent: list[str] = []
    send = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        text = (query.decode() if isinstance(query, bytes) else str(query)).strip()
        if not is_about_the_session(text):
            sent.append(text)
        return send(cursor, query, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counted)
        yield sent
