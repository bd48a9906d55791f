"""Does a text of the answer keep a civil tone?

The evaluator `tone`: the share of its sentences that no word makes harsh. By the scores of English words (VADER): of
a text without any word that it knows nothing is said.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored
from orchestration.actors.guardrails.places import texts

HARSH: Final = -0.5
"""From which score on, of -1 to 1, a sentence is harsh. “I am sorry for the trouble” is not."""


def score(result: Result, parameters: Parameters) -> Scored | None:
    text = dict(texts(result.output)).get(parameters["of"])
    if text is None:
        return None
    from orchestration.actors.kinds.text_model.sentiment import sentences, words_scored  # loads what scores words

    scored = [words_scored(one) for one in sentences(text)]
    if not any(scored):
        return None
    civil = sum(one > HARSH for one in scored)
    return Scored(civil / len(scored), f"{civil} of {len(scored)} sentences are civil")


EVALUATOR: Final = Evaluator(
    "tone",
    "Which share of its sentences is civil, by its English words.",
    score,
    parameters={
        "type": "object",
        "required": ["of"],
        "additionalProperties": False,
        "properties": {"of": {"type": "string", "pattern": "^/"}},
    },
)
