"""Where in a text without a picture (an e-mail, an office document) does a field stand, or what one looks for?

A line of which something is masked for its reader is given as they read it, whole, and lights up whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from casework.documents.models import ReadField
from orchestration.documents.words import Box, Line, Word


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a line. `name`: of the field that stands there; `hit`: they hold what is searched for."""

    text: str
    name: str = ""
    lit: bool = False
    hit: bool = False


def parts_of(line: Line, read: str, found: Sequence[ReadField], lit: str, q: str) -> tuple[Part, ...]:
    """A line in its parts. `read`: as its reader reads it; `found`: what they may see of its page; `lit`: its name."""
    places = [(row.name, Box(*row.box)) for row in found if any(row.box)]
    if read == line.text:
        return tuple(_parts(line, places, lit, q.casefold().split()))
    name = next((name for name, box in places for word in line.words if _holds(box, word.box)), "")
    return (Part(read, name, bool(name) and name == lit),)


def _parts(line: Line, places: Sequence[tuple[str, Box]], lit: str, wanted: Sequence[str]) -> Iterator[Part]:
    def told(word: Word) -> tuple[str, bool]:
        name = next((name for name, box in places if _holds(box, word.box)), "")
        return name, any(part in word.text.casefold() for part in wanted)

    for (name, hit), words in groupby(line.words, told):
        yield Part(" ".join(word.text for word in words), name, bool(name) and name == lit, hit)


def _holds(box: Box, word: Box) -> bool:
    """Whether the middle of a word stands in a place."""
    return box.left <= (word.left + word.right) / 2 <= box.right and box.top <= word.middle <= box.bottom
