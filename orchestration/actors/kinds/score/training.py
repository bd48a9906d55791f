"""How is a scoring model made from rows whose outcome is known?

Penalised logistic regression (scikit-learn) on numbers along lines that bend at their quantiles and on choices, one
column each; then Platt's calibration (a slope and an offset) on folds that the model had not seen. Measured on rows
held out from all of that: each row once, by a model that was trained and calibrated without its fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from orchestration.actors.contract import version_of
from orchestration.actors.kinds.score.measures import measure
from orchestration.actors.kinds.score.model import Additive, Term, chance, encode
from orchestration.actors.kinds.score.schema import Input, Schema, Value

Array = NDArray[np.float64]
Rows = Sequence[Mapping[str, Value]]

SEED: Final = 20261129
FOLDS: Final = 5
FEWEST: Final = 50
"""Of each outcome: below that nothing that is measured means anything."""
CORNERS: Final = (0.01, 0.25, 0.5, 0.75, 0.99)
"""Quantiles at which the line of a number may bend."""
STRENGTHS: Final = (0.005, 0.02, 0.1)
"""Inverse of the penalty, tried on folds."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model ready to register: `version` is its content hash, `metrics` what was measured (see `measures`)."""

    schema: Schema
    version: str
    artefact: bytes
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    """The columns of the matrix that one input takes, the last of them for `missing`.

    A choice has one each. A number has its distance from the first corner, and from each inner one on what is beyond
    (truncated lines), so that the penalty pulls towards a straight and level line and not towards nothing at the ends.
    `ends`: the smallest and the largest value seen; beyond the outer corners the line is level.
    """

    input: Input
    corners: tuple[float, ...] = ()
    ends: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0

    @property
    def width(self) -> int:
        return (len(self.corners[:-1]) or len(self.input.choices) or 0) + 1

    def filled(self, rows: Rows) -> Array:
        values = [row.get(self.input.name) for row in rows]
        missing = np.array([[value is None] for value in values], dtype=float)
        if not self.corners:
            known = [[value == choice for choice in self.input.choices] for value in values]
            return np.hstack([np.array(known, dtype=float).reshape(len(rows), -1), missing])
        numbers = np.array([self.corners[0] if value is None else float(value) for value in values])
        return np.hstack([self.lines(numbers) * (1 - missing), missing])

    def lines(self, numbers: Array) -> Array:
        """(numbers, corners but the last)"""
        inside = np.clip(numbers, self.corners[0], self.corners[-1]).reshape(-1, 1)
        return np.asarray(np.maximum(inside - np.array(self.corners[:-1]), 0.0) / self.scale)

    @property
    def knots(self) -> tuple[float, ...]:
        """Where the line has its corners, and its ends."""
        return tuple(float(knot) for knot in np.unique([self.ends[0], *self.corners, self.ends[1]]))


def train(schema: Schema, rows: Rows, so: Sequence[bool]) -> Trained:
    """Train and measure. Raises ValueError where there are too few rows of one outcome."""
    outcome = np.array(so, dtype=bool)
    fewest = int(min(outcome.sum(), (~outcome).sum())) if len(outcome) else 0
    if fewest < FEWEST:
        raise ValueError(f"Of each outcome at least {FEWEST} rows are needed; of one there are {fewest}.")
    with threadpool_limits(1):  # matrices this small take longer on several cores
        said, came = _held_out(schema, rows, outcome)
        artefact = encode(_fit(schema, rows, outcome))
    about = {"rows": len(rows), "share": round(float(outcome.mean()), 4), "inputs": len(schema.inputs)}
    return Trained(schema, version_of(artefact), artefact, about | measure(said, came))


def _held_out(schema: Schema, rows: Rows, so: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """What models say of rows that neither they nor their calibration had seen, and what came true."""
    said, came = [], []
    for seen, held in _folds().split(np.zeros(len(so)), so):
        model = _fit(schema, [rows[at] for at in seen], so[seen])
        said += [model.probability(rows[at]) for at in held]
        came += [bool(so[at]) for at in held]
    return np.array(said), np.array(came)


def _fit(schema: Schema, rows: Rows, so: NDArray[np.bool_]) -> Additive:
    columns = [_column(one, rows) for one in schema.inputs]
    matrix = np.hstack([column.filled(rows) for column in columns])
    middle = matrix.mean(axis=0)
    matrix = matrix - middle
    unseen = {strength: _unseen(matrix, so, strength) for strength in STRENGTHS}
    best = min(STRENGTHS, key=lambda strength: _surprise(_calibrated(unseen[strength], so), unseen[strength], so))
    slope, offset = _calibrated(unseen[best], so)
    fitted = _regression(best).fit(matrix, so)
    weights, base = slope * fitted.coef_[0], slope * float(fitted.intercept_[0]) + offset
    terms, at = [], 0
    for column in columns:
        until = at + column.width
        terms.append(_term(column, weights[at:until], middle[at:until], matrix[:, at:until]))
        at = until
    return Additive(
        schema.name, schema.title, schema.words, round(base, 6), tuple(terms), schema.bands, schema.left_out
    )


def _term(column: _Column, weights: Array, middle: Array, matrix: Array) -> Term:
    """The points of one input, so that their mean over the training data is nothing."""
    level, spread = float(weights @ middle), round(float((matrix @ weights).std()), 6)
    missing = round(float(weights[-1]) - level, 6) if middle[-1] > 0 else 0.0
    empty = Term(column.input, missing, spread=spread)
    if column.corners:
        points = column.lines(np.array(column.knots)) @ weights[:-1] - level
        return replace(empty, knots=column.knots, points=tuple(round(float(point), 6) for point in points))
    known = zip(column.input.choices, weights[:-1] - level, middle[:-1] > 0, strict=True)
    return replace(empty, of={choice: round(float(point), 6) for choice, point, was_seen in known if was_seen})


def _column(one: Input, rows: Rows) -> _Column:
    if one.choices:
        return _Column(one)
    values = np.array([value for row in rows if (value := row.get(one.name)) is not None], dtype=float)
    if not len(values):
        return _Column(one, (0.0, 1.0))
    corners = np.unique(np.round(np.quantile(values, CORNERS), 4))
    if len(corners) == 1:
        corners = np.array([corners[0], corners[0] + 1])
    return _Column(
        one, tuple(map(float, corners)), (float(values.min()), float(values.max())), float(values.std()) or 1.0
    )


def _unseen(matrix: Array, so: NDArray[np.bool_], strength: float) -> Array:
    """The log-odds of each row by a model of the other folds."""
    found: Array = cross_val_predict(_regression(strength), matrix, so, cv=_folds(), method="decision_function")
    return found


def _calibrated(odds: Array, so: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset with which log-odds come true (J. Platt, 1999)."""
    fitted = LogisticRegression(C=1e4).fit(odds.reshape(-1, 1), so)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _surprise(line: tuple[float, float], odds: Array, so: NDArray[np.bool_]) -> float:
    """Mean negative log likelihood."""
    chances = np.clip([chance(line[0] * one + line[1]) for one in odds], 1e-9, 1 - 1e-9)
    return float(-np.log(np.where(so, chances, 1 - chances)).mean())


def _folds() -> StratifiedKFold:
    return StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="newton-cholesky")
