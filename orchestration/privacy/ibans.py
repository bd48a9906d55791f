"""Is this an IBAN, and how far does it go?

ISO 13616 and the registry of SWIFT: the form of each country's accounts (how many digits and letters, in which order),
and its sum (ISO/IEC 7064, 97-10). Reads folded text. Pure.
"""

import re
from string import ascii_uppercase, digits
from typing import Final

from orchestration.privacy.folding import Folded

_KINDS: Final = {"n": frozenset(digits), "a": frozenset(ascii_uppercase), "c": frozenset(ascii_uppercase + digits)}
_REGISTRY: Final = """
    AD 8n12c AE 19n AL 8n16c AT 16n AZ 4a20c BA 16n BE 12n BG 4a6n8c BH 4a14c BI 23n BR 23n1a1c BY 4c4n16c CH 5n12c
    CR 18n CY 8n16c CZ 20n DE 18n DJ 23n DK 14n DO 4c20n EE 16n EG 25n ES 20n FI 14n FK 2a12n FO 14n FR 10n11c2n
    GB 4a14n GE 2a16n GI 4a15c GL 14n GR 7n16c GT 24c HR 17n HU 24n IE 4a14n IL 19n IQ 4a15n IS 22n IT 1a10n12c
    JO 4a4n18c KW 4a22c KZ 3n13c LB 4n20c LC 4a24c LI 5n12c LT 16n LU 3n13c LV 4a13c LY 21n MC 10n11c2n MD 20c
    ME 18n MK 3n10c2n MN 16n MR 23n MT 4a5n18c MU 4a19n3a NI 4a20n NL 4a10n NO 11n OM 3n16c PK 4a16c PL 24n PS 4a21c
    PT 21n QA 4a21c RO 4a16c RS 18n RU 14n15c SA 2n18c SC 4a20n3a SD 14n SE 20n SI 15n SK 20n SM 1a10n12c SO 19n
    ST 21n SV 4a20n TL 19n TN 20n TR 6n16c UA 6n19c VA 18n VG 4a16n XK 16n YE 4a4n18c
"""
"""What stands after country and sum: so many digits (n), capital letters (a) or either (c)."""
_FORMS: Final = {
    country: "nn" + "".join(kind * int(times) for times, kind in re.findall(r"(\d+)([nac])", form))
    for country, form in re.findall(r"([A-Z]{2}) (\w+)", _REGISTRY)
}
_IN_DIGITS: Final = frozenset(country for country, form in _FORMS.items() if set(form) == {"n"})
_START: Final = re.compile(r"[a-z]{2}[\doil]{2}")
_DIGITS: Final = str.maketrans("oil", "011")
_WIDEST: Final = 6


def is_iban(value: str) -> bool:
    """Whether this is an IBAN: an account in the form of its country, and 1 modulo 97."""
    text = value.upper()
    form, rest = _FORMS.get(text[:2], ""), text[2:]
    if not form or len(rest) != len(form):
        return False
    if not all(character in _KINDS[kind] for character, kind in zip(rest, form, strict=True)):
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
    """The IBAN that begins here, or an empty text. Where digits belong, an o is a zero, an i or l a one.

    Letters alone are words, though they may read so.
    """
    country = stream[at : at + 2].upper()
    form = _FORMS.get(country, "")
    rest = stream[at + 2 : at + 2 + len(form)]
    if len(rest) < len(form) or not any(map(str.isdigit, rest)):
        return ""
    read = (one.translate(_DIGITS) if kind == "n" else one for one, kind in zip(rest, form, strict=True))
    plain = country + "".join(read).upper()
    return plain if is_iban(plain) else ""


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
