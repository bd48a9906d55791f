"""What is named to a customer, and why each?

Pure. With what they bought: the items nearest to it, each with that purchase that speaks most for it. Without: what
most people buy, which is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestration.advice.learning import Learnt


@dataclass(frozen=True, slots=True)
class Advice:
    item: str
    name: str
    score: float
    why: str


def advised(learnt: Learnt, bought: Sequence[str], most: int) -> list[Advice]:
    """The items nearest to all that was bought, none of which they have; fewer where fewer are near."""
    points: dict[str, dict[str, float]] = {}
    for have in dict.fromkeys(bought):
        for item, near in learnt.near.get(have, ()):
            if item not in bought:
                points.setdefault(item, {})[have] = near
    ordered = sorted(points, key=lambda one: (-sum(points[one].values()), one))[:most]
    return [_because(learnt, one, points[one]) for one in ordered]


def popular(learnt: Learnt, most: int, without: Collection[str] = ()) -> list[Advice]:
    """What most people bought."""
    ordered = sorted((one for one in learnt.names if one not in without), key=lambda one: (-learnt.buyers[one], one))
    return [
        Advice(one, learnt.names[one], learnt.buyers[one] / learnt.customers, _often(learnt, one))
        for one in ordered[:most]
    ]


def _because(learnt: Learnt, item: str, points: dict[str, float]) -> Advice:
    strongest = max(points, key=lambda one: (points[one], one))
    why = f"People who bought “{learnt.names[strongest]}”, as you did, often bought it, too."
    return Advice(item, learnt.names[item], round(sum(points.values()), 5), why)


def _often(learnt: Learnt, item: str) -> str:
    return f"{learnt.buyers[item]:,} of {learnt.customers:,} customers bought it."
