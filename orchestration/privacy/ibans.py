"""Is this an IBAN, and how far does it go?

ISO 13616 and the registry of SWIFT: the length of each country's, its sum (ISO/IEC 7064, 97-10), and for the countries
whose accounts are digits alone, that they are. Reads folded text. Pure.
"""

import re
from typing import Final

from orchestration.privacy.folding import Folded

_LENGTHS: Final = {
    match[1]: int(match[2])
    for match in re.finditer(
        r"([A-Z]{2})(\d{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
        "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 "
        "LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 "
        "QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30",
    )
}
_IN_DIGITS: Final = frozenset(
    {
        "AE", "AT", "BA", "BE", "BI", "CR", "CZ", "DE", "DJ", "DK", "EE", "EG", "ES", "FI", "FO", "GL", "HR", "HU",
        "IL", "IS", "LT", "LY", "ME", "MN", "MR", "NO", "PL", "PT", "RS", "SD", "SE", "SI", "SK", "SO", "ST", "TL",
        "TN", "VA", "XK",
    }
)  # fmt: skip
_START: Final = re.compile(r"[a-z]{2}[\doil]{2}")
_DIGITS: Final = str.maketrans("oil", "011")
_WIDEST: Final = 6


def is_iban(value: str) -> bool:
    """Whether this is an IBAN: the country's length, and 1 modulo 97."""
    text = value.upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) or len(text) != _LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def ibans(text: Folded) -> list[tuple[int, int, str]]:
    """Where IBANs stand among the letters and digits of a text, and each written plainly."""
    found = []
    stream, at = text.tight, 0
    while match := _START.search(stream, at):
        at = match.start()
        iban = _iban(stream, at)
        if iban and _is_written_so(text, at, at + len(iban)):
            found.append((at, at + len(iban), iban))
            at += len(iban)
        else:
            at += 1
    return found


def _iban(stream: str, at: int) -> str:
    """The IBAN that begins here, or an empty text."""
    country = stream[at : at + 2].upper()
    plain = stream[at + 2 : at + _LENGTHS.get(country, 0)]
    if not plain:
        return ""
    plain = plain.translate(_DIGITS) if country in _IN_DIGITS else plain[:2].translate(_DIGITS) + plain[2:]
    return country + plain.upper() if is_iban(country + plain) else ""


def _is_written_so(text: Folded, at: int, end: int) -> bool:
    """A few signs or spaces between the characters, and nothing that goes on with the number.

    Where letters belong to the account too, words of a sentence are none: signs stand one at a time, a word begins.
    """
    gaps = [text.gap(place) for place in range(at + 1, end)]
    widest = _WIDEST if text.tight[at : at + 2].upper() in _IN_DIGITS else 1
    if any(len(gap) > widest and "\n" not in _written(text, at + 1 + place) for place, gap in enumerate(gaps) if gap):
        return False
    goes_on = not text.gap(end) and end < len(text.tight) and text.tight[end].isdigit()
    begins = widest == _WIDEST or bool(text.gap(at)) or not any(gaps)
    return not goes_on and begins


def _written(text: Folded, place: int) -> str:
    places = text.tight_places
    return text.text[text.places[places[place - 1]] : text.places[places[place]]]
