"""How many of the attacks are tried where time is short? As many as begin within so many seconds, in their order."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

One = TypeVar("One")


def within(seconds: float, wanted: Iterable[One]) -> Iterator[One]:
    until = time.monotonic() + seconds
    for one in wanted:
        if time.monotonic() >= until:
            return
        yield one
