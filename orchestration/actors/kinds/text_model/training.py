"""How does a set of labelled texts become a model, and how good is that model?

Logistic regression, and one temperature fitted on out-of-fold scores so that "75 %" means right three times in four.
Quality is measured on a held-out fifth with a model that has not seen it; the model that ships then learns from all.
The same rows always give the same model.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split

from orchestration.actors.contract import version_of
from orchestration.actors.kinds.text_model import case_kind, intent, sentiment
from orchestration.actors.kinds.text_model.classifier import Array, Classifier, encode, softmax
from orchestration.actors.kinds.text_model.embedding import Progress, Vectors, silent
from orchestration.actors.kinds.text_model.labelled import FEWEST
from orchestration.actors.kinds.text_model.measures import measure

FEATURES: dict[str, Callable[[Sequence[str], Progress], Vectors]] = {
    intent.KIND: intent.features,
    case_kind.KIND: intent.features,
    sentiment.KIND: sentiment.features,
}

HELD_OUT = 0.2
FOLDS = 5
STRENGTH = 10.0  # inverse of the regularisation: unit vectors want weak regularisation
SEED = 7
TEMPERATURES = tuple(round(1.02**step, 4) for step in range(-120, 121))  # 0.09 to 10.8, steps of 2 %

Labels = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model ready to register: `version` is its content hash, `metrics` plain numbers (see `measures.measure`)."""

    kind: str
    version: str
    artefact: bytes
    metrics: dict[str, Any]


def train(kind: str, texts: Sequence[str], labels: Sequence[str], progress: Progress = silent) -> Trained:
    """Train and measure a model of this kind; every label needs at least five texts.

    Raises ValueError where there are fewer than two labels or too few examples of one.
    """
    fewest = min(Counter(labels).values(), default=0)
    if len(set(labels)) < 2 or fewest < FEWEST:
        raise ValueError(f"At least two labels with {FEWEST} texts each are needed.")
    x, y = FEATURES[kind](texts, progress), np.array(labels)
    seen_x, held_x, seen_y, held_y = train_test_split(x, y, test_size=HELD_OUT, stratify=y, random_state=SEED)
    temperature = _temperature(seen_x, seen_y)
    judged = _fit(kind, seen_x, seen_y, temperature)
    metrics = measure(judged.labels, judged.probabilities(held_x), held_y)
    model = _fit(kind, x, y, temperature)
    artefact = encode(model)
    about = {"examples": len(y), "labels": len(model.labels), "temperature": model.temperature}
    return Trained(kind, version_of(artefact), artefact, {**about, **metrics})


def _fit(kind: str, x: Vectors, y: Labels, temperature: float) -> Classifier:
    scorer = _regression().fit(x, y)
    labels = tuple(str(label) for label in scorer.classes_)
    weights, bias = scorer.coef_, scorer.intercept_
    if len(labels) == 2:  # scikit-learn keeps one row for two labels: the score of the second over the first
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Classifier(kind, labels, weights.astype(np.float32), bias.astype(np.float32), temperature)


def _temperature(x: Vectors, y: Labels) -> float:
    """The temperature under which scores of texts that a model has not seen are likeliest right."""
    labels, truth = np.unique(y, return_inverse=True)
    scores: Array = np.zeros((len(y), len(labels)))
    folds = StratifiedKFold(min(FOLDS, int(np.bincount(truth).min())), shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(x, y):
        model = _fit("", x[seen], y[seen], 1.0)
        scores[unseen] = x[unseen] @ model.weights.T + model.bias

    return min(TEMPERATURES, key=lambda temperature: _surprise(softmax(scores, temperature), truth))


def _surprise(chances: Array, truth: NDArray[np.int_]) -> float:
    """Mean negative log likelihood."""
    return float(-np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).mean())


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000, random_state=SEED)
