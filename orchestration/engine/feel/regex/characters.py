"""Which characters does a class such as `\\d`, `\\p{Lu}` or `[a-z-[aeiou]]` hold? (XML Schema part 2, appendix F.)"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .blocks import BLOCKS

Holds = Callable[[str], bool]

_CATEGORIES = frozenset(
    group + kind
    for group, kinds in (
        ("L", "ultmo"),
        ("M", "nce"),
        ("N", "dlo"),
        ("P", "cdseifo"),
        ("Z", "slp"),
        ("S", "mcko"),
        ("C", "cfon"),
    )
    for kind in ("", *kinds)
)
_NAME_START = (
    (":", ":"),
    ("A", "Z"),
    ("_", "_"),
    ("a", "z"),
    ("\u00c0", "\u00d6"),
    ("\u00d8", "\u00f6"),
    ("\u00f8", "\u02ff"),
    ("\u0370", "\u037d"),
    ("\u037f", "\u1fff"),
    ("\u200c", "\u200d"),
    ("\u2070", "\u218f"),
    ("\u2c00", "\u2fef"),
    ("\u3001", "\ud7ff"),
    ("\uf900", "\ufdcf"),
    ("\ufdf0", "\ufffd"),
    ("\U00010000", "\U000effff"),
)
_NAME_MORE = (("-", "."), ("0", "9"), ("\u00b7", "\u00b7"), ("\u0300", "\u036f"), ("\u203f", "\u2040"))


def _within(ranges: tuple[tuple[str, str], ...]) -> Holds:
    return lambda character: any(first <= character <= last for first, last in ranges)


def opposite(holds: Holds) -> Holds:
    """All characters that the class does not hold."""
    return lambda character: not holds(character)


def _is_space(character: str) -> bool:
    return character in " \t\n\r"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


_is_name_start = _within(_NAME_START)
_is_name = _within(_NAME_START + _NAME_MORE)

ESCAPES: dict[str, Holds] = {
    "s": _is_space,
    "S": opposite(_is_space),
    "d": _is_digit,
    "D": opposite(_is_digit),
    "w": _is_word,
    "W": opposite(_is_word),
    "i": _is_name_start,
    "I": opposite(_is_name_start),
    "c": _is_name,
    "C": opposite(_is_name),
}


def property_class(name: str) -> Holds | None:
    """The class of `\\p{name}`: a general category or `Is` and a block; None if there is no such property."""
    if name in _CATEGORIES:
        return lambda character: unicodedata.category(character).startswith(name)
    block = BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        return None
    first, last = block
    return lambda character: first <= ord(character) <= last


@lru_cache(maxsize=4096)
def variants(character: str) -> frozenset[str]:
    """The characters that differ from this one in case alone, itself too."""
    found = {character}
    for _ in range(2):
        found |= {form for known in found for form in (known.lower(), known.upper(), known.title()) if len(form) == 1}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """`[...]`: ranges of characters, classes by name, perhaps negated, perhaps less another class."""

    ranges: tuple[tuple[str, str], ...]
    classes: tuple[Holds, ...]
    negated: bool
    without: CharacterClass | None

    def holds(self, character: str, ignoring_case: bool) -> bool:
        """Letter case is ignored for ranges, never for classes by name."""
        forms = variants(character) if ignoring_case else (character,)
        listed = any(first <= form <= last for first, last in self.ranges for form in forms)
        inside = (listed or any(holds(character) for holds in self.classes)) is not self.negated
        return inside and not (self.without is not None and self.without.holds(character, ignoring_case))
