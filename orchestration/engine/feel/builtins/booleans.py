"""What does `not` give? (DMN 1.5, 10.3.4.2, Table 74: boolean functions.)"""

from __future__ import annotations

from ..evaluation import Evaluation
from .registry import built_in


@built_in("not(negand: boolean)")
def negated(run: Evaluation, negand: bool) -> bool:
    return not negand
