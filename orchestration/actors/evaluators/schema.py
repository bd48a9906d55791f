"""How many tries did the answer take to fit its schema?

The evaluator `schema`: 1 where it fitted at once, a half where it had to be sent back once, and so on. An answer that
never fits is none: the guardrail of the same name holds it back.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored


def score(result: Result, parameters: Parameters) -> Scored | None:
    if result.rounds < 1:
        return None
    return Scored(1 / result.rounds, "at once" if result.rounds == 1 else f"in {result.rounds} rounds")


EVALUATOR: Final = Evaluator("schema", "How soon it had the form that it has to have.", score)
