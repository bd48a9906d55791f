"""Where does a row stand in a list that is ordered by a field?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casework.lists.asked import Bound
from casework.lists.columns import Column

MARK: Final = "v~"
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """A value that the reader was shown, and the case (its instance) and row that had it; as text, what `after` is."""

    value: Bound
    instance: int
    number: int

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{MARK}{self.number}~{self.instance}~{value}"

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement that goes on from here."""
        return {"value": self.value, "instance": self.instance, "number": self.number}

    @staticmethod
    def is_one(written: str) -> bool:
        return written.startswith(MARK)

    @classmethod
    def read(cls, written: str, column: Column) -> ValuePlace | None:
        """The place in the values of this column that is written so; None where it cannot be read."""
        try:
            number, instance, value = written.removeprefix(MARK).split("~", 2)
            place = cls(_value(value, column), int(instance), int(number))
        except (ValueError, OverflowError):
            return None
        return place if max(abs(place.instance), abs(place.number)) <= LARGEST else None


def _value(written: str, column: Column) -> Bound:
    if column.held == "number":
        return float(written)
    if column.held == "words":
        return written
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError("a moment without a zone")
    return found
