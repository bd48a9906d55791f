"""Does what a version gives agree with what was used, and how sure may one be of that?

Pure. Compared is what the contract of the capability names; how sure an actor was, and what the contract marks with
`x-compared: false`, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

Json = Any

CONFIDENCE: Final = "confidence"
Z: Final = 1.959964
"""Of a normal distribution: 95 of 100 lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `of` are so, and the interval in which the true share lies 95 times of 100 (Wilson's)."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.of)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's score interval at 95 %; from 0 to 1 where nothing was seen (E. B. Wilson, JASA 22, 1927)."""
    if not of:
        return 0.0, 1.0
    share, square = count / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)  # the share itself is in it


def places(contract: Mapping[str, Json] | None, *outputs: Mapping[str, Json]) -> list[str]:
    """The names that are compared: those of the contract; of what was given, where there is none."""
    known = (contract or {}).get("properties", {})
    names: Iterable[str] = known or dict.fromkeys(name for output in outputs for name in output)
    return [name for name in names if name != CONFIDENCE and known.get(name, {}).get("x-compared", True)]


def differences(contract: Mapping[str, Json] | None, used: Json, tried: Json) -> list[str]:
    """The names under which another value stands."""
    if not (isinstance(used, Mapping) and isinstance(tried, Mapping)):
        return [""] if used != tried else []
    return [name for name in places(contract, used, tried) if used.get(name) != tried.get(name)]
