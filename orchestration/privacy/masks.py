"""What is shown in place of a value that is hidden?

Just enough to tell it from another: a country and four digits of an account, the first letters of a name. Pure.
"""

import re
from collections.abc import Callable
from typing import Final

from orchestration.privacy.folding import light, tight

DOTS: Final = "•••"
DOT: Final = DOTS[0]


def mask_value(value: str, mask: str) -> str:
    """A value as somebody sees it who may not see it; never more than a small part of it."""
    shown = _MASKS.get(mask, _hide)(value)
    return DOTS if value in shown else shown


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


def _digits(value: str) -> str:
    return re.sub(r"\D", "", light(value))


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "email": _mask_email,
    "iban": _mask_iban,
    "card": _mask_card,
    "phone": _mask_phone,
    "name": _mask_name,
}
MASKS: Final = frozenset(_MASKS) | {"text", "all"}
