"""Which number, day or moment does a text name that came with a request?

Where it names none that anything here could have, the answer is 0 or None, never an error: an address can be typed, and
a form can be sent by any program.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final

from django.utils import timezone

from orchestration.ground.years import reckonable

OF_A_ROW: Final = 15
"""Digits of the number of a row: 64 bits hold them, in PostgreSQL, JSON and JavaScript alike."""
COUNTED: Final = 9
"""Digits of what is counted within a case, or is a 32-bit column: a sequence, a page, a version."""


def number_in(text: str, digits: int = OF_A_ROW) -> int:
    """A whole number without a sign; 0 where it is none, or has more digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else 0


def numbers_in(texts: Iterable[str]) -> list[int]:
    """Those of these texts that are numbers of rows, in their order."""
    return [number for text in texts if (number := number_in(text))]


def day_in(text: str) -> date | None:
    """A day (ISO 8601) of a year that can be reckoned with."""
    try:
        return date.fromisoformat(text) if reckonable(text) else None
    except ValueError:
        return None


def day_begins(text: str) -> datetime | None:
    """When a day begins in the time zone of the pages."""
    day = day_in(text)
    return None if day is None else timezone.make_aware(datetime.combine(day, time()))


def moment_in(text: str) -> datetime | None:
    """A moment (ISO 8601), in the time zone of the pages where it names none, as a browser's field does not."""
    try:
        found = datetime.fromisoformat(text) if reckonable(text) else None
    except ValueError:
        return None
    return found if found is None or timezone.is_aware(found) else timezone.make_aware(found)
