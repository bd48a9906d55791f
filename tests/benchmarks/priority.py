"""How long does urgent work wait, and how much longer does that make the rest wait?

A simulation of workers and queue with the rule of `runner.urgent` (a worker that is told of a job does the most urgent
one first, then that job), beside the same arrivals in plain order. No database; seeds are fixed.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Iterator
from statistics import median
from typing import Final

JOBS: Final = 20_000
WORKERS: Final = 2
LOAD: Final = 0.95
URGENT: Final = 0.1


def waits(seed: int, *, overtake: bool, jobs: int = JOBS) -> tuple[list[float], list[float]]:
    """(waits of urgent, of other jobs), in mean times of service."""
    chance = random.Random(seed)
    arrivals, now = [], 0.0
    for number in range(jobs):
        now += chance.expovariate(WORKERS * LOAD)
        arrivals.append((now, number, chance.random() < URGENT, chance.expovariate(1)))
    return _served(arrivals, overtake)


def _served(arrivals: list[tuple[float, int, bool, float]], overtake: bool) -> tuple[list[float], list[float]]:
    free = [(0.0, worker) for worker in range(WORKERS)]
    told: deque[tuple[float, int, bool, float]] = deque()
    urgent: deque[tuple[float, int, bool, float]] = deque()
    done: set[int] = set()
    found: tuple[list[float], list[float]] = ([], [])
    coming = deque(arrivals)
    while coming or told:
        at, worker = heapq.heappop(free)
        if not told and coming:
            at = max(at, coming[0][0])
        while coming and coming[0][0] <= at:
            job = coming.popleft()
            told.append(job)
            if job[2]:
                urgent.append(job)
        busy = at
        for job in _next(told, urgent, done, overtake):
            found[0 if job[2] else 1].append(busy - job[0])
            busy += job[3]
        heapq.heappush(free, (busy, worker))
    return found


def _next(
    told: deque[tuple[float, int, bool, float]],
    urgent: deque[tuple[float, int, bool, float]],
    done: set[int],
    overtake: bool,
) -> Iterator[tuple[float, int, bool, float]]:
    """What one message to a worker leads to: the most urgent job, then its own, unless they were done before."""
    if not told:
        return
    own = told.popleft()
    while overtake and urgent and urgent[0][1] in done:
        urgent.popleft()
    if overtake and urgent:
        first = urgent.popleft()
        done.add(first[1])
        yield first
    if own[1] not in done:
        done.add(own[1])
        yield own


def figures() -> Iterator[str]:
    """Medians and the longest waits, with and without overtaking."""
    for overtake in (False, True):
        urgent, others = waits(7, overtake=overtake)
        yield (
            f"{'urgent overtakes' if overtake else 'in plain order  '}: median wait of urgent {median(urgent):.2f}, "
            f"of others {median(others):.2f}; longest {max(urgent):.1f} and {max(others):.1f} (mean times of service; "
            f"{WORKERS} workers at {LOAD:.0%} load, {URGENT:.0%} urgent)"
        )
