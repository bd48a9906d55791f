"""Does what the answer says stand in what it was given?

The evaluator `supported`: the share of the sentences of a text that stand there, by the rule of
`orchestration.knowledge.support`. It embeds every sentence, which costs, so it is asked of a sample of the calls.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored
from orchestration.actors.guardrails.places import texts
from orchestration.knowledge.support import supported


def score(result: Result, parameters: Parameters) -> Scored | None:
    text = dict(texts(result.output)).get(parameters["of"])
    if text is None:
        return None
    found = supported(text, [given for _, given in texts(result.given)])
    if not found.sentences:
        return None
    there = found.sentences - len(found.missing)
    return Scored(there / found.sentences, f"{there} of {found.sentences} sentences stand in what it was given")


EVALUATOR: Final = Evaluator(
    "supported",
    "Which share of its sentences stands in what it was given.",
    score,
    parameters={
        "type": "object",
        "required": ["of"],
        "additionalProperties": False,
        "properties": {
            "of": {"type": "string", "pattern": "^/"},
            "sample": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
    },
    sample=0.2,
)
