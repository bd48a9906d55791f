"""How well does what was learnt name the purchase that a customer really made next?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orchestration.advice.advising import advised, popular
from orchestration.advice.learning import Purchase, learn

HELD_OUT: Final = 10
"""Places in which the purchase that was held out has to stand, to be hit."""


def hit_rates(purchases: Sequence[Purchase]) -> tuple[float, float, int]:
    """How often is a customer's last purchase, held out, among the first `HELD_OUT` that are named from the others?

    By what was learnt, by what is bought most; and of how many customers.
    """
    last = {row.customer: row for row in purchases}
    kept = [row for row in purchases if last[row.customer] is not row]
    learnt, history = learn(kept), dict[str, list[str]]()
    for row in kept:
        history.setdefault(row.customer, []).append(row.item)
    asked = [row for customer, row in last.items() if customer in history]
    ours = sum(row.item in {one.item for one in advised(learnt, history[row.customer], HELD_OUT)} for row in asked)
    most = sum(row.item in {one.item for one in popular(learnt, HELD_OUT, history[row.customer])} for row in asked)
    return ours / len(asked), most / len(asked), len(asked)
