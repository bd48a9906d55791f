"""What in this text would tell somebody a personal detail, and what is shown in its place?

Two things are looked for: values that are known from the case and hidden from the reader (`Secrets`), and what has the
form of an e-mail address, an IBAN (checksum of ISO 13616), a card number (Luhn, ISO/IEC 7812-1) or a phone number.
Names are found only when they are known. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

DOTS = "•••"
DOT = DOTS[0]

SOUGHT = 4  # characters from which a hidden value is looked for inside words; a shorter one only as a word of its own
_PARTICLES = frozenset(
    {"and", "dame", "den", "der", "des", "die", "dos", "herr", "frau", "miss", "mrs", "sir", "the", "van", "von"}
)

# ISO 13616 (the IBAN registry of SWIFT): how long an IBAN of each country is.
_IBAN_LENGTHS = {
    match[1]: int(match[2])
    for match in re.finditer(
        r"([A-Z]{2})(\d{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
        "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 "
        "LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 "
        "QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30",
    )
}

_SIGNS = re.compile(r"[\s()/.\-]")
_EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d[ -]?\d")
_DIGIT_RUN = re.compile(r"(?<![\w])\d(?:[ -]?\d){12,}(?!\w)")
_PHONE = re.compile(  # +49 ..., 0049 ..., 030 ... or (030) ...; (212) 555-0142 or 212-555-0142
    r"(?<![\w+/.-])(?:\+|00?(?=[ /-]?[1-9])|\(0|\(\d{3}\)|\d{3}[ .-](?=\d{3}[ .-]\d{4}\b))"
    r"(?:[ ()/.-]{0,2}\d){6,14}(?!\w)"
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})(?:\b.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the reader must not see, and how it is masked (name, email, phone, iban, card, text, all)."""

    value: str
    mask: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a reader must not learn from any text: known values, and kinds of detail that show by their form.

    `shown` holds values (compressed, see `compress`) that the reader sees anyway, and that stay clear in a text too.
    """

    known: frozenset[Secret] = frozenset()
    kinds: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    def leak(self, text: str) -> str:
        """The kind of detail that this text would give away, or an empty text."""
        return "known value" if _sought(text, self.known) else next((find.mask for find in _found(text, self)), "")


NO_SECRETS = Secrets()
FORMS = frozenset({"email", "iban", "card", "phone"})


def mask_text(text: str, secrets: Secrets) -> str:
    """The text with every secret replaced by its mask; the same text where there is nothing to hide."""
    shown = text
    for find in sorted(_found(text, secrets), key=lambda find: -find.start):
        shown = shown[: find.start] + mask_value(shown[find.start : find.end], find.mask) + shown[find.end :]
    masks = _masks(secrets.known)
    sought = _sought(shown, secrets.known)
    if sought:
        shown = sought.sub(lambda match: mask_value(match[0], masks.get(compress(match[0]), "all")), shown)
    while sought := _sought(shown, secrets.known):  # a mask shows a part of its value, which may be a secret of its own
        shown = sought.sub(DOTS, shown)
    return shown


def mask_value(value: str, mask: str) -> str:
    """A value as somebody sees it who may not see it; never more than a small part of it."""
    shown = _MASKS.get(mask, _hide)(value)
    return DOTS if value in shown else shown


def compress(value: str) -> str:
    """A value without the spaces and signs that people write it with, in one case: for comparing."""
    return _SIGNS.sub("", unicodedata.normalize("NFC", value)).casefold()


def is_iban(value: str) -> bool:
    """Whether this is an IBAN: the country's length, and 1 modulo 97 (ISO 13616, ISO/IEC 7064)."""
    text = value.upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) or len(text) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def is_card_number(digits: str) -> bool:
    """Whether these digits can be a payment card: 13 to 19 of them, starting 2 to 6, Luhn's sum (ISO/IEC 7812-1)."""
    if not re.fullmatch(r"[2-6][0-9]{12,18}", digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


# What is shown in place of a value


def _hide(value: str) -> str:
    return DOTS


def _mask_email(value: str) -> str:
    local, at, host = value.strip().rpartition("@")
    name, dot, ending = host.rpartition(".")
    if not (at and dot and name and len(local) > 1 and ending.isalpha()):
        return DOTS
    return f"{local[0]}{DOTS}@{DOTS}.{ending}"


def _mask_iban(value: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9]", "", value).upper()
    return f"{plain[:2]}•• •••• {plain[-4:]}" if len(plain) >= 15 else DOTS


def _mask_card(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    return f"•••• {digits[-4:]}" if len(digits) >= 12 else DOTS


def _mask_phone(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    return f"{DOTS} {digits[-2:]}" if len(digits) >= 6 else DOTS


def _mask_name(value: str) -> str:
    return " ".join(word[0] + DOTS if len(word) > 1 else DOTS for word in value.split()) or DOTS


_MASKS: dict[str, Callable[[str], str]] = {
    "email": _mask_email,
    "iban": _mask_iban,
    "card": _mask_card,
    "phone": _mask_phone,
    "name": _mask_name,
}
MASKS = frozenset(_MASKS) | {"text", "all"}


# What is found by its form


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    mask: str


def _found(text: str, secrets: Secrets) -> list[_Find]:
    """Every detail of a hidden kind, none overlapping another: the one with a checksum wins."""
    finds: list[_Find] = []
    if not secrets.kinds:
        return finds
    for find in (*_emails(text), *_ibans(text), *_cards(text), *_phones(text)):
        if all(find.end <= other.start or other.end <= find.start for other in finds):
            finds.append(find)
    return [find for find in finds if _is_hidden(find, text, secrets)]


def _is_hidden(find: _Find, text: str, secrets: Secrets) -> bool:
    return find.mask in secrets.kinds and compress(text[find.start : find.end]) not in secrets.shown


def _emails(text: str) -> Iterator[_Find]:
    if "@" in text:
        yield from (_Find(*match.span(), "email") for match in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[_Find]:
    for match in _IBAN_START.finditer(text):
        end = _end_of_iban(text, match.start())
        if end:
            yield _Find(match.start(), end, "iban")


def _end_of_iban(text: str, start: int) -> int:
    """Where the IBAN that starts here ends, or 0 when it is none: read as many characters as its country has."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    characters, at = "", start
    while at < len(text) and len(characters) < length:
        if text[at].isascii() and text[at].isalnum():
            characters += text[at]
        elif text[at] not in " -" or text[at - 1] in " -":
            return 0
        at += 1
    return at if length and is_iban(characters) and not text[at : at + 1].isalnum() else 0


def _cards(text: str) -> Iterator[_Find]:
    for run in _DIGIT_RUN.finditer(text):
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run[0])]
        spans = ((first[0], last[1]) for at, first in enumerate(groups) for last in reversed(groups[at : at + 19]))
        yield from (_Find(a, b, "card") for a, b in spans if is_card_number(re.sub(r"\D", "", text[a:b])))


def _phones(text: str) -> Iterator[_Find]:
    for match in _PHONE.finditer(text):
        if not _DATE.fullmatch(match[0]) and len(re.sub(r"\D", "", match[0])) <= 15:
            yield _Find(*match.span(), "phone")


# What is found because it is known


def _sought(text: str, known: frozenset[Secret]) -> re.Pattern[str] | None:
    """What finds the known values that are in this text, or None where there are none."""
    if not known:
        return None
    # Most texts hold none, and to see that costs a tenth of making the pattern.
    tight = compress(text)
    if not any(tight_part in tight or part in text for part, tight_part in _tight_parts(known)):
        return None
    return pattern if (pattern := _pattern_of(known)).search(text) else None


@lru_cache(maxsize=256)
def _pattern_of(known: frozenset[Secret]) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(part) for part, _ in _tight_parts(known)) or r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=256)
def _tight_parts(known: frozenset[Secret]) -> tuple[tuple[str, str], ...]:
    """Each part of each value, also compressed; the longest first, so that a name wins over a part of it."""
    parts = {part for secret in known for part in _parts(secret)}
    return tuple((part, compress(part)) for part in sorted(parts, key=lambda part: (-len(part), part)))


@lru_cache(maxsize=256)
def _masks(known: frozenset[Secret]) -> dict[str, str]:
    """How each part is masked, by the part compressed; `all` wins where a value stands in several fields."""
    inorder = sorted(known, key=lambda secret: (secret.mask == "all", secret.mask, secret.value))
    return {compress(part): secret.mask for secret in inorder for part in _parts(secret)}


def _parts(secret: Secret) -> Iterator[str]:
    """The value, and what of it would give it away: the words of a name, the subscriber number of a phone."""
    value = secret.value.strip()
    if len(value) > 1 and value.strip(DOT) and not (value.isdigit() and len(value) < SOUGHT):
        yield from {value, unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)}
    if secret.mask == "name":
        words = re.findall(r"[^\W\d_]{3,}", value)
        yield from (word for word in words if word.casefold() not in _PARTICLES)
    if secret.mask == "phone":
        digits = re.sub(r"\D", "", value)
        yield from (digits[-length:] for length in range(7, len(digits) - 1))


def _pattern(value: str) -> str:
    exactly = re.escape(value)
    if sum(character.isdigit() for character in value) >= 6:  # numbers are written with all kinds of spaces and signs
        loosely = r"[\s()/.\-]{0,3}".join(re.escape(character) for character in _SIGNS.sub("", value))
        return f"{exactly}|{loosely}"
    if len(value) < SOUGHT:
        return rf"(?<!\w){exactly}(?!\w)"
    return exactly
