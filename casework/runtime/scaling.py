"""How many processes does a worker have? As many as its work has needed for a moment, between two bounds.

Celery's own autoscaler starts one for every short peak, and never lets one go while the clock sends a task every few
seconds. This one grows when work has waited for a second, and shrinks after a minute in which one was idle.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from celery.worker.autoscale import Autoscaler

VARIABLE: Final = "CASEWRIGHT_WORKER_PROCESSES"
LOOKS_EVERY: Final = 0.5
"""Seconds from one look to the next."""
WAITED: Final = 1.0
"""Seconds that work has to wait for a process before there is one more."""
IDLE: Final = 60.0
"""Seconds in which a process was never needed before it ends."""


def bounds() -> tuple[int, int]:
    """Fewest and most processes, as `CASEWRIGHT_WORKER_PROCESSES` says ("1-4"; "2": always two). Raises ValueError."""
    said = os.environ.get(VARIABLE) or f"1-{max(2, os.cpu_count() or 1)}"
    found = re.fullmatch(r"\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?", said)
    fewest, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 0 < fewest <= most:
        raise ValueError(f"{VARIABLE} is {said!r}; it is a number of processes, or the fewest and the most: 1-4.")
    return fewest, most


class Scaler(Autoscaler):
    """Celery calls `maybe_scale` at each message and each time that it looks."""

    pool: Any  # of processes, which grows and shrinks; Celery's own type says neither

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "keepalive": LOOKS_EVERY})
        self._full_since: float | None = None
        self._short_since: float | None = None
        self._needed = monotonic()

    def _maybe_scale(self, req: Any = None) -> bool:
        """Whether the number of processes has changed, by one."""
        now, processes, wanted = monotonic(), self.processes, self.qty
        self._full_since = _since(self._full_since, now, wanted >= processes)
        self._short_since = _since(self._short_since, now, wanted > processes)
        if _lasts(self._full_since, now):
            self._needed = now
        if _lasts(self._short_since, now) and processes < self.max_concurrency:
            self._short_since = now
            self.pool.grow(1)
            return True
        if processes > self.min_concurrency and now - self._needed > IDLE:
            self._needed = now
            with suppress(ValueError):  # one has come to work meanwhile
                self.pool.shrink(1)
            return True
        return False


def _since(since: float | None, now: float, is_so: bool) -> float | None:
    return (now if since is None else since) if is_so else None


def _lasts(since: float | None, now: float) -> bool:
    """Whether it has been so for longer than what the clock sends takes."""
    return since is not None and now - since >= WAITED
