"""What may be kept of an error that an actor or another system wrote?

It may quote what it was given. What is hidden in the case, what has the form of a personal detail, and what repeats the
input is masked before the error is kept in history, ledger and incident. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from orchestration.privacy.masks import DOTS
from orchestration.privacy.texts import FORMS, Secrets, mask_text

Json = Any
RUN: Final = 3
"""So many words of an input in a row are a quotation."""
SHORTEST: Final = 4
"""Shorter values than this are words that anybody uses."""
LONGEST: Final = 4000
"""Characters of an error that are kept."""
_WORD: Final = re.compile(r"[^\W_]+")


def without_data(error: str, given: Json, secrets: Secrets) -> str:
    """The error without what it quotes of `given`, and without these secrets."""
    found = mask_text(error[:LONGEST], secrets.watching(FORMS))
    spans = sorted(_quoted(found, given))
    pieces, last = [], 0
    for start, end in spans:
        if end > last:
            pieces += [found[last : max(start, last)], DOTS if start >= last else ""]
            last = end
    return "".join([*pieces, found[last:]])


def _quoted(error: str, given: Json) -> Iterator[tuple[int, int]]:
    said = [(found[0].casefold(), *found.span()) for found in _WORD.finditer(error)]
    runs = {run for value in _values(given) for run in _runs(value)}
    for length in {len(run) for run in runs}:
        for at in range(len(said) - length + 1):
            words = said[at : at + length]
            if tuple(word for word, *_ in words) in runs:
                yield words[0][1], words[-1][2]


def _runs(value: str) -> Iterator[tuple[str, ...]]:
    """What would be a quotation of this value: all of a short one, `RUN` words in a row of a long one."""
    words = tuple(found[0].casefold() for found in _WORD.finditer(value))
    if len(words) <= RUN:
        if sum(map(len, words)) >= SHORTEST:
            yield words
        return
    yield from (words[at : at + RUN] for at in range(len(words) - RUN + 1))


def _values(given: Json) -> Iterator[str]:
    if isinstance(given, dict | list):
        for item in given.values() if isinstance(given, dict) else given:
            yield from _values(item)
    elif isinstance(given, str):
        yield given
    elif given is not None and not isinstance(given, bool):
        yield str(given)
