"""Does the answer stay within what the business allows without a person?

The guardrail `limit`: a number of the output (a FEEL expression over it; a list of numbers: each) is at most `most` and
at least `least`. What cannot be told is not within the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
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
    at_least,
    at_most,
    first_of,
    harder_or_same,
    object_schema,
)
from orchestration.actors.handoff import Outcome

Json = Any


def normal(given: Json) -> Parameters:
    return {
        "of": given["of"], "most": given.get("most"), "least": given.get("least"),
        "then": given.get("then", "person"), "optional": given.get("optional", False),
    }  # fmt: skip


def loosened(parent: Parameters, child: Parameters) -> str:
    if parent["of"].split() != child["of"].split():
        return f"{parent['of']!r} is not limited any more"
    return first_of(
        at_most(parent, child, "most"),
        at_least(parent, child, "least"),
        harder_or_same(parent, child),
        "optional went from false to true" if child["optional"] and not parent["optional"] else "",
    )


def faults(parameters: Parameters) -> Iterator[str]:
    if fault := formula_fault(parameters["of"]):
        yield f"the expression cannot be read: {fault}"
    if parameters["most"] is None and parameters["least"] is None:
        yield "most or least is missing"


def check(crossing: Crossing, parameters: Parameters) -> Said:
    of, then = parameters["of"], Outcome(parameters["then"])
    found = value_of(of, crossing)
    if found is None and parameters["optional"]:
        return PASSED
    numbers = found if isinstance(found, list) else [found]
    if not all(isinstance(one, int | float | Decimal) and not isinstance(one, bool) for one in numbers):
        return Said(then, f"Whether {of} is within its limit cannot be told.")
    most, least = parameters["most"], parameters["least"]
    if most is not None and any(one > Decimal(str(most)) for one in numbers):
        return Said(then, f"{of} is more than {most}, which is the most that may go on without a person.")
    if least is not None and any(one < Decimal(str(least)) for one in numbers):
        return Said(then, f"{of} is less than {least}, which is the least that may go on without a person.")
    return PASSED


GUARDRAIL: Final = Guardrail(
    "limit",
    AFTER,
    "A number of the output is within what may go on without a person.",
    check,
    object_schema(
        "of",
        of={"type": "string", "minLength": 1, "maxLength": 1000},
        most={"type": "number"},
        least={"type": "number"},
        then=THEN,
        optional={"type": "boolean"},
    ),
    normal,
    loosened,
    faults,
)
