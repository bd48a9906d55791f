"""How probable is it, and which input moved that by how much?

A generalised additive model with a logistic link: each input adds points on the scale of log-odds, numbers along a line
with corners, choices one number each. So what an input moved is exact: the base and the effects of all inputs add up to
the log-odds of the answer. Kept as plain JSON that a person can read; reading it runs nothing. Standard library
only: a process that shows a model needs nothing that trained it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isfinite
from typing import Any, Final

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.score.schema import Band, Input, Value

Json = Any
FORMAT: Final = "casewright-additive-1"
METHOD: Final = (
    "Additive: each input adds or takes away points on the scale of log-odds, measured against the average of the "
    "training data. The base and all effects add up to the answer exactly."
)


@dataclass(frozen=True, slots=True)
class Term:
    """What one input adds. A number: `points[i]` at `knots[i]`, straight between, level beyond. A choice: `of[choice]`.

    `missing`: where nobody knows it, or a choice was never seen. `spread`: how far its effects reach in the training
    data (their standard deviation), which says how much it matters.
    """

    input: Input
    missing: float
    knots: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    of: Mapping[str, float] | None = None
    spread: float = 0.0

    def effect(self, value: Value) -> float:
        if value is None or (isinstance(value, str) == (self.of is None)):
            return self.missing
        if self.of is not None:
            return self.of.get(str(value), self.missing)
        return self._along(float(value))

    def _along(self, at: float) -> float:
        if at <= self.knots[0]:
            return self.points[0]
        for (low, below), (high, above) in pairwise(zip(self.knots, self.points, strict=True)):
            if at <= high:
                return below + (above - below) * (at - low) / (high - low)
        return self.points[-1]

    def is_unusual(self, value: Value) -> bool:
        """Whether the training data had nothing like it: beyond its numbers, or a choice that it did not have."""
        if value is None:
            return True
        if self.of is not None:
            return value not in self.of
        return not self.knots[0] <= float(value) <= self.knots[-1]


@dataclass(frozen=True, slots=True)
class Additive:
    """`base`: the log-odds of the average case. `words`: what it says how probable it is."""

    name: str
    title: str
    words: str
    base: float
    terms: tuple[Term, ...]
    bands: tuple[Band, ...]
    left_out: str = ""

    def effects(self, row: Mapping[str, Value]) -> list[tuple[Term, float]]:
        """What each input adds, the strongest first."""
        found = [(term, round(term.effect(row.get(term.input.name)), 4)) for term in self.terms]
        return sorted(found, key=lambda one: -abs(one[1]))

    def odds(self, row: Mapping[str, Value]) -> float:
        """The log-odds of the answer."""
        return self.base + sum(effect for _, effect in self.effects(row))

    def probability(self, row: Mapping[str, Value]) -> float:
        return chance(self.odds(row))

    def band(self, probability: float) -> Band:
        return next((band for band in self.bands if probability < band.below), self.bands[-1])


def chance(odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + exp(-odds)) if odds >= 0 else exp(odds) / (1 + exp(odds))


def encode(model: Additive) -> bytes:
    """The model as canonical JSON."""
    document = {
        "format": FORMAT, "name": model.name, "title": model.title, "words": model.words, "base": model.base,
        "method": METHOD, "left-out": model.left_out,
        "bands": [{"name": band.name, "below": band.below} for band in model.bands],
        "inputs": [_told(term) for term in model.terms],
    }  # fmt: skip
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False).encode()


def _told(term: Term) -> dict[str, Json]:
    one = term.input
    about = {"name": one.name, "title": one.title, "changeable": one.changeable, "missing": term.missing,
             "spread": term.spread}  # fmt: skip
    if term.of is not None:
        return about | {"points": dict(term.of)}
    bounds = {"least": one.least, "most": one.most, "whole": one.whole}
    return about | bounds | {"knots": list(term.knots), "points": list(term.points)}


def decode(artefact: bytes | None) -> Additive:
    """Read a model back. Raises ActorError where the bytes are not one."""
    try:
        model = _model(json.loads(artefact or b""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ActorError(f"The model file cannot be read: {error!r}.", temporary=False) from error
    if wrong := next(_faults(model), ""):
        raise ActorError(wrong, temporary=False)
    return model


def model_fault(kind: str, content: bytes) -> str:
    """Why this file is no scoring model, in a sentence; "" where it is one."""
    try:
        decode(content)
    except ActorError as error:
        return f"This is no scoring model as `train_score` makes it. {error}"
    return ""


def _model(document: dict[str, Json]) -> Additive:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return Additive(
        str(document["name"]), str(document["title"]), str(document["words"]), float(document["base"]),
        tuple(_term(one) for one in document["inputs"]),
        tuple(Band(str(one["name"]), float(one["below"])) for one in document["bands"]), str(document["left-out"]),
    )  # fmt: skip


def _term(one: dict[str, Json]) -> Term:
    name, title, points = str(one["name"]), str(one["title"]), one["points"]
    missing, spread, changeable = float(one["missing"]), float(one["spread"]), bool(one["changeable"])
    if isinstance(points, dict):
        of = {str(choice): float(effect) for choice, effect in points.items()}
        return Term(Input(name, title, tuple(of), changeable=changeable), missing, of=of, spread=spread)
    number = Input(name, title, (), bool(one["whole"]), one["least"], one["most"], changeable=changeable)
    return Term(number, missing, tuple(map(float, one["knots"])), tuple(map(float, points)), spread=spread)


def _faults(model: Additive) -> Iterator[str]:
    for term in model.terms:
        given = [*term.knots, *term.points, *(term.of or {}).values(), term.missing]
        if not all(map(isfinite, given)):
            yield "The model's numbers are not finite."
        if term.of is None and (
            len(term.knots) != len(term.points) or not term.knots or any(a >= b for a, b in pairwise(term.knots))
        ):
            yield f"The line of {term.input.title} does not go from left to right."
    if not isfinite(model.base) or not model.terms or not model.bands:
        yield "The model has no base, no inputs or no bands."
