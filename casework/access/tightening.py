"""Is a rule of a business unit at least as strict as what holds above it, and what holds where both say something?

Pure. Rules stand by kind and subject: `masking` (a group sees at most this class), `keeping` (cases of a type go after
so many days), `confidence` (a capability's answer that is less sure goes to a person), `approval` (a group approves
too, in cases of a type, from this amount on), `justification` (an answer in words has so many letters). What holds in a
unit is the strictest of its own and of all above it, so nothing that a unit says makes anything looser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.casetypes.justification import MOST_LETTERS

LEVELS: Final = ("public", "internal", "confidential", "restricted")
MOST: Final = 10.0**12
"""Of an amount."""
Rules = Mapping[str, Mapping[str, Any]]
"""Kind -> subject -> value."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`name`: for people; `subject`, `value`: what is asked for; `higher`: whether the higher value is the stricter."""

    name: str
    subject: str
    value: str
    higher: bool = False


KINDS: Final[Mapping[str, Kind]] = {
    "masking": Kind("Masks", "group", "It sees unmasked at most what is"),
    "keeping": Kind("Keeping", "case type", "Days after their end after which cases have to go"),
    "confidence": Kind("Sureness", "capability", "From 0 to 1: an answer less sure goes to a person", higher=True),
    "approval": Kind(
        "Approvals",
        "case type and group, such as payment-release: Senior analysts",
        "Amount from which a group approves too",
    ),
    "justification": Kind(
        "Justification",
        "case type and answer in words, such as payment-release: approval.reason",
        "Letters that an answer has at least, always asked",
        higher=True,
    ),
}


def rank(kind: str, value: Any) -> float:
    """The greater, the stricter."""
    number = LEVELS.index(value) if kind == "masking" else float(value)
    return number if KINDS[kind].higher else -number


def is_looser(kind: str, value: Any, than: Any) -> bool:
    return rank(kind, value) < rank(kind, than)


def stricter(kind: str, values: Iterable[Any]) -> Any:
    """The strictest of them."""
    return max(values, key=lambda value: rank(kind, value))


def met(above: Rules, own: Rules) -> dict[str, dict[str, Any]]:
    """What holds where both say something: of each kind and subject the stricter."""
    found: dict[str, dict[str, Any]] = {kind: dict(rules) for kind, rules in above.items()}
    for kind, rules in own.items():
        here = found.setdefault(kind, {})
        for subject, value in rules.items():
            here[subject] = stricter(kind, [value, *([here[subject]] if subject in here else [])])
    return {kind: rules for kind, rules in found.items() if rules}


def read_value(kind: str, text: str) -> Any:
    """What was written as a value of this kind. Raises ValueError."""
    text = text.strip()
    if kind == "masking":
        if text not in LEVELS:
            raise ValueError("Choose " + ", ".join(LEVELS) + ".")
        return text
    if kind == "keeping":
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise ValueError("Write a whole number of days.")
        return int(text)
    if kind == "approval":
        return _amount(text)
    if kind == "justification":
        return _letters(text)
    if not 0 < (value := _number(text)) <= 1:
        raise ValueError("Write a number above 0, at most 1.")
    return value


def _letters(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 0 < int(text) <= MOST_LETTERS):
        raise ValueError(f"Write a whole number from 1 to {MOST_LETTERS}.")
    return int(text)


def _number(text: str) -> float:
    """-1 where it is none that everybody reads alike."""
    try:
        return float(text) if text.isascii() and "_" not in text else -1.0
    except ValueError:
        return -1.0


def _amount(text: str) -> float:
    if not 0 <= (value := _number(text)) <= MOST:
        raise ValueError("Write an amount, as a number of 0 or more.")
    return int(value) if value == int(value) else value


def capped(level: str | None, caps: Iterable[str]) -> str | None:
    """How much a group sees where it sees at most these."""
    return level if level is None else min([level, *caps], key=LEVELS.index)
