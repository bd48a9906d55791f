"""In what tone does the customer write?

Word scores (VADER) beside the sentence embedding, then a linear model with a calibrated probability. A complaint told
in a matter-of-fact tone is neutral; negative means anger, distress or contempt.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from orchestration.actors.classifier import decode
from orchestration.actors.contract import TEXT_INPUT, Answer
from orchestration.actors.embedding import Vectors, count_tokens, embed

KIND = "sentiment"
LABELS = ("negative", "neutral", "positive")

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["label", "confidence", "score"],
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string", "enum": list(LABELS)},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "score": {"type": "number", "minimum": -1, "maximum": 1},
    },
}


def features(texts: Sequence[str], progress: Callable[[int], object] = lambda done: None) -> Vectors:
    """What the model looks at: embedding and the four word scores, (len(texts), 388)."""
    scores = [_analyzer().polarity_scores(text) for text in texts]
    words = np.array([[s["neg"], s["neu"], s["pos"], s["compound"]] for s in scores], dtype=np.float32)
    return np.hstack([embed(texts, progress), words.reshape(-1, 4)])


class SentimentActor:
    """Capability `sentiment`: negative, neutral or positive, and a score from -1 to 1."""

    capability = KIND
    input_schema = TEXT_INPUT
    output_schema = SCHEMA

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key = key
        self.version = version
        self._model = decode(artefact, KIND)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Judge `{"text": ...}`. Pure, so that a repeated key needs no care."""
        text = input["text"]
        found = self._model.probabilities(features([text]))[0]
        chances = {label: round(float(chance), 4) for label, chance in zip(self._model.labels, found, strict=True)}
        label = max(chances, key=lambda name: chances[name])
        score = round(chances["positive"] - chances["negative"], 4)
        output = {"label": label, "confidence": chances[label], "score": score}
        return Answer(output, chances[label], {"probabilities": chances}, {"tokens": count_tokens(text)})


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
