"""How long do the statements take that are sent inside a block? By the client's clock and by the CPU of the session.

Measured where the client waits for the server, so that statements that travel together are measured as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.benchmarks.ratios import Timed
from tests.sql import is_about_the_session


@dataclass
class Statements:
    """What was sent, and each time that it was waited for, in seconds: `wall` and `cpu` of all together."""

    each: list[Timed] = field(default_factory=list)
    count: int = 0

    @property
    def wall(self) -> float:
        return sum(one.wall for one in self.each)

    @property
    def cpu(self) -> float:
        return sum(one.cpu for one in self.each)


@contextmanager
def statement_time() -> Iterator[Statements]:
    sent = Statements()
    send, wait = psycopg.Cursor.execute, psycopg.Connection.wait

    def counted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        sent.count += not is_about_the_session(query.decode() if isinstance(query, bytes) else str(query))
        return send(cursor, query, *arguments, **options)

    def timed(session: Any, *arguments: Any, **options: Any) -> Any:
        spent = Path(f"/proc/{session.info.backend_pid}/schedstat")
        wall, cpu = time.perf_counter(), int(spent.read_text().split()[0])
        try:
            return wait(session, *arguments, **options)
        finally:
            wall = time.perf_counter() - wall
            sent.each.append(Timed(wall, (int(spent.read_text().split()[0]) - cpu) / 1e9))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counted)
        patch.setattr(psycopg.Connection, "wait", timed)
        yield sent


def cost_of(work: Callable[[], object]) -> Timed:
    """Seconds of one call: by the clock, and of CPU of this process and of its database session together."""
    with statement_time() as sent:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Timed(wall, cpu + sent.cpu)


def share_told(took: Sequence[Timed], share: float) -> str:
    """Milliseconds that so many of these stay below: by the clock, and of CPU."""
    at = min(len(took) - 1, int(share * len(took)))
    wall, cpu = sorted(one.wall for one in took)[at], sorted(one.cpu for one in took)[at]
    return f"{1000 * wall:5.1f} ms ({1000 * cpu:5.1f} of CPU)"
