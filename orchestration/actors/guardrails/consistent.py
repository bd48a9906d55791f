"""Does the answer agree with itself, with what went in, and with the case?

The guardrail `consistent`: a FEEL expression that must be true; null is not. The actor may try once more (`repair`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestration.actors.guardrails.formulas import formula_fault, value_of
from orchestration.actors.guardrails.guardrail import (
    AFTER,
    PASSED,
    THEN,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    harder_or_same,
    object_schema,
)
from orchestration.actors.handoff import Outcome

Json = Any
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 1000}


def normal(given: Json) -> Parameters:
    found = {"that": given} if isinstance(given, str) else given
    return {"that": found["that"], "then": found.get("then", "repair"), "says": found.get("says", "")}


def loosened(parent: Parameters, child: Parameters) -> str:
    if parent["that"].split() != child["that"].split():
        return f"{parent['that']!r} is not asked for any more"
    return harder_or_same(parent, child)


def faults(parameters: Parameters) -> Iterator[str]:
    if fault := formula_fault(parameters["that"]):
        yield f"the expression cannot be read: {fault}"


def check(crossing: Crossing, parameters: Parameters) -> Said:
    if value_of(parameters["that"], crossing) is True:
        return PASSED
    told = parameters["says"] or f"The output is not consistent: {parameters['that']} does not hold."
    return Said(Outcome(parameters["then"]), told)


GUARDRAIL: Final = Guardrail(
    "consistent",
    AFTER,
    "An expression (FEEL) over the output, the input and the case is true.",
    check,
    {"anyOf": [_TEXT, object_schema("that", that=_TEXT, then=THEN, says=_TEXT)]},
    normal,
    loosened,
    faults,
)
