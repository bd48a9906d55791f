"""Does what an answer says stand in what it was made from? (citation check)

A rule that can be measured, in place of a model that would have to be believed: every number of a sentence stands in
the sources, in digits or in words; its meaning is near that of some sentence there; and it denies something only where
the part of that sentence that is nearest does, too. What is turned round without a word of denial (“pays” for “is
paid”) it misses: `python -m tests.benchmarks knowledge` prints how surely. A person reads the answer anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestration.knowledge.courtesy import is_courtesy
from orchestration.knowledge.wording import clauses, denies, numbers

LEAST: Final = 0.5
"""How near a sentence has to be to one of the sources, from -1 to 1."""
SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+")
POLITE: Final = re.compile(
    r"^(dear|hello|hi|kind regards|yours|sincerely|best|thank you|customer care|we are sorry|i am sorry)\b",
    re.IGNORECASE,
)
FEWEST: Final = 4
"""Words of a sentence that says something, in a letter."""
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


def supported(text: str, sources: Sequence[str], least: float = LEAST, fewest: int = FEWEST) -> Support:
    """Which sentences of the text do not stand in the sources. `fewest`: words of one that says something."""
    said = [one for one in _sentences(text) if _says_something(one, fewest)][:MOST]
    known = [one for source in sources for one in _sentences(source)][:MOST]
    if not said or not known:
        return Support(len(said), tuple(said))
    from orchestration.actors.kinds.text_model.embedding import embed  # its libraries when there is something to check

    parts = [part for one in known for part in clauses(one)][: 2 * MOST]
    vectors = embed([*said, *known, *parts])
    claims, wholes, pieces = (vectors[a:b] for a, b in _spans(len(said), len(known), len(parts)))
    near = (claims @ wholes.T).max(axis=1)
    nearest = (claims @ pieces.T).argmax(axis=1)
    counted = {number for source in sources for number in numbers(source)}
    missing = [
        one for one, close, at in zip(said, near, nearest, strict=True)
        if close < least or numbers(one) - counted or denies(one) != denies(parts[at])
    ]  # fmt: skip
    return Support(len(said), tuple(missing))


def _spans(*lengths: int) -> list[tuple[int, int]]:
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    return list(zip([0, *ends], ends, strict=False))


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in SENTENCES.split(text) if one.strip()]


def _says_something(sentence: str, fewest: int) -> bool:
    short = len(sentence.split()) < 8
    return len(sentence.split()) >= fewest and not (POLITE.match(sentence) and short) and not is_courtesy(sentence)
