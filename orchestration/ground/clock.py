"""What time is it?

The one clock of the product (the engine gets its `now` from outside): ask `clock.utc_now()`, never the name alone, so
that a test which sets this clock sets it for everybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_behind: ContextVar[timedelta] = ContextVar("behind", default=timedelta(0))


def utc_now() -> datetime:
    """The time at this moment, in UTC."""
    return datetime.now(UTC) - _behind.get()


def written(moment: datetime | None) -> str | None:
    """As a history keeps a moment, or that there is none."""
    return None if moment is None else moment.isoformat()


@contextmanager
def behind(time: timedelta) -> Iterator[None]:
    """Inside the block it is earlier by so much: for a demo that has something old in it, never for work."""
    before = _behind.set(time)
    try:
        yield
    finally:
        _behind.reset(before)
