"""How does everything stay up that belongs to the product?

Whatever ends is started again: at once, or later each time when it did not live long (exponential back-off). What does
not stay up at all is named, on the terminal and to `/readyz`, and tried again every minute; the others go on meanwhile.
"""

import json
import shutil
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from casework.runtime.processes import ServiceFailed

SHORT_LIFE = 10.0
"""Seconds. What ends sooner than that after its start may never come up."""
AILING_FROM = 4
"""Short lives in a row after which people are told."""
LONGEST_PAUSE = 60
LOOK_EVERY = 0.2
NO_ROOM = 20 * 1024 * 1024
"""Bytes. With less left on the disk, that is the likely reason of an end."""


class Part(Protocol):
    """Something that is to run as long as the product does. `start` may raise ServiceFailed."""

    name: str

    def start(self) -> None: ...

    def status(self) -> int | None:
        """None while it runs; afterwards as Popen's returncode: below zero the signal that killed it."""


def keep_running(parts: Iterable[Part], *, ailing: Path | None = None) -> NoReturn:
    """Start again whatever of these ends, for ever. `ailing` is the file that names those that do not stay up."""
    lives = [_Life(part, time.monotonic(), room=None if ailing is None else ailing.parent) for part in parts]
    told: dict[str, str] = {}
    _write(ailing, told)
    while True:
        for life in lives:
            life.look_after(time.monotonic())
        found = {life.part.name: life.words for life in lives if life.words}
        if found != told:
            told = found
            _write(ailing, told)
        time.sleep(LOOK_EVERY)


def _write(ailing: Path | None, words: dict[str, str]) -> None:
    """What `/readyz` reads; where nothing can be written, the terminal has it still."""
    if ailing is not None:
        with suppress(OSError):
            if words:
                ailing.write_text(json.dumps(words))
            else:
                ailing.unlink(missing_ok=True)


@dataclass(slots=True)
class _Life:
    """What is known of a part: since when it runs, how often in a row it did not live long, and what people are told.

    `room` is a folder on the disk that it needs.
    """

    part: Part
    began: float
    room: Path | None = None
    short_lives: int = 0
    again_at: float | None = None
    words: str = ""

    def look_after(self, now: float) -> None:
        if self.again_at is not None:
            if now >= self.again_at:
                self._start(now)
        elif (status := self.part.status()) is not None:
            self._has_ended(f"{self.part.name} {_how(status)}", now)
        elif self.words and now - self.began >= SHORT_LIFE:
            self.words, self.short_lives = "", 0
            print(f"{self.part.name} stays up again.", flush=True)

    def _start(self, now: float) -> None:
        self.began, self.again_at = now, None
        try:
            self.part.start()
        except ServiceFailed as failure:
            self._has_ended(str(failure), now)
        except OSError as failure:  # the disk is full, or there are too many processes
            self._has_ended(f"{self.part.name} did not start: {failure.strerror}", now)

    def _has_ended(self, what: str, now: float) -> None:
        self.short_lives = self.short_lives + 1 if now - self.began < SHORT_LIFE else 0
        pause = _pause(self.short_lives)
        self.again_at = now + pause
        later = f" in {pause} s" if pause else ""
        reason = f" ({self._no_room()})" if self._no_room() else ""
        print(f"{what}{reason}; it is started again{later}.", flush=True)
        if self.short_lives >= AILING_FROM:
            self._is_ailing(what, reason, pause)

    def _is_ailing(self, what: str, reason: str, pause: int) -> None:
        if not self.words and (said := getattr(self.part, "said", str)()):
            print(f"{self.part.name} does not stay up; the rest goes on. Its last lines:\n{said}", flush=True)
        times = f"{self.short_lives} times in a row within {SHORT_LIFE:.0f} seconds of its start"
        self.words = f"{what.splitlines()[0]}{reason}, {times}; tried again after {pause} s"

    def _no_room(self) -> str:
        with suppress(OSError):
            if self.room is not None and shutil.disk_usage(self.room).free < NO_ROOM:
                return "no space left on the disk"
        return ""


def _pause(short_lives: int) -> int:
    """Seconds: none after a long life, then 1, 2, 4 and so on."""
    return min(2 ** (short_lives - 1), LONGEST_PAUSE) if short_lives else 0


def _how(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended by itself (status {status})"
