"""Can this actor do what is asked for at all, and did it give anything?

The guardrails `capability` (before) and `missing` (after); they always stand and have no parameters.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.guardrails.guardrail import (
    AFTER,
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    blocked,
)


def check(crossing: Crossing, parameters: Parameters) -> Said:
    handoff = crossing.handoff
    if handoff.actor_capability == handoff.capability.key:
        return PASSED
    return blocked(f"{handoff.actor} cannot do {handoff.capability.key!r}; it does {handoff.actor_capability!r}.")


def given(crossing: Crossing, parameters: Parameters) -> Said:
    if crossing.answer is not None and isinstance(crossing.value, dict):
        return PASSED
    return blocked(f"{crossing.handoff.actor} gave no output.")


GUARDRAIL: Final = Guardrail(
    "capability", BEFORE, "The actor offers the capability that is asked for.", check, stands=True
)
MISSING: Final = Guardrail("missing", AFTER, "The actor gave an output.", given, stands=True)
