"""What may be a tag, and how is it written? Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MARK: Final = "#"
"""Stands before a tag where fields of the data stand, none of which begins so."""
LONGEST: Final = 30
NOT_A_WORD: Final = f"A tag is made of letters, digits and hyphens, at most {LONGEST} of them."
_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def tag_of(text: str) -> str:
    """The word that a tag is, whatever its capitals and the spaces in it; empty where it can be none."""
    word = "-".join(unicodedata.normalize("NFKC", text).lower().removeprefix(MARK).split())
    return word if len(word) <= LONGEST and _WORD.fullmatch(word) else ""
