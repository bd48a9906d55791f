"""Which of these words stands in any case, in clear for this clearance?

A dictionary (`SearchedWord`) of all words by which cases are found, each behind its clearance. However many words are
asked about, it is one statement, of as many probes of an index for each level; a word that is hidden from the reader
is not asked for, so neither the answer nor its time tells of it.
"""

from __future__ import annotations

from collections.abc import Collection

from casework.models import SearchedWord


def known(words: Collection[str], level: int) -> frozenset[str]:
    """Those that are known at this clearance, 0 to 3."""
    if not words:
        return frozenset()
    asked = [f"{each}{word}" for each in range(level + 1) for word in words]
    there = SearchedWord.objects.extra(where=["word = any(%s::text[])"], params=[asked])
    return frozenset(lexeme[1:] for lexeme in there.values_list("word", flat=True))
