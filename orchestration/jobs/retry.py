"""When is what failed tried again?

A retry policy is one value (exponential back-off): each pause is `factor` times the one before, up to the longest.
Python asks it for a pause, a step's SQL carries the same formula, so that the two never differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_MOST_DOUBLINGS: Final = 30
"""Powers beyond which every policy has reached its longest pause; what comes later needs no larger number."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`first`: the pause after the first failure. `jitter`: by which share of it a pause may be longer or shorter, so
    that what failed together is not tried again together."""

    first: timedelta
    factor: int
    longest: timedelta
    jitter: float = 0.0

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures (from 1)."""
        power = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
        seconds = min(self.first.total_seconds() * self.factor**power, self.longest.total_seconds())
        return timedelta(seconds=seconds)

    def spread(self, failures: int, chance: float) -> timedelta:
        """The pause, made shorter or longer by `chance` (from 0 to 1, evenly spread)."""
        return self.pause(failures) * (1 + self.jitter * (2 * chance - 1))

    def sql(self, failures: str) -> str:
        """The same as an SQL expression of type interval; `failures` is the SQL of their number."""
        power = f"power({self.factor}, least(greatest({failures}, 1) - 1, {_MOST_DOUBLINGS}))"
        first, longest = self.first.total_seconds(), self.longest.total_seconds()
        return f"least({first} * {power}, {longest}) * interval '1 second'"


JOBS: Final = RetryPolicy(timedelta(seconds=4), 4, timedelta(hours=1), jitter=0.2)
"""A job whose actor could not answer for the moment."""
LETTERS: Final = RetryPolicy(timedelta(seconds=15), 2, timedelta(minutes=10))
"""A message or signal that could not be brought."""
TIMERS: Final = RetryPolicy(timedelta(minutes=5), 1, timedelta(minutes=5))
"""A timer that could not be fired, or could not begin its case."""
