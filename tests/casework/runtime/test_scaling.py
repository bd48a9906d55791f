"""A worker has as many processes as its work has needed for a moment; what the clock sends needs none of its own."""

from __future__ import annotations

from typing import Any

import pytest
from celery.worker import state

from casework.runtime import scaling
from casework.runtime.scaling import IDLE, Scaler, bounds


class Pool:
    """Counts, as Celery's pool does."""

    num_processes = 1

    def grow(self, n: int) -> None:
        self.num_processes += n

    def shrink(self, n: int) -> None:
        self.num_processes -= n

    def maintain_pool(self) -> None:
        pass


class Worker:
    """A worker by its scaler: what it has at hand, second by second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int = 3) -> None:
        self.now, self.at_hand = 100.0, set[Any]()
        monkeypatch.setattr(scaling, "monotonic", lambda: self.now)
        monkeypatch.setattr(state, "reserved_requests", self.at_hand)
        self.pool = Pool()
        self.scaler = Scaler(self.pool, most, 1)

    def lives(self, seconds: float, tasks: int) -> int:
        """The number of processes after these seconds with so many tasks at hand."""
        self.at_hand.clear()
        self.at_hand.update(range(tasks))
        for _ in range(round(seconds / 0.5)):
            self.now += 0.5
            self.scaler.maybe_scale()
        return self.pool.num_processes


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return Worker(monkeypatch)


def test_it_grows_with_work_that_waits_up_to_the_most(worker: Worker) -> None:
    assert worker.lives(1, 4) == 1
    assert worker.lives(0.5, 4) == 2
    assert worker.lives(10, 4) == 3


def test_a_short_peak_starts_nothing(worker: Worker) -> None:
    for _ in range(10):
        worker.lives(0.5, 3)
        assert worker.lives(4.5, 0) == 1


def test_it_shrinks_after_a_minute_in_which_one_was_idle_one_by_one(worker: Worker) -> None:
    assert worker.lives(10, 3) == 3
    for _ in range(round(IDLE / 5)):  # what the clock sends holds none
        worker.lives(0.5, 3)
        worker.lives(4.5, 0)
    assert worker.lives(2, 0) == 2
    assert worker.lives(IDLE + 2, 0) == 1
    assert worker.lives(10 * IDLE, 0) == 1


def test_it_keeps_what_is_at_work(worker: Worker) -> None:
    assert worker.lives(10, 3) == 3
    assert worker.lives(5 * IDLE, 3) == 3


@pytest.mark.parametrize(("said", "found"), [("1-4", (1, 4)), ("2", (2, 2)), (" 3 - 3 ", (3, 3))])
def test_the_bounds_are_those_of_the_environment(
    said: str, found: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(scaling.VARIABLE, said)
    assert bounds() == found


@pytest.mark.parametrize("said", ["0-2", "4-1", "many", "1-", "-1"])
def test_other_bounds_are_refused_with_what_they_may_be(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(scaling.VARIABLE, said)
    with pytest.raises(ValueError, match="the fewest and the most: 1-4"):
        bounds()
