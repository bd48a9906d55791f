"""How does one say that something was not done, and why?

A refusal is a value that goes back to whoever asked, like any other answer; it is never an exception.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NO_SUCH: Final = "no-such"
"""The code where what an address names is not there: other than what is there and in another state."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A command was not carried out, and why, in a sentence for people. `code` is for programs.

    `errors`: for each field (dotted path) what is wrong with what was given.
    """

    code: str
    message: str
    errors: Mapping[str, str] = field(default_factory=dict)
