"""Is this name one of those on a list, and why does it seem so?

Name screening: names and aliases are written in Latin letters (anyascii), without marks, signs and legal forms, and
compared by RapidFuzz: word by word in any order, and letter by letter without spaces. A score of 100 is the same name.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio, token_sort_ratio

LEAST: Final = 86.0
"""The score from which a name counts as found, where nobody says another."""
LOOKED_AT: Final = 40
"""Names on the list that are weighed word by word."""
NEAR: Final = 58.0
"""The score of the quick comparison below which a name is not looked at."""
SHORT: Final = 2
"""Letters of a word that may be an initial, or tells two people apart little."""
_FORMS: Final = (
    "ab ag bv co company corp corporation gmbh inc jsc kg limited llc llp ltd nv oao ooo oy plc pjsc sa sarl spa srl "
    "the zao"
)
LEGAL: Final = frozenset(_FORMS.split())
_WORD: Final = re.compile(r"[a-z0-9]+")
_ALIKE: Final = (
    ("ckh", "kh"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("zh", "j"), ("sch", "sh"), ("tch", "ch"), ("dj", "j"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("iy", "i"), ("yi", "i"), ("ij", "i"), ("y", "i"), ("w", "v"), ("q", "k"),
    ("ck", "k"), ("x", "ks"), ("ie", "e"), ("ei", "e"),
)  # fmt: skip
_TWICE: Final = re.compile(r"(.)\1")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody on a list: its number there, the name first written, what they are, under what, and other names."""

    id: str
    name: str
    kind: str = ""
    programme: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a name may be. `by`: the name of it that is nearest; `score`: 0 to 100; `why`: in sentences."""

    entry: Entry
    by: str
    score: float
    why: tuple[str, ...]


class Watchlist:
    """A list, prepared once, against which names are held."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        told = [(entry, name) for entry in entries for name in (entry.name, *entry.also)]
        self._names: Sequence[tuple[Entry, str]] = [(entry, name) for entry, name in told if words(name)]
        self._keys = [" ".join(sorted(words(name))) for _, name in self._names]
        self._joined = [key.replace(" ", "") for key in self._keys]

    def __len__(self) -> int:
        return len({entry.id for entry, _ in self._names})

    def matches(self, name: str, least: float = LEAST) -> tuple[Match, ...]:
        """Those that it may be, the surest first, each entry once, by its nearest name."""
        said = words(name)
        if not said:
            return ()
        found: dict[str, Match] = {}
        for place in self._near(said):
            entry, listed = self._names[place]
            score = likeness(said, words(listed))
            if score >= least and score > (found[entry.id].score if entry.id in found else 0.0):
                found[entry.id] = Match(entry, listed, round(score, 1), tuple(reasons(name, entry, listed)))
        return tuple(sorted(found.values(), key=lambda one: (-one.score, one.entry.id)))

    def _near(self, said: tuple[str, ...]) -> set[int]:
        key = " ".join(sorted(said))
        sorted_alike = process.extract(
            key, self._keys, scorer=ratio, processor=None, limit=LOOKED_AT, score_cutoff=NEAR
        )
        joined = process.extract(
            "".join(said), self._joined, scorer=token_sort_ratio, processor=None, limit=LOOKED_AT, score_cutoff=NEAR
        )
        return {place for _, _, place in (*sorted_alike, *joined)}


def words(name: str) -> tuple[str, ...]:
    """The words by which a name is compared: Latin, small, each sound written one way, legal forms left out."""
    latin = _WORD.findall(anyascii(name).lower().replace("'", ""))
    kept = [word for word in latin if word not in LEGAL] or latin
    return tuple(map(_sounds, kept))


def _sounds(word: str) -> str:
    for one, other in _ALIKE:
        word = word.replace(one, other)
    return _TWICE.sub(r"\1", word)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """From 0 to 100: the better of all letters in a row, and word by word; what only one name has lowers it."""
    whole = max(ratio("".join(one), "".join(other)), token_sort_ratio(" ".join(one), " ".join(other)))
    return max(whole, _by_word(one, other))


def _by_word(one: Sequence[str], other: Sequence[str]) -> float:
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if len(few) < SHORT or len("".join(few)) < 8:
        return 0.0
    left, points, letters = list(many), 0.0, 0
    for word in sorted(few, key=len, reverse=True):
        best = max(left, key=lambda each: _word(word, each))
        left.remove(best)
        points += _word(word, best) * len(word)
        letters += len(word)
    over = sum(len(word) for word in left) / max(1, letters + sum(len(word) for word in left))
    return 100 * points / letters * (1 - 0.35 * over)


def _word(one: str, other: str) -> float:
    if min(len(one), len(other)) == 1:
        return 0.9 if one[0] == other[0] else 0.0
    near = JaroWinkler.similarity(one, other)
    return near if near >= 0.8 else near / 2


def reasons(name: str, entry: Entry, listed: str) -> Iterator[str]:
    """Why a name seems to be that of an entry, and what is apart."""
    yield "It is the name on the list." if listed == entry.name else f"The list has “{listed}” as another name of it."
    said, there = words(name), words(listed)
    if not name.isascii():
        yield f"Written in Latin letters it is “{anyascii(name)}”."
    if said == there:
        return
    if sorted(said) == sorted(there):
        yield "The same words stand in another order."
        return
    yield from (f"“{word}” is not in the name on the list." for word in said if _nearest(word, there) < 0.8)
    yield from (f"The name on the list has “{word}”, too." for word in there if _nearest(word, said) < 0.8)
    alike = [word for word in said if word not in there and _nearest(word, there) >= 0.8]
    if alike:
        yield f"Written otherwise: {', '.join(f'“{word}”' for word in alike)}."


def _nearest(word: str, among: Sequence[str]) -> float:
    return max((_word(word, each) for each in among), default=0.0)
