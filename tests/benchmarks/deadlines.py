"""Is every deadline due when a walk through time says so? 100,000 random timelines, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

from tests.orchestration.deadlines.test_reckoning import apart

TIMELINES = 100_000


def figures() -> Iterator[str]:
    began = process_time()
    found = apart(range(TIMELINES))
    yield from found[:20]
    yield f"{TIMELINES:,} random timelines, {len(found)} differences, {process_time() - began:.0f} s of CPU"
