"""How much may a model ask of the engine?

The limits of one installation as a value: whoever executes a command hands them in (`execute`, `build`), since the
engine reads no settings. What was decided under other limits stays as it is: the history is replayed, not decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """`least_period`: a cycle (BPMN 10.4.5, CMMN 5.4.2) fires at most so often, whatever its model says.

    `most_made_up`: so many missed moments of a cycle are made up one after another, then it goes on from now.
    `most_hops`: so many cases may be moved one through another's message or signal, without a person (`chain`), and
    `most_letters` in one hour by all that came of one.
    """

    least_period: timedelta = timedelta(seconds=1)
    most_made_up: int = 10
    most_hops: int = 50
    most_letters: int = 500


DEFAULT: Final = Limits()
