"""How does time pass in a test? By word, and what beat asks for is done then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """The time that the product reads. `task`: what beat has a worker do when time has gone by."""

    def __init__(self, patch: pytest.MonkeyPatch, task: Callable[[], object]) -> None:
        self.now, self._task = MORNING, task
        patch.setattr("orchestration.ground.clock.utc_now", self)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **much: float) -> None:
        """Time goes by, and a worker does what is due."""
        self.now += timedelta(**much)
        self._task()
