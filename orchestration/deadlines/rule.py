"""What does a deadline say: how long, counted how, and what has happened to it?

A deadline is a rule, a calendar and a timeline of events. All are plain values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestration.ground.counts import counted

UNITS: Final = ("hours", "working hours", "days", "working days", "weeks", "months", "years")
LONGEST: Final = 10_000
"""Of an amount, so that a deadline lies within the calendar."""
_LENGTH: Final = re.compile(
    rf"(?P<amount>[1-9]\d{{0,4}}) (?P<unit>{'|'.join(UNITS)}|{'|'.join(u[:-1] for u in UNITS)})",
    re.ASCII,
)

STARTED: Final = "started"
PAUSED: Final = "paused"
RESUMED: Final = "resumed"
EXTENDED: Final = "extended"
HANDED_OVER: Final = "handed over"
MET: Final = "met"
ENDED: Final = "ended"

BY_HAND: Final = "by hand"
"""The cause of what a person did."""


class BadLength(ValueError):
    """The text is no length of a deadline; the message says so."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`rolls`: what would end on a day on which nobody works ends on the next working day (Regulation 1182/71, article
    3(4)). `closing`: it ends when the office closes, otherwise at the end of the day. Neither concerns hours."""

    amount: int
    unit: str
    rolls: bool = True
    closing: bool = False

    @property
    def length(self) -> str:
        return in_units(self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Event:
    """`cause` names what pauses, so that pauses may overlap. `amount` of an extension, in the rule's unit. `calendar`:
    to whose it was handed over, by its key. `words`: why, for people."""

    kind: str
    at: datetime
    cause: str = ""
    amount: int = 0
    calendar: str = ""
    words: str = ""

    def written(self) -> dict[str, Any]:
        """As JSON keeps it."""
        kept = {"kind": self.kind, "at": self.at.isoformat()}
        given = {"cause": self.cause, "amount": self.amount, "calendar": self.calendar, "words": self.words}
        return kept | {name: value for name, value in given.items() if value}


def events_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Event, ...]:
    """What `Event.written` wrote."""
    return tuple(Event(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in kept)


def rule_of(length: str, *, rolls: bool = True, closing: bool = False) -> Rule:
    """ "15 working days" as a rule. Raises BadLength."""
    found = _LENGTH.fullmatch(length.strip())
    if found is None or int(found["amount"]) > LONGEST:
        raise BadLength(f"{length[:80]!r} is no length: write a whole number and one of {', '.join(UNITS)}.")
    unit = found["unit"] if found["unit"].endswith("s") else found["unit"] + "s"
    return Rule(int(found["amount"]), unit, rolls, closing)


def in_units(amount: int, unit: str) -> str:
    """ "1 working day", "3 weeks"."""
    return counted(amount, unit[:-1])
