"""Is there money for this call?

The guardrail `budget`: there is room in the month's budgets of the actor and of the case type (`month`), and one call
is expected to cost no more than `call`. A cost that nobody knows is not within a limit.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from orchestration.actors.guardrails.guardrail import (
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    at_most,
    first_of,
    harder_or_same,
    object_schema,
)
from orchestration.actors.handoff import Outcome

Json = Any
MONTH: Final = "month"


def normal(given: Json) -> Parameters:
    found = given if isinstance(given, dict) else {}
    return {"call": found.get("call"), "then": found.get("then", "person")}


def check(crossing: Crossing, parameters: Parameters) -> Said:
    numbers, then = crossing.handoff.numbers, Outcome(parameters["then"])
    cost = numbers.cost
    if parameters["call"] is not None:
        if cost is None:
            return Said(then, "What this call costs is not known, and there is a limit for it.")
        if cost > Decimal(str(parameters["call"])):
            return Said(
                then, f"This call is expected to cost more than {parameters['call']} {numbers.currency}".rstrip() + "."
            )
    if numbers.budget is not None and numbers.spent + (cost or 0) > numbers.budget:
        return Said(then, f"The budget of {crossing.handoff.actor} of this month is used up.")
    if cost and numbers.case_budget is not None and numbers.case_spent + cost > numbers.case_budget:
        return Said(
            then, f"The budget for cases of the type {crossing.handoff.case.case_type} of this month is used up."
        )
    return PASSED


GUARDRAIL: Final = Guardrail(
    "budget",
    BEFORE,
    "The month's budgets have room for the call, and it costs no more than one call may.",
    check,
    {
        "anyOf": [
            {"type": "null"},
            {"const": MONTH},
            object_schema(call={"type": "number", "minimum": 0}, then={"enum": ["person", "block"]}),
        ]
    },
    normal,
    lambda parent, child: first_of(at_most(parent, child, "call"), harder_or_same(parent, child)),
)
