"""Does a text that is meant as a date lie in a year that can be reckoned with?"""

from __future__ import annotations

import re
from typing import Final

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between which a date of a case lies: at the ends of the calendar nothing can be reckoned with one."""
_DATED: Final = re.compile(r"([0-9]{4})-?W?[0-9]")


def reckonable(text: str) -> bool:
    """Whether a text that begins as a date has such a year."""
    begun = _DATED.match(text.strip())
    return begun is None or FIRST_YEAR <= int(begun[1]) <= LAST_YEAR
