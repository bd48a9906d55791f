"""What may a row be, and which rows may there be, as far as the history of a case tells of them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Either:
    """A value that the history leaves open between a few; `any_value`: altogether."""

    choices: tuple[Any, ...] = ()
    any_value: bool = False

    def holds(self, value: object) -> bool:
        return self.any_value or value in self.choices


ANY: Final = Either(any_value=True)


@dataclass(slots=True)
class Rows:
    """The rows of one table and case, by number: open ones, and ended ones that were not compared yet.

    `behind`: ended rows up to this number were compared; `early`: rows up to it of which the history has not told yet.
    """

    open: dict[int, list[Any]] = field(default_factory=dict)
    closed: dict[int, list[Any]] = field(default_factory=dict)
    early: set[int] = field(default_factory=set)
    behind: int = 0

    @property
    def highest(self) -> int:
        return max(self.behind, max(self.open, default=0), max(self.closed, default=0))

    def row(self, number: int) -> list[Any] | None:
        """The row to be changed, wherever it stands."""
        return self.open.get(number) or self.closed.get(number)

    def close(self, number: int, row: list[Any]) -> None:
        self.open.pop(number, None)
        self.closed[number] = row


@dataclass(slots=True)
class Listed:
    """Rows of one table and case in their order, those that were not compared yet; `behind`: the id of the last that
    was, `count`: how many were."""

    rows: list[list[Any]] = field(default_factory=list)
    behind: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """To whom an open task is offered: groups and people by the names that the model gives.

    `by_name_alone`: to people, so that no group looks after it where no group is named.
    """

    groups: tuple[str, ...]
    people: tuple[str, ...]
    by_name_alone: bool
