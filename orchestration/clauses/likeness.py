"""Does a sentence read rather like what the house does not agree to, or like what it does?

By meaning (an embedding): the nearest of the sentences that the standard names, of either kind. Numbers are for the
limits to compare, and meaning says little of who owes whom: so the parties are called by what they are (the supplier,
the customer), and what denies is not held against what does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.knowledge.wording import denies

NEAR: Final = 0.62
"""How near a sentence is at least to one that the house does not agree to."""
RATHER: Final = 0.04
"""How much nearer than to any that it agrees to."""
OTHER_SIGN: Final = 0.1
"""How much less near two sentences count of which one denies and the other does not."""
PARTIES: Final = (
    (
        re.compile(
            r"\b(?:service provider|contractor|vendor|provider|licensor|seller|agency"
            r"|auftragnehmers?|anbieters?|dienstleisters?|lieferanten?)\b",
            re.IGNORECASE,
        ),
        "supplier",
    ),
    (
        re.compile(
            r"\b(?:client|buyer|purchaser|licensee|principal|kunden?|auftraggebers?|bestellers?)\b", re.IGNORECASE
        ),
        "customer",
    ),
)
ALONE: Final = re.compile(
    r"\bonly the (?:supplier|customer)\b|\bthe (?:supplier|customer) alone\b"
    r"|\bthe supplier\b[^.]*\b(?:may|can|is free to)\b[^.]*[,;][^.]*\bthe customer\b[^.]*\b(?:only|not|nobody|never)\b"
    r"|\bthe customer\b[^.]*[,;][^.]*\bthe supplier (?:may|can|is free to)\b",
    re.IGNORECASE,
)
BOTH: Final = re.compile(r"\b(?:either|each|both|neither|parties|mutual)\b", re.IGNORECASE)


def called(text: str) -> str:
    """The text with the parties called supplier and customer."""
    for pattern, name in PARTIES:
        text = pattern.sub(name, text)
    return text


def one_sided(sentence: str) -> bool:
    """Whether it frees or binds one side alone."""
    plain = called(sentence)
    return bool(ALONE.search(plain)) and not BOTH.search(plain)


def unlike(sentences: Sequence[str], against: Sequence[str], agreed: Sequence[str]) -> list[tuple[str, str]]:
    """(sentence, what it reads like) of those that read rather like one of `against`."""
    if not sentences or not against:
        return []
    texts = [called(one) for one in (*sentences, *against, *agreed)]
    vectors, signs = embed(texts), [denies(one) for one in texts]
    said, first = len(sentences), len(sentences) + len(against)
    found = []
    for at, sentence in enumerate(sentences):
        near = [
            float(vectors[at] @ vectors[to]) - OTHER_SIGN * (signs[at] != signs[to]) for to in range(said, len(texts))
        ]
        worst = max(range(len(against)), key=near.__getitem__)
        best = max(near[first - said :], default=-1.0)
        if near[worst] >= NEAR and near[worst] - best >= RATHER:
            found.append((sentence, against[worst]))
    return found
