"""How does a set of labelled texts become a model, and how good is that model?

Logistic regression, and one temperature fitted on out-of-fold scores so that "75 %" means right three times in four.
Quality is measured on fifths that are held out, each by a model that was trained and calibrated without it: on all five
where texts are few, for of forty texts no figure is sure. The model that ships then learns from all.
Texts of one group (letters that were made of the same sentence) are never on both sides of such a line: they would make
the model look better and surer than it is. The same rows always give the same model.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from orchestration.actors.contract import version_of
from orchestration.actors.kinds.text_model import case_kind, intent, sentiment
from orchestration.actors.kinds.text_model.classifier import Array, Classifier, encode, softmax
from orchestration.actors.kinds.text_model.embedding import Progress, Vectors, embedded_by, silent
from orchestration.actors.kinds.text_model.labelled import FEWEST
from orchestration.actors.kinds.text_model.measures import measure

FEATURES: dict[str, Callable[[Sequence[str], Progress], Vectors]] = {
    intent.KIND: intent.features,
    case_kind.KIND: intent.features,
    sentiment.KIND: sentiment.features,
}

FOLDS = 5
ENOUGH = 1_000
"""Texts judged unseen after which no further fifth is held out: each costs another six trainings."""
STRENGTH = 10.0  # inverse of the regularisation: unit vectors want weak regularisation
SEED = 7
TEMPERATURES = tuple(round(1.02**step, 4) for step in range(-120, 121))  # 0.09 to 10.8, steps of 2 %

METHOD = 1
"""Raised with whatever makes another model of the same rows and is no number here."""

Labels = NDArray[np.str_]
Split = tuple[NDArray[np.int_], NDArray[np.int_]]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model ready to register: `version` is its content hash, `metrics` plain numbers (see `measures.measure`)."""

    kind: str
    version: str
    artefact: bytes
    metrics: dict[str, Any]


def method(kind: str) -> tuple[object, ...]:
    """What, beside its rows, makes a model of this kind what it is."""
    return METHOD, kind, embedded_by(), FOLDS, STRENGTH, SEED, TEMPERATURES[0], TEMPERATURES[-1]


def train(
    kind: str, texts: Sequence[str], labels: Sequence[str], progress: Progress = silent, groups: Sequence[str] = ()
) -> Trained:
    """Train and measure a model of this kind; every label needs texts of five groups. `groups`: of each, "" for none.

    Raises ValueError where there are fewer than two labels or too few examples of one.
    """
    alike = _alike(groups)
    apart = labels if alike is None else [label for _, label in set(zip(alike, labels, strict=True))]
    fewest = min(Counter(apart).values(), default=0)
    if len(set(labels)) < 2 or fewest < FEWEST:
        texts_of = "texts" if alike is None else "groups of texts"
        raise ValueError(f"At least two labels with {FEWEST} {texts_of} each are needed.")
    x, y = FEATURES[kind](texts, progress), np.array(labels)
    model = _calibrated(kind, x, y, groups)
    metrics = measure(model.labels, *_unseen(kind, x, y, groups))
    artefact = encode(model)
    about = {"examples": len(y), "labels": len(model.labels), "temperature": model.temperature}
    return Trained(kind, version_of(artefact), artefact, {**about, **metrics})


def _alike(groups: Sequence[str]) -> NDArray[np.str_] | None:
    """The group of each text; a text of none is one by itself. None where there are no groups at all."""
    return np.array([one or f" {at}" for at, one in enumerate(groups)]) if any(groups) else None


def held_out(y: Labels, groups: Sequence[str] = ()) -> Iterator[Split]:
    """(places of those that are learnt from, of those that are held out), by fifths until enough were held out."""
    judged = 0
    for seen, held in _folds(FOLDS, y, _alike(groups)):
        yield seen, held
        judged += len(held)
        if judged >= ENOUGH:
            return


def _unseen(kind: str, x: Vectors, y: Labels, groups: Sequence[str]) -> tuple[Array, Labels]:
    """What models say of texts that they have not seen, and what is true of them."""
    said, true, labels = [], [], np.unique(y)
    for seen, held in held_out(y, groups):
        judged = _calibrated(kind, x[seen], y[seen], [groups[at] for at in seen] if groups else ())
        chances: Array = np.zeros((len(held), len(labels)))
        chances[:, np.searchsorted(labels, judged.labels)] = judged.probabilities(x[held])
        said.append(chances)
        true.append(y[held])
    return np.concatenate(said), np.concatenate(true)


def _calibrated(kind: str, x: Vectors, y: Labels, groups: Sequence[str]) -> Classifier:
    return _fit(kind, x, y, _temperature(x, y, _alike(groups)))


def _folds(wanted: int, y: Labels, alike: NDArray[np.str_] | None) -> Iterator[Split]:
    rows = StratifiedKFold(wanted, shuffle=True, random_state=SEED)
    groups = StratifiedGroupKFold(wanted, shuffle=True, random_state=SEED)
    yield from rows.split(y, y) if alike is None else groups.split(y, y, alike)


def _fit(kind: str, x: Vectors, y: Labels, temperature: float) -> Classifier:
    scorer = _regression().fit(x, y)
    labels = tuple(str(label) for label in scorer.classes_)
    weights, bias = scorer.coef_, scorer.intercept_
    if len(labels) == 2:  # scikit-learn keeps one row for two labels: the score of the second over the first
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Classifier(kind, labels, weights.astype(np.float32), bias.astype(np.float32), temperature)


def _temperature(x: Vectors, y: Labels, alike: NDArray[np.str_] | None = None) -> float:
    """The temperature under which scores of texts that a model has not seen are likeliest right."""
    labels, truth = np.unique(y, return_inverse=True)
    scores: Array = np.zeros((len(y), len(labels)))
    for seen, unseen in _folds(min(FOLDS, int(np.bincount(truth).min())), y, alike):
        model = _fit("", x[seen], y[seen], 1.0)
        scores[unseen] = x[unseen] @ model.weights.T + model.bias

    return min(TEMPERATURES, key=lambda temperature: _surprise(softmax(scores, temperature), truth))


def _surprise(chances: Array, truth: NDArray[np.int_]) -> float:
    """Mean negative log likelihood."""
    return float(-np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).mean())


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000, random_state=SEED)
