"""How long do the statements take that are sent inside a block? By the client's clock and by the CPU of the session."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.benchmarks.ratios import Timed


@dataclass
class Statements:
    """What was sent, as seconds each: `wall` and `cpu` of all together."""

    each: list[Timed] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.each)

    @property
    def wall(self) -> float:
        return sum(one.wall for one in self.each)

    @property
    def cpu(self) -> float:
        return sum(one.cpu for one in self.each)


@contextmanager
def statement_time() -> Iterator[Statements]:
    sent = Statements()
    send = psycopg.Cursor.execute

    def timed(cursor: Any, *arguments: Any, **options: Any) -> Any:
        session = Path(f"/proc/{cursor.connection.info.backend_pid}/schedstat")
        wall, cpu = time.perf_counter(), int(session.read_text().split()[0])
        try:
            return send(cursor, *arguments, **options)
        finally:
            wall = time.perf_counter() - wall
            sent.each.append(Timed(wall, (int(session.read_text().split()[0]) - cpu) / 1e9))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", timed)
        yield sent
