"""How do open pages hear that something happened to a case?

By a notification of PostgreSQL (NOTIFY, with the numbers of the root cases) after the step's commit. It is not part of
the step's statement: a transaction with a notification holds one lock of the whole server until its commit is on disk,
so that 8 writers together made 216 steps a second instead of 1,409. A lost one is made good by the listeners' own
look, every some seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.db import transaction

from audit.db.reaching import parameters
from orchestration.shell.outgoing import Outgoing

CHANNEL: Final = "casewright_changed"
PRESENCE: Final = "casewright_presence"
"""Where web processes tell one another who has which case open; nothing of it is kept."""
EVERYTHING: Final = "*"
MOST_NAMED: Final = 400
"""Cases in one notification, which takes 8,000 bytes; of more it only says that much has happened."""
GATHERED: Final = 0.1
"""Seconds in which the steps of a process are told of together. Alone, each would cost as much as a third of a step; a
person sees no difference, and an open page has a second in which to show it."""


def announce(instance: int) -> None:
    """After the commit, tell whoever listens that this root case has changed."""
    transaction.on_commit(lambda: _pages.put(instance))


def tell_presence(said: str) -> None:
    """Tell all web processes, now and without waiting; it may get lost."""
    _presence.put(said)


def session_parameters() -> dict[str, Any]:
    """How to reach the database with a session of one's own, outside any pool (psycopg's keywords)."""
    return parameters() | {"connect_timeout": 3, "tcp_user_timeout": 5000, "autocommit": True}


class _Notifier:
    """Speaks through a session of its own, which is closed when there has been nothing to say for a while."""

    def __init__(self) -> None:
        self.session: psycopg.Connection[Any] | None = None

    def deliver(self, instances: Sequence[int]) -> None:
        named = sorted(set(instances))
        text = ",".join(map(str, named)) if len(named) <= MOST_NAMED else EVERYTHING
        self.notify(CHANNEL, [text])

    def tell(self, said: Sequence[str]) -> None:
        self.notify(PRESENCE, said)

    def notify(self, channel: str, texts: Sequence[str]) -> None:
        statement = "select pg_notify(%s, said) from unnest(%s::text[]) said"
        try:
            self._connected().execute(statement, [channel, list(texts)], prepare=True)
        except psycopg.Error:
            self.close()
            raise

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def _connected(self) -> psycopg.Connection[Any]:
        if self.session is None or self.session.closed:
            self.session = psycopg.connect(**session_parameters())
        return self.session


_notifier = _Notifier()
_teller = _Notifier()
_presence: Outgoing[str] = Outgoing("presence", _teller.tell, idle=_teller.close)
_pages: Outgoing[int] = Outgoing("pages", _notifier.deliver, idle=_notifier.close, gather=GATHERED)
