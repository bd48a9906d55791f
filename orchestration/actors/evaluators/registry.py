"""Which evaluators are there, and what do those that a capability declares say of an answer?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from orchestration.actors.capability import Guard
from orchestration.actors.evaluators import agrees_with, cites, cost, grounded, length, schema, supported, tone
from orchestration.actors.evaluators.evaluator import Evaluator, Result, Scored

EVALUATORS: Final[tuple[Evaluator, ...]] = (
    agrees_with.EVALUATOR,
    length.EVALUATOR,
    grounded.EVALUATOR,
    cites.EVALUATOR,
    schema.EVALUATOR,
    tone.EVALUATOR,
    cost.EVALUATOR,
    supported.EVALUATOR,
)


def evaluator_faults(declared: Iterable[Guard]) -> Iterator[str]:
    """What is not understood in the evaluators that a file declares."""
    for one in declared:
        evaluator = _named(one.name)
        if evaluator is None:
            yield f"there is no evaluator {one.name!r}; there are {', '.join(each.name for each in EVALUATORS)}."
        elif fault := _fault(evaluator, one):
            yield f"the parameters of the evaluator {one.name} are not right: {fault.rstrip('.')}."


def scores(declared: Iterable[Guard], when: str, result: Result) -> Iterator[tuple[str, Scored]]:
    """(name, score) of each evaluator that is asked now; what this release does not understand says nothing."""
    for one in declared:
        evaluator = _named(one.name)
        if evaluator is None or evaluator.when != when or _fault(evaluator, one):
            continue
        parameters = evaluator.normal(one.parameters)
        if result.lot >= parameters.get("sample", evaluator.sample):
            continue
        scored = evaluator.score(result, parameters)
        if scored is not None:
            yield one.name, scored


def _named(name: str) -> Evaluator | None:
    return next((one for one in EVALUATORS if one.name == name), None)


def _fault(evaluator: Evaluator, declared: Guard) -> str:
    error = best_match(Draft202012Validator(evaluator.parameters).iter_errors(declared.parameters))
    return "" if error is None else error.message
