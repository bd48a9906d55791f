"""How sure has an answer to be by the part of the organisation to which its case belongs?

Whoever keeps that hangs in here; what a capability asks for itself stands in its guardrails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orchestration.actors.contract import Answer

with_every_answer: Final[list[Callable[[int, str], float]]] = []
"""(root instance, capability) -> from 0 to 1; 0: it asks for nothing."""


def not_sure_enough(instance: int, capability: str, answer: Answer) -> str:
    """Why a person has to look at an answer; "": it is sure enough."""
    wanted = max((asks(instance, capability) for asks in with_every_answer), default=0.0)
    if not wanted:
        return ""
    if answer.confidence is None:
        return f"The actor does not say how sure it is; the business unit asks for at least {wanted:g}."
    if answer.confidence < wanted:
        return f"The actor is sure by {answer.confidence:.3g}; the business unit asks for at least {wanted:g}."
    return ""
