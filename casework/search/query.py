"""What is asked for in the one box, and which words fit it?

Words as `cases.search_words` makes them: each fits what begins with it, all have to; beside others, a word of one or
two letters fits as a whole. Where nothing fits, those words of some case do that are one edit away (Damerau-Levenshtein
distance 1), but no numbers: another number is another thing. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from casework.cases.search_words import words_of

MOST: Final = 6
"""Words that are looked for; the rest is left out."""
BEGINS: Final = 3
"""Characters from which a word among others is looked for by its beginning, and one alone among all cases."""
NEAR: Final = range(4, 17)
"""Lengths of words that may have been mistyped."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is asked for. `whole`: only as it is; `near`: words that are taken for it as well."""

    text: str
    whole: bool = False
    near: frozenset[str] = frozenset()

    def fits(self, word: str) -> bool:
        begins = word == self.text if self.whole else word.startswith(self.text)
        return begins or word in self.near


def terms(asked: str) -> tuple[Term, ...]:
    """The words of what somebody typed, each once."""
    words = list(dict.fromkeys(words_of(asked)))[:MOST]
    return tuple(Term(word, whole=len(words) > 1 and len(word) < BEGINS) for word in words)


def slips(asked: Sequence[Term]) -> frozenset[str]:
    """The words, or no words, that these may have been meant to be."""
    return frozenset().union(*(one_edit(term.text) for term in asked if _may_be_wrong(term.text)))


def nearly(asked: Sequence[Term], known: Collection[str]) -> tuple[Term, ...]:
    """The same, with those known words that they may have been meant to be."""
    words = frozenset(known)
    return tuple(
        replace(term, near=words & one_edit(term.text)) if _may_be_wrong(term.text) else term for term in asked
    )


def is_narrow(asked: Sequence[Term]) -> bool:
    """Whether this can be looked for among all cases, and not only among the newest."""
    return len(asked) > 1 or any(len(term.text) >= BEGINS for term in asked)


def statement(asked: Sequence[Term], level: int) -> str:
    """A `tsquery` for who has this clearance (0 to 3). Words hold letters and digits only, so nothing is quoted in
    them."""
    return " & ".join(f"({' | '.join(_lexemes(term, level))})" for term in asked)


def _lexemes(term: Term, level: int) -> list[str]:
    begins = "" if term.whole else ":*"
    levels = range(level + 1)
    return [f"'{each}{term.text}'{begins}" for each in levels] + [
        f"'{each}{word}'" for each in levels for word in sorted(term.near)
    ]


def _may_be_wrong(word: str) -> bool:
    return len(word) in NEAR and not any(character.isdigit() for character in word)


def one_edit(word: str) -> frozenset[str]:
    """The words that one letter left out, put in, taken for another or swapped with the next one makes of it."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = (a + b[1:] for a, b in cuts if b)
    swapped = (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1)
    taken = (a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase)
    put_in = (a + letter + b for a, b in cuts for letter in ascii_lowercase)
    return frozenset((*left_out, *swapped, *taken, *put_in)) - {word}
