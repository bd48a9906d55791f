"""What time is it?

The one clock of the product (the engine gets its `now` from outside): ask `clock.utc_now()`, never the name alone, so
that a test which sets this clock sets it for everybody.
"""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time at this moment, in UTC."""
    return datetime.now(UTC)
