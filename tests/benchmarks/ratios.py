"""How are two ways compared on a machine that others use too? In turns, in one run, by medians of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Seconds a call: wall time and this process's CPU time."""

    wall: float
    cpu: float


def timed(work: Callable[[], object], count: int) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        work()
    return Timed((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


def in_turns(rounds: int, count: int, *ways: Callable[[], object]) -> list[list[Timed]]:
    """Slices of `count` calls of each way, taking turns; for each way its slices in order."""
    slices: list[list[Timed]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(rounds):
        for place, way in enumerate(ways):
            slices[place].append(timed(way, count))
    return slices


def ratio(these: list[Timed], those: list[Timed], what: str = "wall") -> float:
    """The median over the rounds of this way's time by that way's time in the same round."""
    return statistics.median(getattr(a, what) / getattr(b, what) for a, b in zip(these, those, strict=True))


def middle(slices: list[Timed], what: str = "wall") -> float:
    """The median time in milliseconds."""
    return 1000 * statistics.median(getattr(one, what) for one in slices)
