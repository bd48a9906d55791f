"""Is a text of the answer as long as it should be?

The evaluator `length`: 1 within `least` and `most` characters, less the farther it is from them.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored
from orchestration.actors.guardrails.places import texts
from orchestration.ground.counts import counted

Json = Any
_WHOLE: Final = {"type": "integer", "minimum": 1, "maximum": 1_000_000}


def score(result: Result, parameters: Parameters) -> Scored | None:
    text = dict(texts(result.output)).get(parameters["of"])
    if text is None:
        return Scored(0.0, "there is no such text")
    length, least, most = len(text), parameters.get("least", 1), parameters.get("most")
    if length < least:
        return Scored(length / least, f"{counted(length, 'character')}; at least {counted(least, 'is', 'are')} wanted")
    if most is not None and length > most:
        return Scored(most / length, f"{counted(length, 'character')}; at most {counted(most, 'is', 'are')} wanted")
    return Scored(1.0, counted(length, "character"))


EVALUATOR: Final = Evaluator(
    "length",
    "Whether a text of it is as long as it should be.",
    score,
    parameters={
        "type": "object",
        "required": ["of"],
        "additionalProperties": False,
        "properties": {"of": {"type": "string", "pattern": "^/"}, "least": _WHOLE, "most": _WHOLE},
    },
)
