"""How good is a score on cases that it has not seen?

AUC (does it put the bad before the good?), Brier score (mean squared distance of probability and outcome), and the
expected calibration error over ten bands of equal width: how far what it said is from what came true.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, roc_auc_score

Array = NDArray[np.float64]
BANDS = 10


def measure(chances: Array, so: NDArray[np.bool_]) -> dict[str, Any]:
    """Plain figures, and a row for each band of probability that holds a case."""
    place = np.minimum((chances * BANDS).astype(int), BANDS - 1)
    bands = [(band, place == band) for band in np.unique(place)]
    gaps = [abs(chances[here].mean() - so[here].mean()) * here.sum() for _, here in bands]
    return {
        "held_out": len(so), "auc": _rounded(roc_auc_score(so, chances)),
        "brier": _rounded(brier_score_loss(so, chances)), "ece": _rounded(sum(gaps) / len(so)),
        "reliability": [
            {
                "from": int(band) / BANDS, "to": (int(band) + 1) / BANDS, "cases": int(here.sum()),
                "said": _rounded(chances[here].mean()), "came_true": _rounded(so[here].mean()),
            }
            for band, here in bands
        ],
    }  # fmt: skip


def _rounded(number: float) -> float:
    return round(float(number), 4)
