"""What do purchases say of which items go together? (item-item cosine over implicit feedback)

Two items are near where the same people bought both: how many did, over the root of how many bought each (Linden, Smith
and York 2003), with `SHRINK` in the denominator so that two buyers by chance do not make two rare items the same. What
is learnt is JSON: of each item its name, how many bought it, and its nearest items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

Json = Any
SHRINK: Final = 8.0
NEIGHBOURS: Final = 25
BASKET: Final = 200
"""Purchases of a customer that are looked at, the last ones."""
MOST_ITEMS: Final = 20_000
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Purchase:
    customer: str
    item: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """`near`: of each item its nearest ones, the nearest first, with how near each is."""

    names: dict[str, str]
    buyers: dict[str, int]
    near: dict[str, list[tuple[str, float]]]
    customers: int

    def packed(self) -> dict[str, Json]:
        items = {
            one: {"name": name, "buyers": self.buyers[one], "near": [list(each) for each in self.near[one]]}
            for one, name in self.names.items()
        }
        return {"format": FORMAT, "customers": self.customers, "items": items}


def learn(purchases: Iterable[Purchase]) -> Learnt:
    """Raises ValueError where there is nothing to learn from, or too much."""
    rows = list(dict.fromkeys(purchases))
    names = {row.item: row.name or row.item for row in rows}
    baskets: dict[str, list[str]] = {}
    for row in rows:
        baskets.setdefault(row.customer, []).append(row.item)
    if len(names) < 2 or len(baskets) < 2:
        raise ValueError("at least two customers and two items are needed")
    if len(names) > MOST_ITEMS:
        raise ValueError(f"at most {MOST_ITEMS:,} items are learnt from")
    buyers = Counter(item for basket in baskets.values() for item in set(basket))
    both = _together(baskets.values())
    near = {item: _nearest(both.get(item, {}), buyers, buyers[item]) for item in names}
    return Learnt(names, dict(buyers), near, len(baskets))


def _together(baskets: Iterable[Sequence[str]]) -> dict[str, Counter[str]]:
    """Of each pair of items, how many bought both."""
    found: dict[str, Counter[str]] = {}
    for basket in baskets:
        own = list(dict.fromkeys(basket))[-BASKET:]
        for item in own:
            found.setdefault(item, Counter()).update(one for one in own if one != item)
    return found


def _nearest(both: Mapping[str, int], buyers: Mapping[str, int], own: int) -> list[tuple[str, float]]:
    near = {one: times / (sqrt(own * buyers[one]) + SHRINK) for one, times in both.items()}
    best = sorted(near, key=lambda one: (-near[one], one))[:NEIGHBOURS]
    return [(one, round(near[one], 5)) for one in best]
