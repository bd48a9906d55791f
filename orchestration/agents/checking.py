"""Which proposals of agents are put to a person in another way, to see whether approval still means something?

By rule, a share that is chosen by what would be done: without what the agent wants (`blind`), or, in its place, what
nobody who reads it approves (`known`). The latter is never done, whatever is answered. What may have an effect outside
the house is never put so: it would wait for a check. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

Json = Any
BLIND: Final = "blind"
KNOWN: Final = "known"
_WHOLE: Final = 2**32


@dataclass(frozen=True, slots=True)
class Checks:
    """`blind`, `known`: the shares, or FEEL that says each of a proposal. `wrong`: what is put in the place of the
    agent's, with its name and reason."""

    blind: float | str = 0.0
    known: float | str = 0.0
    wrong: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """How a proposal is put to a person."""

    check: str = ""
    decoy: Mapping[str, str] = field(default_factory=dict)


NO_CHECKS: Final = Checks()
AS_IT_IS: Final = Put()


def checks_of(approval: Mapping[str, Json]) -> Checks:
    """As the file of an agent has them."""
    known = approval.get("known", {})
    return Checks(approval.get("blind", 0.0), known.get("share", 0.0), tuple(known.get("wrong", ())))


def put_as(checks: Checks, digest: str, has_words: bool, said: Callable[[str], Json] = lambda rule: None) -> Put:
    """How this one is put. What has words of the agent's (`has_words`) is not put blindly: nobody signs them unread.
    `said`: what a rule says of it."""
    drawn, known = int(digest[:8], 16) / _WHOLE, _share(checks.known, said)
    if checks.wrong and drawn < known:
        return Put(KNOWN, dict(checks.wrong[int(digest[8:16], 16) % len(checks.wrong)]))
    if drawn < known + _share(checks.blind, said) and not has_words:
        return Put(BLIND)
    return AS_IT_IS


def _share(given: float | str, said: Callable[[str], Json]) -> float:
    """From 0 to 1; nothing where the rule says no number."""
    found = said(given) if isinstance(given, str) else given
    return (
        0.0 if isinstance(found, bool) or not isinstance(found, int | float | Decimal) else min(max(float(found), 0), 1)
    )


def decoy_digest(digest: str) -> str:
    """Names what is never done, so that an answer to it is none to what would be."""
    return hashlib.sha256(f"never done, in place of {digest}".encode()).hexdigest()
