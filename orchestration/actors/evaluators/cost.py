"""Did the answer cost no more than it should?

The evaluator `cost`: 1 up to `most`, in the currency of the actor's price, less the dearer it is. Where nobody knows
what it cost it says nothing.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored


def score(result: Result, parameters: Parameters) -> Scored | None:
    if result.cost is None:
        return None
    cost, most = float(result.cost), float(parameters["most"])
    return Scored(1.0, "within what it should cost") if cost <= most else Scored(most / cost, f"more than {most:g}")


EVALUATOR: Final = Evaluator(
    "cost",
    "Whether it cost no more than it should.",
    score,
    parameters={
        "type": "object",
        "required": ["most"],
        "additionalProperties": False,
        "properties": {"most": {"type": "number", "exclusiveMinimum": 0}},
    },
)
