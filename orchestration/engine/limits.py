"""How much may a model ask of the engine?

The limits of one installation as a value: whoever executes a command hands them in (`execute`, `build`), since the
engine reads no settings. What was decided under other limits stays as it is: the history is replayed, not decided anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orchestration.deadlines.work_calendar import WorkCalendar

_NINE_TO_FIVE: Final = ((9 * 60, 17 * 60),)


def plain_office(key: str) -> WorkCalendar:
    """Monday to Friday from 9 to 17, UTC, without holidays: where nobody says when the office of this name works."""
    return WorkCalendar(key, "UTC", (_NINE_TO_FIVE,) * 5 + ((), ()))


@dataclass(frozen=True, slots=True)
class Limits:
    """`least_period`: a cycle (BPMN 10.4.5, CMMN 5.4.2) fires at most so often, whatever its model says.

    `most_made_up`: so many missed moments of a cycle are made up one after another, then it goes on from now.
    `most_hops`: so many cases may be moved one through another's message or signal, without a person (`chain`), and
    `most_letters` in one hour by all that came of one.
    `office`: when the office works whose calendar a timer names (`office_time`).
    """

    least_period: timedelta = timedelta(seconds=1)
    most_made_up: int = 10
    most_hops: int = 50
    most_letters: int = 500
    office: Callable[[str], WorkCalendar] = plain_office


DEFAULT: Final = Limits()
