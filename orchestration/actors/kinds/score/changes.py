"""What would have had to be different? The smallest change of one input that brings the score into another band.

Exact for an additive model: the effect that an input would need is known, and the nearest value that has it is read off
its line, or its choices are tried. Each change that is given has been scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log
from typing import Any, Final

from orchestration.actors.kinds.score.model import Additive, Term
from orchestration.actors.kinds.score.schema import Value

MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Change:
    """With `to` in place of what it was, the score would be in `band`."""

    input: str
    title: str
    to: Any
    band: str
    far: float


def changes(model: Additive, row: Mapping[str, Value]) -> list[Change]:
    """The nearest changes of one input each, by which the score leaves its band for the next lower one.

    In the lowest band: for the next higher one. Only inputs that somebody could change.
    """
    probability = model.probability(row)
    at = model.bands.index(model.band(probability))
    down = at > 0
    edge = model.bands[at - 1 if down else at].below
    target = model.bands[at - 1 if down else at + 1].name
    need = log(edge / (1 - edge)) - model.odds(row)
    found = [
        Change(term.input.name, term.input.title, value, target, far)
        for term in model.terms if term.input.changeable
        for value, far in _values(term, row.get(term.input.name), need)
        if _is_in(model, row, term.input.name, value, target)
    ]  # fmt: skip
    nearest = {change.input: change for change in sorted(found, key=lambda one: -one.far)}
    return sorted(nearest.values(), key=lambda one: one.far)[:MOST]


def _is_in(model: Additive, row: Mapping[str, Value], name: str, value: Value, band: str) -> bool:
    return model.band(model.probability({**row, name: value})).name == band


def _values(term: Term, was: Value, need: float) -> Iterator[tuple[Value, float]]:
    """Values worth trying, with how far each is: of a number in parts of its whole reach, of a choice 1."""
    if term.of is not None:
        yield from ((choice, 1.0) for choice in term.of if choice != was)
        return
    if was is None or isinstance(was, str):
        return
    wanted, reach = term.effect(was) + need, term.knots[-1] - term.knots[0]
    for low, high in pairwise(range(len(term.knots))):
        yield from (
            (value, abs(value - float(was)) / reach)
            for value in _crossings(term, low, high, wanted, float(was))
            if value != was and term.knots[0] <= value <= term.knots[-1]
        )


def _crossings(term: Term, low: int, high: int, wanted: float, was: float) -> Iterator[float]:
    """Where the line between two knots reaches what is wanted, on both sides of it, and its ends."""
    left, right, below, above = term.knots[low], term.knots[high], term.points[low], term.points[high]
    yield from (left, right)
    if min(below, above) <= wanted <= max(below, above) and below != above:
        at = left + (wanted - below) * (right - left) / (above - below)
        step = 1.0 if term.input.whole or right - left < 100 else 10.0
        for value in (floor(at / step) * step, ceil(at / step) * step):
            yield float(value)
