"""By which time does beat send? By one that nobody can set: it goes on evenly while the machine's clock is put back."""

import time
from datetime import UTC, datetime, timedelta

START = datetime(2000, 1, 1, tzinfo=UTC)


def steady() -> datetime:
    """Where the time would be if it had begun at START: good for distances only."""
    return START + timedelta(seconds=time.monotonic())
