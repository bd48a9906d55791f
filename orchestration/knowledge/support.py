"""Does what an answer says stand in what it was made from? (citation check)

A rule that can be measured, in place of a model that would have to be believed: every number of a sentence stands in
the sources, and its meaning is near that of some sentence there. It finds what was made up more surely than what was
turned round (“may” for “may not”): `python -m tests.benchmarks knowledge` prints how surely. A person reads the answer
anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestration.actors.kinds.text_model.embedding import embed

LEAST: Final = 0.5
"""How near a sentence has to be to one of the sources, from -1 to 1."""
SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+")
NUMBER: Final = re.compile(r"\d[\d.,'\u00a0\u202f]*")
POLITE: Final = re.compile(
    r"^(dear|hello|hi|kind regards|yours|sincerely|best|thank you|customer care|we are sorry|i am sorry)\b",
    re.IGNORECASE,
)
FEWEST: Final = 4
"""Words of a sentence that says something."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Support:
    """How many sentences say something, and those of them that do not stand in the sources."""

    sentences: int
    missing: tuple[str, ...]

    def said(self) -> str:
        """A sentence for people."""
        if not self.missing:
            return "All that it says stands in its sources."
        shown = "; ".join(f"“{one[:200]}”" for one in self.missing[:3])
        return f"Not in its sources: {shown}{' and more' if len(self.missing) > 3 else ''}."


def supported(text: str, sources: Sequence[str], least: float = LEAST) -> Support:
    """Which sentences of the text do not stand in the sources."""
    said = [one for one in _sentences(text) if _says_something(one)][:MOST]
    known = [one for source in sources for one in _sentences(source)][:MOST]
    numbers = {number for source in sources for number in _numbers(source)}
    if not said or not known:
        return Support(len(said), tuple(said))
    near = (embed(said) @ embed(known).T).max(axis=1)
    missing = [one for one, far in zip(said, near < least, strict=True) if far or set(_numbers(one)) - numbers]
    return Support(len(said), tuple(missing))


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in SENTENCES.split(text) if one.strip()]


def _says_something(sentence: str) -> bool:
    return len(sentence.split()) >= FEWEST and not (POLITE.match(sentence) and len(sentence.split()) < 8)


def _numbers(text: str) -> list[str]:
    """Numbers without what separates their thousands or ends a sentence."""
    return [re.sub(r"\D", "", found) for found in NUMBER.findall(text)]
