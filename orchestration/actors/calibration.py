"""Can one rely on how sure a model says it is, and from which confidence on is it right often enough?

Pure. What people said of its answers (right or not) is held against the confidence of each: share of right answers with
Wilson's interval, reliability curve, expected calibration error with a bootstrap interval, and the lowest threshold
above which the error is, with 95 % certainty, at most as high as wished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.actors.agreement import wilson

if TYPE_CHECKING:  # a web process that shows no curve does without the memory of its library
    import numpy as np

BINS: Final = 10
RESAMPLES: Final = 400
SEED: Final = 20261129
"""The same answers always give the same interval."""
STEPS: Final = tuple(step / 100 for step in range(100))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of `n`, with Wilson's 95 % interval (Wilson 1927); `value` is None of nothing."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float:
        return wilson(self.hits, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.hits, self.n)[1]


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: how sure the model was, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence from `lower` to below `upper`: their mean confidence, and how many were right."""

    lower: float
    upper: float
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error`: expected calibration error over ten bins, from 0 (as sure as right) to 1, with its 95 % interval."""

    n: int
    error: float
    low: float
    high: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What holds from a confidence on: the share of wrong answers among those that were judged."""

    at: float
    wrong: Share


def calibration(judged: Sequence[Judged]) -> Calibration | None:
    """None where nobody has judged an answer with a confidence."""
    if not judged:
        return None
    import numpy as np

    sure = np.array([one.confidence for one in judged])
    right = np.array([one.right for one in judged], dtype=float)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gap = right - sure
    random = np.random.default_rng(SEED)
    drawn = [random.integers(0, len(judged), len(judged)) for _ in range(RESAMPLES)]
    errors = [_error(place[each], gap[each]) for each in drawn]
    low, high = np.percentile(errors, [2.5, 97.5])
    bins = tuple(_bin(number, sure, right, place) for number in range(BINS) if (place == number).any())
    return Calibration(len(judged), _error(place, gap), float(low), float(high), bins)


def _error(place: np.ndarray, gap: np.ndarray) -> float:
    import numpy as np

    return float(np.abs(np.bincount(place, weights=gap, minlength=BINS)).sum() / len(gap))


def _bin(number: int, sure: np.ndarray, right: np.ndarray, place: np.ndarray) -> Bin:
    here = place == number
    share = Share(int(right[here].sum()), int(here.sum()))
    return Bin(number / BINS, (number + 1) / BINS, float(sure[here].mean()), share)


def threshold(judged: Sequence[Judged], wished: float) -> Threshold | None:
    """The lowest threshold, in hundredths, from which on the error is at most as wished, with 95 % certainty.

    None where too few answers were judged, or too many of them wrong, to say so of any.
    """
    return next((found for at in STEPS if (found := above(judged, at)).wrong.n and found.wrong.high <= wished), None)


def surest(judged: Sequence[Judged]) -> Threshold | None:
    """Of which threshold the lowest error can be said, with 95 % certainty; None where nothing was judged."""
    found = [one for at in STEPS if (one := above(judged, at)).wrong.n]
    return min(found, key=lambda one: one.wrong.high, default=None)


def above(judged: Sequence[Judged], at: float) -> Threshold:
    """What was judged of the answers with at least this confidence."""
    kept = [one for one in judged if one.confidence >= at]
    return Threshold(at, Share(sum(not one.right for one in kept), len(kept)))
