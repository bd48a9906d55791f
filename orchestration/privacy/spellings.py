"""In which forms may a hidden value stand in a text?

Each form is one word of plain folded text, so that it can be kept in a table and sought without the value itself:
`maria_stone` letters and digits that belong together, `_` where signs and spaces may stand between them;
`#370400440532013000` a number of which any six digits in a row give a part away; `@1980-03-05` a date, in whatever
way it is written; `=%21%3F` what has no letters and is sought sign by sign. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import quote

from orchestration.privacy.folding import light, tight
from orchestration.privacy.masks import DOT, PSEUDONYM
from orchestration.privacy.stand_ins import kind_of

SOUGHT: Final = 4
"""Characters from which a form is sought inside words; a shorter one only as a word of its own."""
PART: Final = 6
"""Digits of a known number that give it away."""
LONGEST: Final = 32
"""Characters of a long form by which it is found; from there on as far as a text agrees with it."""

_PARTICLES: Final = frozenset(
    {"and", "dame", "den", "der", "des", "die", "dos", "herr", "frau", "miss", "mrs", "sir", "the", "van", "von"}
)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_APART: Final = re.compile(rf"[\W_]{{13,}}|{DOT}")
_LETTERS: Final = re.compile(r"[^\W\d_]{3,}")
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d?)\.(\d\d?)\.(\d{4})")
_NUMBER: Final = re.compile(r"\d{6,}")
_SPELT_OUT: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
_CONFUSED: Final = re.compile(r"(?<=\d)[oil](?=[\doil]*\d)")
_DIGITS: Final = str.maketrans("oil", "011")


def spellings(value: str, mask: str) -> tuple[str, ...]:
    """The forms of a value with this mask; none for what is too short to tell anything."""
    plain = value.strip()
    if len(plain) < 2 or not plain.strip(DOT) or (plain.isdigit() and len(plain) < SOUGHT):
        return ()
    found = dict.fromkeys(_forms(plain, kind_of(plain) if mask == PSEUDONYM else mask))
    return tuple(form for form in found if form)


def straight(numbers: str) -> str:
    """Letters that stand for digits inside of a number (`37O4`), as digits; the text keeps its length."""
    return _CONFUSED.sub(lambda match: match[0].translate(_DIGITS), numbers)


def seeds(forms: tuple[str, ...]) -> tuple[str, ...]:
    """What a text must hold for any of these forms of letters to be in it: their letters and digits, of long ones the
    beginning."""
    return tuple({form.replace("_", "")[:LONGEST]: None for form in forms if form[0] not in "#@="})


def _forms(value: str, mask: str) -> Iterator[str]:
    day = _day(value)
    if day is not None:
        yield f"@{day.isoformat()}"
        yield from (f"{day:%Y_%m_%d}", f"{day:%d_%m_%Y}", f"{day:%m_%d_%Y}")
        return
    for written in _transliterated(value):
        yield _form(written)
        if mask == "name":
            yield from _names(written)
        if "@" in written:
            yield from _addresses(written)
    yield from _numbers(value, mask)
    if _APART.search(light(value)):
        yield "=" + quote(value, safe="")


def _form(value: str) -> str:
    """A value's words one after the other, or its signs where it has hardly a letter."""
    plain = light(value)
    words = _WORD.findall(plain)
    if sum(map(len, words)) >= min(SOUGHT, len(value)):
        return "_".join(words)
    return "=" + quote(value, safe="")


def _names(value: str) -> Iterator[str]:
    for word in _LETTERS.findall(light(value)):
        if word not in _PARTICLES:
            yield word


def _addresses(value: str) -> Iterator[str]:
    """An e-mail address with its signs in words, and its first part where that is a name by itself."""
    local, _, host = light(value).rpartition("@")
    names, hosts = _WORD.findall(local), _WORD.findall(host)
    if len(names) > 1 and sum(map(len, names)) >= 8:
        yield "_".join(names)
    for at in ("at", "a", ""):
        for dot in ("", "dot", "punkt", "point"):
            inside = f"_{dot}_" if dot else "_"
            if at or dot:
                yield "_".join(filter(None, ("_".join(names), at, inside.join(hosts))))
            if dot and len(names) > 1:
                yield "_".join(filter(None, (inside.join(names), at, inside.join(hosts))))


def _numbers(value: str, mask: str) -> Iterator[str]:
    """The digits of an account, a card, a phone or another number; not those that stand in a longer text."""
    plain = straight(tight(light(value)))
    if mask in ("iban", "card", "phone") or sum(character.isalpha() for character in plain) <= 12:
        yield from (f"#{digits}" for digits in _NUMBER.findall(plain))
        if mask == "phone" and value.startswith("+"):  # +49 (0)30
            yield from (f"#{plain[:code]}0{plain[code:]}" for code in (1, 2, 3))
        if re.fullmatch(r"-?\d+\.\d", value):  # a sum of money, as people write it
            yield "_".join((value + "0").lstrip("-").split("."))


def _transliterated(value: str) -> Iterator[str]:
    """The value, with its umlauts written out, and with two letters written as an umlaut."""
    yield value
    composed = unicodedata.normalize("NFC", value)
    spelt_out = "".join(_SPELT_OUT.get(character, character) for character in composed)
    if spelt_out != composed:
        yield spelt_out
    contracted = re.sub(r"(?i)(?<=[a-z])([aou])e|^([aou])e", r"\1\2", value)
    if contracted != value and len(contracted) > SOUGHT:
        yield contracted


def _day(value: str) -> date | None:
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    try:
        return date(int(match[1] or match[6]), int(match[2] or match[5]), int(match[3] or match[4]))
    except ValueError:
        return None
