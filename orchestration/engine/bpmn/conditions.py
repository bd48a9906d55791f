"""Is a condition true, or is there no telling?

A condition expression is a boolean (BPMN 2.0, 8.3.13 and 10.2.8). One that gives null, a number or a text decides
nothing: the model, or the data that it reads, is wrong, and a person has to look at it. To take it for false would send
a case along the default flow without a word.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.engine.expressions import Formula
from orchestration.engine.feel import kind_of
from orchestration.engine.feel.problems import quote
from orchestration.engine.step import Json, ModelFault, Step


def decided(
    step: Step, condition: Formula, instance: int, item: int | None, whose: str, known: Mapping[str, Json] | None = None
) -> bool:
    """The truth value of a condition as seen from an item.

    Raises ModelFault at the item where it has none; `whose` says whose condition it is.
    """
    value = step.evaluate(condition, instance, item, known)
    if not isinstance(value, bool):
        given = "null" if value is None else f"a {kind_of(value)}"
        raise ModelFault(f"{whose} is neither true nor false: {quote(condition.text)} gives {given}.", item)
    return value
