"""Does a case name a person again whom an order took out of it, and of whom only digests are left?

Keyed digests and lengths of the words stand outside the database, beside the notes of what was erased. What a restored
case says is looked through for spellings with one of these digests: whoever has not the key learns nothing of a person
from them, and the words themselves are kept nowhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from typing import Any, Final

from casework.erasure.finding import digests
from casework.erasure.folding import folded
from casework.erasure.places import places
from casework.erasure.words import Words

NOTHING: Final = ("",)
"""Its digest tells whether the key is the one of then."""


def noted(words: Words) -> dict[str, Any]:
    """What is noted of the words that an order took out."""
    return {
        "marks": digests(words.marks), "lengths": sorted({len(folded(mark)) for mark in words.marks}),
        "key": digests(NOTHING)[0],
    }  # fmt: skip


def can_be_recalled(note: dict[str, Any]) -> bool:
    """Not by what a version of before noted, nor after the key was changed."""
    return hmac.compare_digest(note.get("key", ""), digests(NOTHING)[0])


def recalled(chain: int, note: dict[str, Any]) -> Words | None:
    """The words that stand in the case again; None: none do."""
    sought = _Sought(frozenset(note["marks"]), note["lengths"])
    places(chain, sought)
    return Words(sorted(sought.found)) if sought.found else None


class _Sought(Words):
    """Is given all that a case says, and takes nothing out of it."""

    def __init__(self, marks: frozenset[str], lengths: Iterable[int]) -> None:
        super().__init__(())
        self.found: set[str] = set()
        self._digests, self._lengths = marks, tuple(sorted(lengths))
        self._seen: set[str] = set()

    def stand_in(self, text: str) -> bool:
        self.found |= {each for each in self._fresh(text) if digests((each,))[0] in self._digests}
        return False

    def _fresh(self, text: str) -> Iterator[str]:
        """What may be one of them and was not looked at yet: what begins where a word does, of one of the lengths."""
        plain, begins = _folded_with_beginnings(text)
        for start in begins:
            for length in self._lengths:
                each = plain[start : start + length]
                if len(each) == length and each not in self._seen:
                    self._seen.add(each)
                    yield each


def _folded_with_beginnings(text: str) -> tuple[str, list[int]]:
    """The text as spellings are compared, and where in it something begins that is no part of a word."""
    plain, begins, within = list[str](), list[int](), False
    at = 0
    for letter in text:
        fold = folded(letter)
        if fold and not within:
            begins.append(at)
        within = letter.isalnum()
        plain.append(fold)
        at += len(fold)
    return "".join(plain), begins
