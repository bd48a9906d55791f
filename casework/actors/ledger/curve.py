"""How is a reliability curve drawn without a script? As an SVG of a few shapes; a table beside it has the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestration.actors.calibration import Calibration

SIZE: Final = 300
EDGE: Final = 40


@dataclass(frozen=True, slots=True)
class Point:
    """A bin: where it stands, and its interval as a line. `radius` grows with how many answers are behind it."""

    x: float
    y: float
    low: float
    high: float
    radius: float


@dataclass(frozen=True, slots=True)
class Curve:
    points: tuple[Point, ...]
    line: str
    ticks: tuple[tuple[str, float, float], ...]


def curve(found: Calibration) -> Curve:
    """The share of right answers over the mean confidence of each bin."""
    points = tuple(
        Point(_x(one.confidence), _y(one.right.value or 0.0), _y(one.right.low), _y(one.right.high),
              2.5 + 5.5 * (one.right.n / found.n) ** 0.5)
        for one in found.bins
    )  # fmt: skip
    ticks = tuple((f"{step * 20} %", _x(step / 5), _y(step / 5)) for step in range(6))
    return Curve(points, " ".join(f"{one.x},{one.y}" for one in points), ticks)


def _x(share: float) -> float:
    return round(EDGE + share * SIZE, 1)


def _y(share: float) -> float:
    return round(10 + (1 - share) * SIZE, 1)
