"""Which lengths of time, shares and sums does a sentence of a contract name?

Pure. In digits or in words, or both (“thirty (30) days”); weeks are told as days, years as months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orchestration.knowledge.wording import NAMED

NUMBER: Final = r"(?P<digits>\d[\d,.]*\d|\d)|(?P<words>[a-z]+(?:-[a-z]+)?)"
UNIT: Final = r"(?P<unit>hours?|days?|weeks?|months?|years?|%|per\s?cent|percent|eur(?:os?)?\b|€)"
KINDS: Final = r"(?:calendar |working |business |full |consecutive )*"
AFTER: Final = re.compile(rf"(?:\b|€\s?)(?:{NUMBER})\s*(?:\((?P<again>\d[\d,.]*)\)\s*)?{KINDS}{UNIT}", re.IGNORECASE)
BEFORE: Final = re.compile(r"(?:€|EUR)\s?(?P<digits>\d[\d,.]*\d|\d)", re.IGNORECASE)
ONE: Final = {"one": "1", "a": "1"}
TIMES: Final = {
    "hour": ("days", 1 / 24),
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "year": ("months", 12),
}


def amounts_in(sentence: str) -> Iterator[tuple[str, float]]:
    """(unit, how many) of each; the unit is one of `standard.UNITS`."""
    for found in AFTER.finditer(sentence):
        value = _value(found["again"] or found["digits"] or NAMED.get((found["words"] or "").lower(), ""))
        if value is None and (found["words"] or "").lower() in ONE:
            value = 1.0
        if value is not None:
            unit, times = _unit(found["unit"].lower())
            yield unit, value * times
    for found in BEFORE.finditer(sentence):
        if (value := _value(found["digits"])) is not None:
            yield "euros", value


def _unit(word: str) -> tuple[str, float]:
    if word.startswith(("eur", "€")):
        return "euros", 1
    return TIMES.get(word.rstrip("s"), ("percent", 1))


def _value(digits: str) -> float | None:
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".").strip(".")
    try:
        return float(plain)
    except ValueError:
        return None
