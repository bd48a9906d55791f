"""In what tone does the customer write?

Word scores (VADER) beside the sentence embedding, then a linear model with a calibrated probability. A complaint told
in a matter-of-fact tone is neutral; negative means anger, distress or contempt.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from orchestration.actors.contract import TEXT_INPUT, Answer
from orchestration.actors.kinds.text_model.classifier import Classifier, decode
from orchestration.actors.kinds.text_model.embedding import Progress, Vectors, count_tokens, embed, silent
from orchestration.actors.kinds.text_model.schemas import TONE

KIND = "sentiment"
FEWEST_WORDS = 3


def features(texts: Sequence[str], progress: Progress = silent) -> Vectors:
    """What the model looks at: embedding and the four word scores, (len(texts), 388)."""
    scores = [_analyzer().polarity_scores(text) for text in texts]
    words = np.array([[s["neg"], s["neu"], s["pos"], s["compound"]] for s in scores], dtype=np.float32)
    return np.hstack([embed(texts, progress), words.reshape(-1, 4)])


class SentimentActor:
    """Capability `sentiment`: negative, neutral or positive, and a score from -1 to 1."""

    capability = KIND
    input_schema = TEXT_INPUT
    output_schema = TONE

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key = key
        self.version = version
        self._model = decode(artefact, KIND)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Judge `{"text": ...}`. Pure, so that a repeated key needs no care."""
        text = input["text"]
        chances = _of_message(self._model, text)
        label = max(chances, key=lambda name: chances[name])
        score = round(chances["positive"] - chances["negative"], 4)
        output = {"label": label, "confidence": chances[label], "score": score}
        return Answer(output, chances[label], {"probabilities": chances}, {"tokens": count_tokens(text)})


def _of_message(model: Classifier, text: str) -> dict[str, float]:
    """A message is as upset as its most upset sentence, and else as glad as its gladdest: facts do not calm anger."""
    of_sentences = model.probabilities(features(sentences(text)))
    most = dict(zip(model.labels, of_sentences.max(axis=0).tolist(), strict=True))
    negative, positive = most["negative"], most["positive"] * (1 - most["negative"])
    chances = {"negative": negative, "neutral": 1 - negative - positive, "positive": positive}
    return {label: round(chance, 4) for label, chance in chances.items()}


def sentences(text: str) -> list[str]:
    """The sentences of a text that say something by themselves; the whole text where none does."""
    found = [sentence.strip() for sentence in re.split(r"(?<=[.!?])\s+|\n+", text)]
    return [sentence for sentence in found if len(sentence.split()) >= FEWEST_WORDS] or [text]


def words_scored(text: str) -> float:
    """From -1 to 1, by the scores of its words alone; 0 where it has none that is known."""
    return float(_analyzer().polarity_scores(text)["compound"])


def load() -> None:
    """Load the word scores now rather than at the first message."""
    _analyzer()


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
