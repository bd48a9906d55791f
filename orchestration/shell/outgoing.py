"""How is something said to the outside without anybody waiting for it?

A queue in memory, drained by one thread a process (a producer's buffer with a circuit breaker): a request hands over
and goes on, however long the broker or a network that drops keeps silent. What is handed over may get lost; the rows
are the truth, and a sweep finds what was not said.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar
from weakref import WeakSet

import structlog

log = structlog.get_logger()

Item = TypeVar("Item")

MOST_WAITING: Final = 20_000
"""Items in memory. More are let go: nobody can say that much faster than it is asked for again."""
AT_ONCE: Final = 500
PAUSE: Final = 5.0
"""Seconds for which nobody is spoken to after a failure."""
AT_THE_END: Final = 2.0
"""Seconds that a process which ends gives to what is still to be said."""

_all: WeakSet[Outgoing[Any]] = WeakSet()


class Outgoing(Generic[Item]):
    """Hands what is put in to `deliver`, in order, at most AT_ONCE together, in a thread of its own.

    `deliver` has to come back within a bounded time. When it raises, what it was given is lost, is counted in one line
    of the log, and for PAUSE seconds all that is put in is lost, too. `idle` is called when `idle_after` seconds were
    quiet. `gather`: seconds in which what comes after the first is said together with it; waking a thread and speaking
    once for each costs more than many a step.
    """

    def __init__(
        self,
        name: str,
        deliver: Callable[[Sequence[Item]], None],
        *,
        idle: Callable[[], None] = lambda: None,
        idle_after: float = 2.0,
        pause: float = PAUSE,
        gather: float = 0.0,
    ) -> None:
        self.name, self._deliver, self._idle = name, deliver, idle
        self._idle_after, self._pause, self._gather = idle_after, pause, gather
        self._begin()
        _all.add(self)

    def _begin(self) -> None:
        """As in a new process: a fork has none of the parent's threads, and nothing of what the parent wants said."""
        self._waiting: deque[Item] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = self._hurried = False
        self._silent_until = 0.0
        self._lost = 0

    @property
    def silent(self) -> bool:
        """Whether the circuit is open: the other side has failed a moment ago and is left alone."""
        return time.monotonic() < self._silent_until

    def put(self, item: Item) -> None:
        """Hand over; comes back at once."""
        with self._changed:
            if self.silent or len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                return
            self._waiting.append(item)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()
            if len(self._waiting) == 1 or not self._gather:
                self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Whether all that was put in has been said (or lost) within so many seconds; nothing is gathered any more."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _run(self) -> None:
        while True:
            self._say(self._next())

    def _next(self) -> list[Item]:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            while not self._waiting:
                if not self._changed.wait(self._idle_after):
                    self._idle()
            self._changed.wait_for(lambda: self._hurried, self._gather)
            self._busy, self._hurried = True, False
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]

    def _say(self, items: list[Item]) -> None:
        try:
            self._deliver(items)
        except Exception as error:  # whatever a client raises: what was to be said is in the rows already
            self._fail(error, len(items))
        else:
            if self._lost:
                log.warning(f"{self.name}: said again", lost=self._lost)
                self._lost = 0

    def _fail(self, error: Exception, lost: int) -> None:
        with self._changed:
            self._lost += lost + len(self._waiting)
            self._waiting.clear()
            self._silent_until = time.monotonic() + self._pause
        log.warning(f"{self.name}: lost", lost=self._lost, error=type(error).__name__, again_in=self._pause)


def flush_all(seconds: float = AT_THE_END) -> None:
    """Give everything that waits to be said a last chance, together at most so many seconds."""
    until = time.monotonic() + seconds
    for outgoing in list(_all):
        outgoing.flush(max(0.0, until - time.monotonic()))


def _after_fork() -> None:
    for outgoing in list(_all):
        outgoing._begin()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(flush_all)
