"""Is one of the demo's systems started again when it ends by itself? Yes, a few times, and the terminal says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, Protocol

from casework.runtime.processes import ServiceFailed

MOST: Final = 3
WITHIN: Final = 600.0
"""So often one is started again in so many seconds; what ends once more has a fault that starting does not mend."""
EVERY: Final = 1.0


class System(Protocol):
    def status(self) -> int | None:
        """None while it runs, afterwards as Popen's returncode."""

    def stop(self) -> object: ...


@dataclass(slots=True)
class Watched:
    """`begin` starts it until it answers, or raises ServiceFailed. `starts`: when it was started again."""

    title: str
    system: System
    begin: Callable[[], object]
    starts: list[float] = field(default_factory=list)
    left: bool = False


class Running(ExitStack):
    """What runs until Ctrl-C."""

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[Watched] = []

    def begins(self, title: str, system: System, begin: Callable[[], object]) -> None:
        """Start it, and have it stopped in the end. Raises ServiceFailed."""
        self.callback(system.stop)
        begin()
        self.watch(title, system, begin)

    def watch(self, title: str, system: System, begin: Callable[[], object]) -> None:
        """Start one again, which has begun already, when it ends by itself."""
        self.watched.append(Watched(title, system, begin))

    def stay(self, says: Callable[[str], object]) -> None:
        """Until Ctrl-C. By the thread that started them: the kernel ends a program with the thread that started it."""
        while True:
            for one in self.watched:
                for said in kept_up(one, time.monotonic()):
                    says(f"  {said}")
            time.sleep(EVERY)


def kept_up(one: Watched, now: float) -> Iterator[str]:
    """Start it again where it has ended and may be; what to say of it."""
    status = one.system.status()
    if one.left or status is None:
        return
    one.starts = [at for at in one.starts if now - at < WITHIN]
    if len(one.starts) >= MOST:
        one.left = True
        yield f"{one.title} ended with status {status} once more, and is not started again. Ctrl-C, then begin anew."
        return
    one.starts.append(now)
    yield f"{one.title} ended with status {status}. It is started again ({len(one.starts)} of {MOST})."
    try:
        one.begin()
    except ServiceFailed as failure:
        yield f"{one.title} could not be started again: {failure}"
    else:
        yield f"{one.title} answers again."
