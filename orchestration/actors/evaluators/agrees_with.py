"""Does a person agree with the answer?

The evaluator `agrees-with: reviewer`: 1 where they accepted it, 0 where they rejected it; where they changed it, the
share of its values that they left as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestration.actors.evaluators.evaluator import JUDGED, Evaluator, Parameters, Result, Scored

Json = Any
REVIEWER: Final = "reviewer"
_WHOLE: Final = {"accepted": 1.0, "rejected": 0.0}


def score(result: Result, parameters: Parameters) -> Scored | None:
    if result.verdict in _WHOLE:
        return Scored(_WHOLE[result.verdict], f"a person has {result.verdict} it")
    if not isinstance(result.right, dict) or not isinstance(result.output, dict):
        return None
    wanted = [(place, value) for place, value in _values(result.right, ()) if place[0] in result.output]
    if not wanted:
        return Scored(0.0, "a person has given something else")
    had = dict(_values(result.output, ()))
    same = sum(had.get(place, ...) == value for place, value in wanted)
    return Scored(same / len(wanted), f"{same} of {len(wanted)} values are as the person has them")


def _values(value: Json, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield place, value
        return
    for key, item in items:
        yield from _values(item, (*place, key))


EVALUATOR: Final = Evaluator(
    "agrees-with", "How much of it a person kept.", score, JUDGED, {"enum": [REVIEWER]}, lambda given: {}
)
