"""How does everything stay up that belongs to the product?

Whatever ends is started again: at once, or a little later each time when it did not live long. What does not stay up at
all (a port is taken, a file is missing) ends the product, with a word why.
"""

import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from casework.runtime.processes import ServiceFailed

SHORT_LIFE = 10.0
"""Seconds. What ends sooner than that after its start may never come up."""
MOST_SHORT_LIVES = 4
LOOK_EVERY = 0.2


class Part(Protocol):
    """Something that is to run as long as the product does. `start` may raise ServiceFailed."""

    name: str

    def start(self) -> None: ...

    def status(self) -> int | None:
        """None while it runs; afterwards as Popen's returncode: below zero the signal that killed it."""


def keep_running(parts: Iterable[Part]) -> NoReturn:
    """Start again whatever of these ends. Raises ServiceFailed when something does not stay up."""
    lives = [_Life(part, time.monotonic()) for part in parts]
    while True:
        for life in lives:
            life.look_after(time.monotonic())
        time.sleep(LOOK_EVERY)


@dataclass(slots=True)
class _Life:
    """What is known of a part that runs: since when, and how often in a row it did not live long."""

    part: Part
    began: float
    short_lives: int = 0
    again_at: float | None = None

    def look_after(self, now: float) -> None:
        if self.again_at is None and (status := self.part.status()) is not None:
            self._has_ended(f"{self.part.name} {_how(status)}", now)
        elif self.again_at is not None and now >= self.again_at:
            self._start(now)

    def _start(self, now: float) -> None:
        self.began, self.again_at = now, None
        try:
            self.part.start()
        except ServiceFailed as failure:
            self._has_ended(str(failure), now)

    def _has_ended(self, what: str, now: float) -> None:
        self.short_lives = self.short_lives + 1 if now - self.began < SHORT_LIFE else 0
        if self.short_lives == MOST_SHORT_LIVES:
            raise ServiceFailed(
                f"{what}, the {self.short_lives}th time in a row within {SHORT_LIFE:.0f} seconds of its start. "
                "What it said stands above."
            )
        self.again_at = now + self.short_lives
        later = f" in {self.short_lives} s" if self.short_lives else ""
        print(f"{what}; it is started again{later}.", flush=True)


def _how(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended by itself (status {status})"
