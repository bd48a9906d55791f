"""Urgent work waits much less, and what it overtakes waits little more: in a simulation of the rule."""

from __future__ import annotations

from statistics import median

import pytest

from tests.benchmarks.priority import waits


@pytest.mark.parametrize("seed", range(5))
def test_urgent_work_waits_less_and_the_wait_of_the_rest_stays_bounded(seed: int) -> None:
    in_order = waits(seed, overtake=False, jobs=4000)
    overtaking = waits(seed, overtake=True, jobs=4000)
    assert median(overtaking[0]) < median(in_order[0]) / 2
    assert max(overtaking[1]) < 2 * max(in_order[1]) + 5
