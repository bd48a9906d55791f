"""What is shown in place of a value that is hidden?

Just enough to tell it from another, or to work with it: a country and four digits of an account, the first letters of a
name, the year of a day, the band that an amount lies in, a name that stands for it (`stand_ins`). Pure.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from orchestration.privacy.folding import light, tight
from orchestration.privacy.stand_ins import STAND_IN

DOTS: Final = "•••"
DOT: Final = DOTS[0]
_DAY: Final = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_AMOUNT: Final = re.compile(r"([0-9]{1,15})(?:\.[0-9]+)?")
_STEPS: Final = {1: "one", 2: "two", 5: "five", 10: "ten", 20: "twenty", 50: "fifty", 100: "one hundred",
                 200: "two hundred", 500: "five hundred"}  # fmt: skip
_SIZES: Final = {10**3: "thousand", 10**6: "million"}
_BOUNDS: Final = [step * size for size in _SIZES for step in _STEPS]
_WORDS: Final = [f"{step} {size}" for size in _SIZES.values() for step in _STEPS.values()]
"""In words: as digits a bound might be the value itself, would be hidden as that, and so tell it."""


def mask_value(value: str, mask: str) -> str:
    """A value as somebody sees it who may not see it; never more than a small part of it."""
    shown = _MASKS.get(mask, _hide)(value)
    return DOTS if value in shown else shown


def mask_in_text(found: str, mask: str) -> str:
    """The same for what was found in a text, where a part of a number would say another year or band than its field.

    `mask`: a mask, or the name that stands for the whole value."""
    if STAND_IN.fullmatch(mask):
        return mask
    return DOTS if mask in _OF_A_WHOLE else mask_value(found, mask)


MASKED_TEXT: Final = f"This text holds masked values ({DOT}, or a name for one): write it out, or leave them away."


def holds_mask(text: str) -> bool:
    """Whether something in this text is shown masked: nobody may write that in the place of the value."""
    return DOT in text or STAND_IN.search(text) is not None


def _hide(value: str) -> str:
    return DOTS


def _mask_email(value: str) -> str:
    local, at, host = value.strip().rpartition("@")
    name, dot, ending = host.rpartition(".")
    if not (at and dot and name and len(local) > 1 and ending.isalpha()):
        return DOTS
    return f"{local[0]}{DOTS}@{DOTS}.{ending}"


def _mask_iban(value: str) -> str:
    plain = tight(light(value)).upper()
    if len(plain) < 15:
        return DOTS
    return f"{plain[:2]}•• •••• {plain[-4:]}" if plain[:2].isalpha() else f"{DOTS} {plain[-4:]}"


def _mask_card(value: str) -> str:
    digits = _digits(value)
    return f"•••• {digits[-4:]}" if len(digits) >= 12 else DOTS


def _mask_phone(value: str) -> str:
    digits = _digits(value)
    return f"{DOTS} {digits[-2:]}" if len(digits) >= 6 else DOTS


def _mask_name(value: str) -> str:
    return " ".join(word[0] + DOTS if len(word) > 1 else DOTS for word in value.split()) or DOTS


def _mask_year(value: str) -> str:
    day = _DAY.fullmatch(value.strip())
    return day[1] if day else DOTS


def _mask_band(value: str) -> str:
    number = _AMOUNT.fullmatch(value.strip())
    if number is None:
        return DOTS
    at = bisect_right(_BOUNDS, int(number[1]))
    if at in (0, len(_BOUNDS)):
        return f"{_WORDS[-1]} or more" if at else f"less than {_WORDS[0]}"
    return f"{_WORDS[at - 1]} to {_WORDS[at]}"


def _digits(value: str) -> str:
    return re.sub(r"\D", "", light(value))


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "email": _mask_email,
    "iban": _mask_iban,
    "card": _mask_card,
    "phone": _mask_phone,
    "name": _mask_name,
    "year": _mask_year,
    "band": _mask_band,
}
_OF_A_WHOLE: Final = frozenset({"year", "band"})
PSEUDONYM: Final = "pseudonym"
ABSENT: Final = "absent"
MASKS: Final = frozenset(_MASKS) | {PSEUDONYM, ABSENT, "text", "all"}
