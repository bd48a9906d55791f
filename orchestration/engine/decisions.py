"""What does a decision say about a case, and on which inputs?

The bridge from cases and processes to DMN: it gathers the input data that the decision requires from what an item sees,
and turns the evaluation into what the history keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.engine.dmn import DecisionModel, Evaluation
from orchestration.engine.expressions import feel_time, to_json
from orchestration.engine.scope import Scope

Json = Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """JSON throughout. `hits`: an object for each rule that fired, in order: its decision, number, id and label."""

    inputs: dict[str, Json]
    hits: tuple[Json, ...]
    output: Json
    problems: tuple[str, ...]


def decide(model: DecisionModel, decision: str, scope: Scope, now: datetime) -> Verdict:
    """Evaluate a decision of the model (DMN 1.5, 6.3) on what the scope holds under the names of its input data."""
    inputs = {name: scope.json_or_null(name) for name in _input_names(model, decision)}
    evaluation = model.evaluate(decision, inputs, now=feel_time(now))
    problems = tuple(str(problem) for problem in evaluation.problems)
    return Verdict(inputs, _hits(evaluation), to_json(evaluation.value), problems)


def _input_names(model: DecisionModel, decision: str) -> list[str]:
    return [part.node.name for part in model.decisions[decision].plan if part.expression is None]


def _hits(evaluation: Evaluation) -> tuple[Json, ...]:
    return tuple(
        {"decision": table.decision, "rule": rule.number, "id": rule.id, "label": rule.label}
        for table in evaluation.hits
        for rule in table.rules
    )
