"""How are transfers between accounts drawn?

A directed graph: accounts on a circle, that which most transfers touch at the top, and one line for all transfers from
one account to another, the wider the more went over it. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any, Final

Json = Any

WIDTH: Final = 640
HEIGHT: Final = 420
RADIUS: Final = 150
NODE: Final = 9
WIDEST: Final = 7.0
MOST: Final = 24
"""Accounts that are drawn; the table beside has all transfers."""
LONGEST: Final = 22


@dataclass(frozen=True, slots=True)
class Account:
    """`x`, `y`: where its dot is; `label_x`, `label_y`, `anchor`: where its name stands."""

    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """All that went from one account to another. `pattern`: "circle", "fan-in" or ""."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    pattern: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """`left_out`: how many accounts are too many to be drawn."""

    accounts: tuple[Account, ...]
    lines: tuple[Line, ...]
    left_out: int = 0
    width: int = WIDTH
    height: int = HEIGHT


def drawing(edges: Iterable[Mapping[str, Json]]) -> Drawing:
    """The graph of these transfers, as the actor tells them."""
    known = [edge for edge in edges if edge.get("source") and edge.get("target")]
    touched = Counter(str(edge[end]) for edge in known for end in ("source", "target"))
    names = [name for name, _ in touched.most_common(MOST)]
    places = {name: _account(name, number, len(names)) for number, name in enumerate(names)}
    sums, patterns = defaultdict[tuple[str, str], float](float), dict[tuple[str, str], str]()
    for edge in known:
        pair = str(edge["source"]), str(edge["target"])
        if pair[0] in places and pair[1] in places and pair[0] != pair[1]:
            sums[pair] += _amount(edge.get("amount"))
            patterns[pair] = str(edge.get("pattern") or "") or patterns.get(pair, "")
    most = max(sums.values(), default=1.0) or 1.0
    lines = (
        _line(places[one], places[two], WIDEST * total / most, patterns[one, two]) for (one, two), total in sums.items()
    )
    return Drawing(tuple(places.values()), tuple(lines), len(touched) - len(names))


def _account(name: str, number: int, many: int) -> Account:
    turn = 2 * pi * number / max(many, 1)
    right, down = sin(turn), -cos(turn)
    x, y = WIDTH / 2 + RADIUS * right, HEIGHT / 2 + RADIUS * down
    anchor = "middle" if abs(right) < 0.2 else "start" if right > 0 else "end"
    shown = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    label_x, label_y = x + 18 * right, y + 20 * down + 4
    return Account(shown, round(x, 1), round(y, 1), round(label_x, 1), round(label_y, 1), anchor)


def _line(one: Account, two: Account, width: float, pattern: str) -> Line:
    """From dot to dot, a little to the right of the straight way, so that the way back is another line."""
    across, down = two.x - one.x, two.y - one.y
    length = max((across**2 + down**2) ** 0.5, 1.0)
    ahead_x, ahead_y = across / length, down / length
    aside_x, aside_y = -4 * ahead_y, 4 * ahead_x
    start, end = NODE + 2, NODE + 9
    return Line(
        round(one.x + start * ahead_x + aside_x, 1), round(one.y + start * ahead_y + aside_y, 1),
        round(two.x - end * ahead_x + aside_x, 1), round(two.y - end * ahead_y + aside_y, 1),
        round(max(width, 1.2), 1), pattern,
    )  # fmt: skip


def _amount(value: Json) -> float:
    """What is masked for the reader weighs nothing."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
