"""What does an expression of a guardrail say of an answer?

FEEL over the output's own fields, and over `input`, `output` and `case` as wholes.
"""

from __future__ import annotations

from typing import Any

from orchestration.actors.guardrails.guardrail import Crossing
from orchestration.engine.feel import FeelSyntaxError, Value, compile_expression

Json = Any
WHOLES = ("input", "output", "case")


def value_of(text: str, crossing: Crossing) -> Value:
    """The value; None where there is none. The case's data is read only where the expression asks for it."""
    output = crossing.value if isinstance(crossing.value, dict) else {}
    names = tuple(sorted({*map(str, output), *WHOLES}))
    expression = compile_expression(text, names)
    scope: dict[str, Json] = {**output, "input": crossing.given, "output": output}
    if "case" in expression.names:
        scope["case"] = crossing.handoff.case.data
    return expression.evaluate(scope).value


def formula_fault(text: str) -> str:
    """Why an expression cannot be read; empty where it can."""
    try:
        compile_expression(text)
    except FeelSyntaxError as error:
        return str(error)
    return ""
