"""What did a decision of the past come to, evaluated again, and what would have made it otherwise? (DMN 1.5, 8.2)

From the models of the version that was in force and the inputs that the event has: nothing else enters, so the same
comes out, and where it does not, that is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.decisions import Verdict, decide
from orchestration.engine.dmn.decision_model import DecisionModel
from orchestration.engine.dmn.why_not import Change, WhyNot, otherwise
from orchestration.engine.expressions import feel_time, to_json
from orchestration.view.shapes import shapes_of

__all__ = ["Alternative", "Change", "Verdict", "again", "alternatives"]

Json = Any
MOST_TRIES: Final = 800
"""So many changes are evaluated: enough for two places of a table of some dozen rules, few enough for a page."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What the decision gives (`output`) with these changes of what it read."""

    changes: tuple[Change, ...]
    output: Json


@dataclass(frozen=True, slots=True)
class _Inputs:
    inputs: Mapping[str, Json]

    def json_or_null(self, name: str) -> Json:
        return self.inputs.get(name)


def again(models: CompiledModels, decision: str, inputs: Mapping[str, Json], at: datetime) -> Verdict | None:
    """The decision evaluated anew, at the time that it was; None where these models have none of this name."""
    model = models.decisions.get(decision)
    return None if model is None else decide(model, decision, _Inputs(inputs), at)


def alternatives(
    models: CompiledModels, decision: str, inputs: Mapping[str, Json], at: datetime, schema: Mapping[str, Json]
) -> tuple[Alternative, ...]:
    """The smallest change that was found for each other outcome, the smallest first; none for a decision service.
    `schema`: of the case's data, so that nothing is named that could not stand there."""
    model: DecisionModel | None = models.decisions.get(decision)
    if model is None or decision not in model.decisions:
        return ()
    found = otherwise(model, decision, inputs, now=feel_time(at), most=MOST_TRIES, shapes=shapes_of(schema))
    examples = Counter(_examples(each) for each in found)
    return tuple(
        Alternative(each.changes, to_json(each.evaluation.value))
        for each in found if each.changes and each.evaluation is not None and examples[_examples(each)] == 1
    )  # fmt: skip


def _examples(found: WhyNot) -> tuple[str, ...] | int:
    """Where it has any value instead of none: where two such give two outcomes, neither follows from having one."""
    changes = found.changes or ()
    named = tuple(each.name for each in changes)
    return named if any(each.is_example for each in changes) else id(found)
