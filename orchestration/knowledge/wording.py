"""Which numbers does a sentence name, does it deny something, and of which parts is it made? In English and German.

Pure: words and endings, no grammar.
"""

from __future__ import annotations

import re
from typing import Final

DIGITS: Final = re.compile(r"\d[\d.,'\u00a0\u202f]*")
WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
DENIAL: Final = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot|unable"
    r"|nicht|nichts|nie|niemals|niemand|ohne|kein(?:e|en|er|es|em)?)\b|n['’]t\b",
    re.IGNORECASE,
)
PARTS: Final = re.compile(r"[,;:]\s|\s(?:and|but|or|und|aber|oder)\s", re.IGNORECASE)
LEAST_WORDS: Final = 2
_ENGLISH: Final = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_GERMAN: Final = (
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
    "neunzehn zwanzig"
)
_ENGLISH_TENS: Final = "thirty forty fifty sixty seventy eighty ninety"
_GERMAN_TENS: Final = "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
UNITS: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
GERMAN_UNITS: Final = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
NAMED: Final[dict[str, str]] = {
    **{word: str(number) for words in (_ENGLISH, _GERMAN) for number, word in enumerate(words.split(), 2)},
    **{
        word: str(number * 10)
        for words in (_ENGLISH_TENS, _GERMAN_TENS) for number, word in enumerate(words.split(), 3)
    },
    **{
        f"{tens}-{unit}": str(ten * 10 + one)
        for ten, tens in enumerate(("twenty", *_ENGLISH_TENS.split()), 2) for one, unit in enumerate(UNITS, 1)
    },
    **{
        f"{unit}und{tens}": str(ten * 10 + one)
        for ten, tens in enumerate(("zwanzig", *_GERMAN_TENS.split()), 2) for one, unit in enumerate(GERMAN_UNITS, 1)
    },
}  # fmt: skip
"""Numbers in words; “one” is left out, which is mostly no number."""


def numbers(text: str) -> frozenset[str]:
    """Every number, without what separates its thousands or ends a sentence; words as digits."""
    digits = {re.sub(r"\D", "", found) for found in DIGITS.findall(text)}
    words = {NAMED[word] for word in WORD.findall(text.lower()) if word in NAMED}
    return frozenset(digits | words)


def denies(text: str) -> bool:
    """Whether it says that something is not so; what is denied twice is not."""
    return len(DENIAL.findall(text)) % 2 == 1


def clauses(sentence: str) -> list[str]:
    """The sentence and its parts, so that what one part denies is not held against another."""
    parts = [part.strip() for part in PARTS.split(sentence)]
    long = [part for part in parts if len(part.split()) >= LEAST_WORDS]
    return long if len(long) > 1 else [sentence]
