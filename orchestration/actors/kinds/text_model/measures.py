"""How often is a model right, and does it know when it is?

Measures on texts that the model has not seen.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.actors.kinds.text_model.classifier import Array

BANDS = (0.0, 0.5, 0.75, 0.9, 1.0)  # of confidence; routing asks for 75 %


def measure(labels: Sequence[str], chances: Array, truth: NDArray[np.str_]) -> dict[str, Any]:
    """Accuracy, calibration and the numbers of each label.

    `ece` is the expected calibration error over ten bands of equal width: the mean distance between how sure the model
    was and how often it was right. `reliability` has a row for each band of confidence, `per_label` one for each label.
    """
    guess = np.array(labels)[chances.argmax(axis=1)]
    sure, right = chances.max(axis=1), guess == truth
    return {
        "held_out": len(truth),
        "accuracy": _rounded(right.mean()),
        "ece": _rounded(calibration_error(sure, right)),
        "reliability": [_band(low, high, sure, right) for low, high in pairwise(BANDS)],
        "per_label": {label: _label(label, guess, truth) for label in labels},
    }


def calibration_error(sure: Array, right: NDArray[np.bool_]) -> float:
    """Of the most likely labels: how far apart it is how sure one was of them, and how often they were right."""
    bands = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bands == b].mean() - right[bands == b].mean()) * (bands == b).sum() for b in np.unique(bands)]
    return float(sum(gaps) / len(sure))


def _band(low: float, high: float, sure: Array, right: NDArray[np.bool_]) -> dict[str, Any]:
    inside = (sure >= low) & ((sure < high) | (high == BANDS[-1]))
    if not inside.any():
        return {"from": low, "to": high, "texts": 0, "confidence": None, "accuracy": None}
    confidence, accuracy = _rounded(sure[inside].mean()), _rounded(right[inside].mean())
    return {"from": low, "to": high, "texts": int(inside.sum()), "confidence": confidence, "accuracy": accuracy}


def _label(label: str, guess: NDArray[np.str_], truth: NDArray[np.str_]) -> dict[str, Any]:
    guessed, true = guess == label, truth == label
    both = int((guessed & true).sum())
    precision = _rounded(both / guessed.sum()) if guessed.any() else None
    recall = _rounded(both / true.sum()) if true.any() else None
    return {"texts": int(true.sum()), "precision": precision, "recall": recall}


def _rounded(number: float) -> float:
    return round(float(number), 4)
