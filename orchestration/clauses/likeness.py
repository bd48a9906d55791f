"""Does a sentence read rather like what the house does not agree to, or like what it does?

By meaning (an embedding): the nearest of the sentences that the standard names, of either kind. Numbers are for the
limits to compare, and meaning says little of who owes whom: so the parties are called by what they are (the supplier,
the customer), and what denies is not held against what does not.

Where the embedding of many languages is here (`make languages`), it is asked, too, and alone of what is not in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

import numpy as np

from orchestration.actors.kinds.text_model.embedding import Vectors, embed
from orchestration.knowledge.embedded import of_passages
from orchestration.knowledge.embeddings import MANY, Read, names
from orchestration.knowledge.wording import denies

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
    r"|\bthe customer\b[^.]*[,;][^.]*\bthe supplier (?:may|can|is free to)\b"
    r"|\bnur (?:der|dem|den) (?:supplier|customer)\b|\b(?:der|dem|den) (?:supplier|customer) allein\b",
    re.IGNORECASE,
)
BOTH: Final = re.compile(
    r"\b(?:either|each|both|neither|parties|mutual|beiden?|jede[rn]?|parteien|gegenseitig)\b", re.IGNORECASE
)


def called(text: str) -> str:
    """The text with the parties called supplier and customer."""
    for pattern, name in PARTIES:
        text = pattern.sub(name, text)
    return text


def one_sided(sentence: str) -> bool:
    """Whether it frees or binds one side alone."""
    plain = called(sentence)
    return bool(ALONE.search(plain)) and not BOTH.search(plain)


@dataclass(frozen=True, slots=True)
class Reading:
    """An embedding, and what it takes for a sentence to read rather like what the house does not agree to.

    `near`: how near it is to such a one at least. `rather`: how much nearer than to any that the house agrees to.
    `other_sign`: how much less near two count of which one denies and the other does not. `kind_near`: how near a
    clause is at least to a sentence of a kind to be of it.
    """

    embed: Callable[[Sequence[str]], Vectors]
    near: float
    rather: float
    other_sign: float
    kind_near: float


KIND_LEAD: Final = 0.1
"""How much nearer than to any sentence of another kind."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A sentence that is nearer to one that the house does not agree to than to any that it does.

    `surely`: by enough to name it.
    """

    sentence: str
    like: str
    surely: bool


def unlike(sentences: Sequence[str], against: Sequence[str], agreed: Sequence[str]) -> list[Likeness]:
    """Those that are nearer to one of `against`, by any embedding that can tell; one that is sure goes before."""
    if not against:
        return []
    native = [one for one in sentences if not _is_foreign(one)]
    found = list(_nearer(native, against, agreed, IN_ENGLISH))
    if MANY in names():
        found += _nearer(sentences, against, agreed, IN_MANY)
    best = {one.sentence: one for one in sorted(found, key=lambda one: one.surely)}
    return [best[one] for one in sentences if one in best]


@dataclass(frozen=True, slots=True)
class Alike:
    """Which of several kinds a text reads like most (its place), and whether by enough to say so."""

    kind: int
    surely: bool


def alike(texts: Sequence[str], kinds: Sequence[Sequence[str]]) -> list[Alike]:
    """Of each text: by the nearest sentence of any kind, and by how much nearer that is than any of another kind."""
    found: dict[str, Alike] = {}
    foreign = [one for one in texts if _is_foreign(one)]
    for reading, read in ((IN_ENGLISH, [one for one in texts if one not in foreign]), (IN_MANY, foreign)):
        if read:
            found |= zip(read, _alike(read, kinds, reading), strict=True)
    return [found[one] for one in texts]


def _alike(texts: Sequence[str], kinds: Sequence[Sequence[str]], reading: Reading) -> Iterator[Alike]:
    said = [sentence for kind in kinds for sentence in kind]
    ends = [0, *accumulate(map(len, kinds))]
    vectors = reading.embed([called(one) for one in (*texts, *said)])
    near = vectors[: len(texts)] @ vectors[len(texts) :].T
    for row in near:
        best = [float(row[first:last].max(initial=-1.0)) for first, last in pairwise(ends)]
        *_, second, first = sorted([-1.0, *best])
        yield Alike(best.index(first), first >= reading.kind_near and first - second >= KIND_LEAD)


def _nearer(
    sentences: Sequence[str], against: Sequence[str], agreed: Sequence[str], reading: Reading
) -> Iterator[Likeness]:
    if not sentences:
        return
    texts = [called(one) for one in (*sentences, *against, *agreed)]
    vectors, signs = reading.embed(texts), [denies(one) for one in texts]
    said, first = len(sentences), len(sentences) + len(against)
    for at, sentence in enumerate(sentences):
        near = [
            float(vectors[at] @ vectors[to]) - reading.other_sign * (signs[at] != signs[to])
            for to in range(said, len(texts))
        ]
        worst = max(range(len(against)), key=near.__getitem__)
        rather = near[worst] - max(near[first - said :], default=-1.0)
        if rather > 0:
            yield Likeness(sentence, against[worst], near[worst] >= reading.near and rather >= reading.rather)


def _is_foreign(sentence: str) -> bool:
    return MANY in names() and _read(called(sentence)).language != "en"


@lru_cache(maxsize=1024)
def _read(text: str) -> Read:
    """The sentences of the standard are asked for with each clause: 15 ms each."""
    (found,) = of_passages(MANY, [text])
    return found


def _many(texts: Sequence[str]) -> Vectors:
    return np.stack([np.frombuffer(_read(one).vector, np.float32) for one in texts])


IN_ENGLISH: Final = Reading(embed, near=0.62, rather=0.04, other_sign=0.1, kind_near=0.6)
IN_MANY: Final = Reading(_many, near=0.4, rather=0.1, other_sign=0.0, kind_near=0.45)
"""It tells what denies by itself."""
