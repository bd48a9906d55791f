"""Is the actor sure enough of its answer?

The guardrail `confidence`. Its shape (a number from 0 to 1, or none) always stands; with `below` an answer that is less
sure, or does not say how sure it is, goes to a person (`then`).
"""

from __future__ import annotations

import math
from typing import Any, Final

from orchestration.actors.guardrails.guardrail import (
    AFTER,
    PASSED,
    THEN,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    at_least,
    blocked,
    first_of,
    harder_or_same,
    object_schema,
)
from orchestration.actors.handoff import Outcome

Json = Any
_SHARE: Final = {"type": "number", "minimum": 0, "maximum": 1}


def normal(given: Json) -> Parameters:
    found = {"below": given} if isinstance(given, int | float) else given or {}
    return {"below": found.get("below", 0), "then": found.get("then", "person")}


def check(crossing: Crossing, parameters: Parameters) -> Said:
    said = None if crossing.answer is None else crossing.answer.confidence
    if said is not None and not is_share(said):
        return blocked("The confidence is not a number from 0 to 1.")
    if not parameters["below"]:
        return PASSED
    wanted, then = f"at least {parameters['below']:g} is asked for", Outcome(parameters["then"])
    if said is None:
        return Said(then, f"The actor does not say how sure it is; {wanted}.")
    if said < parameters["below"]:
        return Said(then, f"The actor is sure by {said:.3g}; {wanted}.")
    return PASSED


def is_share(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= 1


GUARDRAIL: Final = Guardrail(
    "confidence",
    AFTER,
    "The actor is sure enough, and says how sure in a number from 0 to 1.",
    check,
    {"anyOf": [{"type": "null"}, _SHARE, object_schema("below", below=_SHARE, then=THEN)]},
    normal,
    lambda parent, child: first_of(
        at_least(parent, child, "below"), harder_or_same(parent, child) if parent["below"] else ""
    ),
    stands=True,
)
