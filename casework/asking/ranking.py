"""Which pieces of a case does a question ask for?

By words alone (BM25, Robertson and Zaragoza 2009), so that it works in every language and costs nothing: the pieces of
one case are few. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

WORD: Final = re.compile(r"\w+")
STEM: Final = 5
"""Letters of a word that count: endings differ (refund, refunded), beginnings seldom do."""
SATURATED, BY_LENGTH = 1.2, 0.75
"""How soon a word that comes again counts less, and how much a long text is held against (k1 and b)."""


def by_relevance(question: str, texts: Sequence[str]) -> list[int]:
    """The places of the texts that have a word of the question, the most fitting first."""
    asked, bags = set(_words(question)), [Counter(_words(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / max(len(bags), 1) or 1
    rarity = {word: _rarity(sum(word in bag for bag in bags), len(bags)) for word in asked}
    scores = [sum(rarity[word] * _weight(bag[word], bag.total() / mean) for word in asked & bag.keys()) for bag in bags]
    return sorted((at for at, score in enumerate(scores) if score > 0), key=lambda at: (-scores[at], at))


def _words(text: str) -> list[str]:
    return [word[:STEM] for word in WORD.findall(text.casefold()) if len(word) > 1]


def _rarity(having: int, all_of_them: int) -> float:
    return math.log(1 + (all_of_them - having + 0.5) / (having + 0.5))


def _weight(times: int, length: float) -> float:
    return times * (SATURATED + 1) / (times + SATURATED * (1 - BY_LENGTH + BY_LENGTH * length))
