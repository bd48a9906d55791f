"""What does the customer want?

Sentence embedding, then a linear model with a calibrated probability.
"""

from collections.abc import Sequence
from typing import Any

from orchestration.actors.contract import TEXT_INPUT, Answer
from orchestration.actors.kinds.text_model.classifier import Classifier, decode
from orchestration.actors.kinds.text_model.embedding import Progress, Vectors, count_tokens, embed, silent
from orchestration.actors.kinds.text_model.schemas import ALTERNATIVES, guesses

KIND = "intent"


def features(texts: Sequence[str], progress: Progress = silent) -> Vectors:
    """What the model looks at: the embedding of each text, (len(texts), 384)."""
    return embed(texts, progress)


class IntentActor:
    """Capability `intent`: the label of a customer's message, how sure it is, and what else it might be."""

    kind = KIND
    capability = KIND
    input_schema = TEXT_INPUT

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key = key
        self.version = version
        self._model = decode(artefact, self.kind)
        self.output_schema = guesses(self._model.labels)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Classify `{"text": ...}`. Pure, so that a repeated key needs no care."""
        text = input["text"]
        guesses = _ranked(self._model, text)
        output = {**guesses[0], "alternatives": guesses[1 : 1 + ALTERNATIVES]}
        chances = {guess["label"]: guess["confidence"] for guess in guesses}
        return Answer(output, output["confidence"], {"probabilities": chances}, {"tokens": count_tokens(text)})


def _ranked(model: Classifier, text: str) -> list[dict[str, Any]]:
    """Every label with its probability, the likeliest first."""
    chances = model.probabilities(features([text]))[0]
    order = sorted(range(len(chances)), key=lambda at: -chances[at])
    return [{"label": model.labels[at], "confidence": round(float(chances[at]), 4)} for at in order]
