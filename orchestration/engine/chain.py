"""Through how many cases has a message come, one moved by another's?

A message or signal that a case throws may begin another case, or let one go on, which throws the next; models can so go
round for ever (BPMN leaves it open). A chain counts the hops since a person acted, or since nothing moved for an hour.
After `Limits.most_hops` the event that would throw the next one waits for a person instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

Json = Any

FACT: Final = "chain"
"""The root's fact that it is moved by a chain, so that work or a timer in between does not break it."""
FORGOTTEN: Final = 3
"""Hops from which on a root forgets, by an event, the chain that a person has broken; a shorter one rests away."""
REST: Final = timedelta(hours=1)
"""A chain that rests so long has ended."""


@dataclass(frozen=True, slots=True)
class Chain:
    """`thread`: the number of the message or signal that it began with. `hops`: that of the last one, which had 0."""

    thread: int
    hops: int = 0

    def fact(self, now: datetime) -> Json:
        """What a root notes of the chain that moved it at `now`."""
        return {"thread": self.thread, "hops": self.hops, "until": (now + REST).isoformat()}


def noted(fact: Json, now: datetime) -> Chain | None:
    """The chain that moves a root still."""
    if fact is None or datetime.fromisoformat(fact["until"]) < now:
        return None
    return Chain(fact["thread"], fact["hops"])
