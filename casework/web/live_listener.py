"""How does a web process hear what other processes have written?

By one session of its own at the database that listens (PostgreSQL: LISTEN) for the numbers of root cases. When the
session is lost it is opened again, and since something may have been missed, everything watched is looked at anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import psycopg
import structlog
from psycopg.sql import SQL, Identifier

from orchestration.shell.announcements import CHANNEL, EVERYTHING, PRESENCE, session_parameters

log = structlog.get_logger()

AGAIN_AFTER: Final = 1.0
LONGEST_PAUSE: Final = 15.0
QUIET: Final = 10.0
"""Seconds without a notification after which the session is asked whether it is still there."""

Changed = Callable[[frozenset[int] | None], None]
Present = Callable[[str], None]


async def listen(changed: Changed, present: Present) -> None:
    """Listens until it is cancelled; `changed`, and `present` with what is said of who is there, are called on the
    event loop."""
    pause = AGAIN_AFTER
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**session_parameters()) as session:
                for channel in (CHANNEL, PRESENCE):
                    await session.execute(SQL("listen {}").format(Identifier(channel)))
                pause = AGAIN_AFTER
                changed(None)
                await _hear(session, changed, present)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("live pages: the listener has lost its session", error=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _hear(session: psycopg.AsyncConnection[Any], changed: Changed, present: Present) -> None:
    while True:
        async for notification in session.notifies(timeout=QUIET):
            if notification.channel == PRESENCE:
                present(notification.payload)
            else:
                changed(cases_of(notification.payload))
        async with asyncio.timeout(QUIET):
            await session.execute("select 1")


def cases_of(payload: str) -> frozenset[int] | None:
    """The root cases that a notification names; None when it says that anything may have changed."""
    return None if payload == EVERYTHING else frozenset(int(each) for each in payload.split(",") if each.isdecimal())
