"""Processes of the running product are killed while it works, its broker too, and its clock is moved: nothing is lost,
nothing is done twice, and it goes on where it was. `make chaos` kills a hundred times.
"""

from __future__ import annotations

import pytest

from tests.chaos.killing import killed
from tests.chaos.product import Product, product, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.longest]

DAY = 86_400.0


def test_nothing_is_lost_or_done_twice_whatever_is_killed() -> None:
    with product() as running:
        running.start()
        report = killed(running, kills=15, cases=15, seed=4, patience=240)
    assert not report.faults, report
    assert sum(report.kills.values()) == 15 and report.kills["worker process"] > 5
    assert report.dead_calls > 0, "nobody asked the dead one"
    assert report.kills["broker"] == report.kills["database"] == 1
    assert report.calls["lost"] > 0, "nobody had anything in their hands"


def test_a_timer_of_seven_days_survives_a_restart_and_a_clock_that_jumps() -> None:
    with product() as running:
        running.start("worker", "beat")
        running.open_cases("week", 1)
        wait_for(lambda: running.count("timer") == 1, otherwise=running.said)
        assert steps(running) == [("reserve", "1")]

        running.kill()
        running.start("worker", "beat", ahead=-1 * DAY)  # the clock was put back
        beaten(running)
        assert running.count("timer") == 1 and steps(running) == [("reserve", "1")]

        running.kill()
        running.start("worker", "beat", ahead=7 * DAY)
        wait_for(lambda: running.count("instance where status = 'completed'") == 1, otherwise=running.said)
        assert steps(running) == [("reserve", "1"), ("ship", "1")] and not running.record.doubled
        assert running.manage("verify_audit").startswith("All histories hold")


def steps(running: Product) -> list[tuple[str, str]]:
    """What the other system did, in order."""
    return list(running.record.effects)


def beaten(running: Product) -> None:
    """Wait until beat has come by and the timers have been looked at."""
    before = looked_at(running)
    wait_for(lambda: looked_at(running) > before, otherwise=running.said)


def looked_at(running: Product) -> int:
    """How often anybody has read the table of timers by now."""
    return running.ask("select seq_scan + idx_scan from pg_stat_user_tables where relname = 'orchestration_timer'")[0][
        0
    ]
