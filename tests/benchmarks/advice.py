"""How often does the recommender name what a customer bought, beside what is bought most?

Of customers who are made up, by a seed: the last purchase of each is held out of what is learnt.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from orchestration.advice.learning import Purchase, learn
from orchestration.advice.made_up import ITEMS, bought_by, customers
from orchestration.advice.measuring import HELD_OUT, hit_rates

WANTED = 2_000


def purchases(wanted: int = WANTED) -> list[Purchase]:
    return [Purchase(one, item, ITEMS[item]) for one in customers(wanted) for item in bought_by(one)]


def figures() -> Iterator[str]:
    rows = purchases()
    ours, most, asked = hit_rates(rows)
    began = time.perf_counter()
    learn(rows)
    took = time.perf_counter() - began
    yield (
        f"{asked:,} customers, {len(ITEMS)} items: the purchase held out is among {HELD_OUT} named for {ours:.1%}, "
        f"among those bought most for {most:.1%}"
    )
    yield f"learnt from {len(rows):,} purchases in {took:.1f} s"
