"""Which functions may an expression of a case or process call? (DMN 1.5, 10.3.4, and what Camunda 8 adds to FEEL)

Each call is checked when the model is deployed: a function that nobody knows, or one called with other arguments than
it takes, could only ever be null. A variable of a function's name is the variable, unless it is called.
"""

from __future__ import annotations

from typing import Final

from orchestration.engine import feel, juel

CHANCE: Final = {"uuid": "an id", "random number": "a number"}
"""What Camunda 8's functions of chance give. A replayed history would get another one."""


def refusal(tree: feel.ast.Node) -> str | None:
    """Why an expression is refused for what it calls, as the rest of a sentence; None where it is not."""
    return next((_with_advice(reason) for reason in juel.LIBRARY.refused(tree)), None)


def _with_advice(reason: str) -> str:
    for name, what in CHANCE.items():
        if f"the function '{name}'" in reason:
            return f"calls '{name}'; chance comes in from outside, so let a task or the caller give {what}"
    return reason
