"""What does a version of a scoring model rest on: what it looks at, what each input can do, was it right?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.score.model import METHOD, Term, decode
from orchestration.models import ActorVersion

KIND: Final = "score"
WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Weight:
    """An input: how much it moves the score on the whole (`spread`, `bar` of a hundred), and its two ends in words."""

    title: str
    spread: float
    bar: float
    lowers: str
    raises: str
    changeable: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Cases for which it said a probability in a band, and how many of them came true."""

    low: float
    high: float
    cases: int
    came_true: float


@dataclass(frozen=True, slots=True)
class ScoreCard:
    words: str
    method: str
    left_out: str
    bands: tuple[tuple[str, float], ...]
    weights: tuple[Weight, ...]
    said: tuple[Said, ...]


def score_card(row: ActorVersion) -> ScoreCard | None:
    """None where the version is no scoring model."""
    if row.actor.kind != KIND:
        return None
    try:
        model = decode(bytes(row.artefact))
    except ActorError:
        return None
    terms = sorted(model.terms, key=lambda term: -term.spread)
    most = max((term.spread for term in terms), default=0.0) or 1.0
    return ScoreCard(
        model.words, METHOD, model.left_out, tuple((band.name, band.below) for band in model.bands),
        tuple(_weight(term, most) for term in terms), tuple(_said(one) for one in row.metrics.get("reliability", ())),
    )  # fmt: skip


def _weight(term: Term, most: float) -> Weight:
    ends = sorted((point, name) for name, point in _points(term))
    (low, lowers), (high, raises) = ends[0], ends[-1]
    return Weight(
        term.input.title, round(term.spread, 2), round(term.spread / most * WIDTH, 1), f"{lowers} ({low:+.2f})",
        f"{raises} ({high:+.2f})", term.input.changeable,
    )  # fmt: skip


def _points(term: Term) -> list[tuple[str, float]]:
    if term.of is not None:
        return list(term.of.items()) or [("not known", term.missing)]
    return [(f"{knot:,.6g}", point) for knot, point in zip(term.knots, term.points, strict=True)]


def _said(one: dict[str, Any]) -> Said:
    return Said(one["from"], one["to"], one["cases"], one["came_true"])
