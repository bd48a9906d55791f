"""Was the actor called too often in this minute?

The guardrail `rate`: at most so many calls a minute for this capability, beside the limit of the actor's own card.
Choosing an actor keeps to it already, so that work waits; what comes here all the same may pass in the next minute.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.guardrails.guardrail import (
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    at_most,
    object_schema,
)
from orchestration.actors.handoff import Outcome
from orchestration.ground.counts import counted

Json = Any
MINUTE: Final = 60.0
_WHOLE: Final = {"type": "integer", "minimum": 1, "maximum": 1_000_000}


def normal(given: Json) -> Parameters:
    return {"calls": given["calls"] if isinstance(given, dict) else given}


def check(crossing: Crossing, parameters: Parameters) -> Said:
    if crossing.handoff.numbers.calls < parameters["calls"]:
        return PASSED
    times = counted(parameters["calls"], "time")
    told = f"{crossing.handoff.actor} was called {times} in this minute, which is the limit."
    return Said(Outcome.BLOCK, told, again=MINUTE)


GUARDRAIL: Final = Guardrail(
    "rate",
    BEFORE,
    "The actor was not called more often in this minute than this work allows.",
    check,
    {"anyOf": [_WHOLE, object_schema("calls", calls=_WHOLE)]},
    normal,
    lambda parent, child: at_most(parent, child, "calls"),
)
