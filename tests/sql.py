"""How many SQL statements did that take? Counted where they leave for PostgreSQL, beneath Django and our own SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements sent inside the block (savepoints aside, which only tests open around a step)."""
    sent: list[str] = []
    send = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        text = (query.decode() if isinstance(query, bytes) else str(query)).strip()
        if not text.upper().startswith(("SAVEPOINT", "RELEASE")):
            sent.append(text)
        return send(cursor, query, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counted)
        yield sent
