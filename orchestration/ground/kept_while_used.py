"""How does a process hold what is large and rarely needed? It is made when it is first asked for, and let go after some
quiet minutes; the memory goes back to the machine. Who asks again waits for a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Timer
from time import monotonic
from typing import Final, Generic, TypeVar

from orchestration.ground.freed_memory import give_back

T = TypeVar("T")

QUIET: Final = 180.0
"""Seconds without anybody asking."""


class KeptWhileUsed(Generic[T]):
    """Call it for the thing; whoever uses it holds it as long as they do."""

    def __init__(self, make: Callable[[], T], quiet: float = QUIET) -> None:
        self._make, self._quiet = make, quiet
        self._thing: T | None = None
        self._asked = 0.0
        self._lock = Lock()

    def __call__(self) -> T:
        with self._lock:
            self._asked = monotonic()
            if self._thing is None:
                self._thing = self._make()
                self._look_in(self._quiet)
            return self._thing

    def keep(self) -> None:
        """Make it now and never let it go: processes that are forked from this one have it in common."""
        with self._lock:
            self._quiet = float("inf")
            self._thing = self._thing or self._make()

    @property
    def is_held(self) -> bool:
        return self._thing is not None

    def _look_in(self, seconds: float) -> None:
        timer = Timer(seconds, self._look)
        timer.daemon = True
        timer.start()

    def _look(self) -> None:
        with self._lock:
            left = self._asked + self._quiet - monotonic()
            if left <= 0:
                self._thing = None
        if left <= 0:
            give_back()
        elif left < float("inf"):
            self._look_in(left)
