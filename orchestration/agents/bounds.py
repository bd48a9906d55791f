"""When has an agent had enough?

Limits on its calls, tokens, money, time, on rounds without progress, and on its runs in one case. Looked at before each
thought, with the most that it could come to, so that none is passed by the thought itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from orchestration.ground.counts import counted


@dataclass(frozen=True, slots=True)
class Limits:
    """`calls`: thoughts of one run. `cost`: in the currency of the actor's price; None: no limit of its own. `time`:
    from its beginning, waiting for people included. `idle`: thoughts in a row from which nothing came. `runs`: in one
    case."""

    calls: int = 8
    tokens: int = 50_000
    cost: Decimal | None = None
    time: timedelta = timedelta(days=3)
    idle: int = 2
    runs: int = 10

    def told(self) -> dict[str, int | str]:
        """As a run keeps them."""
        told: dict[str, int | str] = {
            "calls": self.calls, "tokens": self.tokens, "idle": self.idle, "runs": self.runs,
            "hours": round(self.time.total_seconds() / 3600),
        }  # fmt: skip
        return told if self.cost is None else told | {"cost": str(self.cost)}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run came to so far."""

    calls: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    time: timedelta = timedelta(0)
    idle: int = 0
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Most:
    """What the next thought could come to at the most. `cost` None: nobody knows the price."""

    tokens: int = 0
    cost: Decimal | None = Decimal(0)


def exhausted(limits: Limits, spent: Spent, most: Most) -> str:
    """Which limit lets it not think once more, as a sentence; empty where all do."""
    thoughts, tokens = counted(limits.calls, "thought"), counted(limits.tokens, "token")
    checks = (
        (spent.runs > limits.runs, f"It has worked on this case {counted(limits.runs, 'time')}, which is its limit."),
        (spent.calls >= limits.calls, f"It has had its {thoughts}."),
        (
            spent.tokens + most.tokens > limits.tokens,
            f"Another thought could pass its {tokens}.",
        ),
        (_too_dear(limits, spent, most), f"Another thought could pass its budget of {limits.cost}."),
        (spent.time >= limits.time, f"Its time of {limits.time} is over."),
        (spent.idle >= limits.idle, f"Nothing came of its last {counted(limits.idle, 'thought')}."),
    )
    return next((sentence for holds, sentence in checks if holds), "")


def _too_dear(limits: Limits, spent: Spent, most: Most) -> bool:
    """A price that nobody knows is beyond any budget."""
    return limits.cost is not None and (most.cost is None or spent.cost + most.cost > limits.cost)
