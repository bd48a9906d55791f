"""What name stands for a hidden value, so that people can tell it from another and follow it through one case?

Letters that a keyed digest of the value gives, in the grammar of what it is where that has a place for what is
nobody's: an account is one of its country and length with the check digits 00, which no account has (ISO 13616), an
e-mail address is below `.invalid` (RFC 2606). Whatever else could be somebody's, a name above all, has a word for what
it is: `PERSON_KDRXWB`. Only consonants: they make no word, no name and no number that a text could be searched for.
Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from orchestration.privacy.detectors import details
from orchestration.privacy.folding import Folded, light, tight
from orchestration.privacy.ibans import is_iban

WORDS: Final[Mapping[str, str]] = {
    "name": "PERSON", "email": "EMAIL", "phone": "PHONE", "iban": "IBAN", "card": "CARD",
}  # fmt: skip
"""kind of detail (its mask) -> the word of its pseudonyms."""
_OTHER: Final = "VALUE"
_CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH: Final = 6
_NO_SUM: Final = "00"
_NOBODY_S: Final = "stand-in.invalid"
STAND_IN: Final = re.compile(
    rf"\b(?:(?:{'|'.join([*WORDS.values(), _OTHER])})_[{_CONSONANTS}]{{{_LENGTH}}}"
    rf"|[A-Z]{{2}}{_NO_SUM}[{_CONSONANTS}]{{11,30}}|[{_CONSONANTS.lower()}]{{{_LENGTH}}}@{re.escape(_NOBODY_S)})\b"
)


def kind_of(value: str) -> str:
    """The mask that a value would have by its own form; words without a digit are taken for a name; else none."""
    plain = value.strip()
    whole = next((one.kind for one in details(Folded(plain)) if (one.start, one.end) == (0, len(plain))), "")
    return whole or ("" if any(character.isdigit() for character in plain) else "name")


def stand_in(value: str, digest: str) -> str:
    """The name that stands for a value. `digest`: a keyed one, in hexadecimal digits."""
    kind = kind_of(value)
    if kind == "iban":
        return _account(tight(light(value)).upper(), digest)
    if kind == "email":
        return f"{_letters(digest, _LENGTH).lower()}@{_NOBODY_S}"
    return f"{WORDS.get(kind, _OTHER)}_{_letters(digest, _LENGTH)}"


def _account(plain: str, digest: str) -> str:
    """An account that is none: `plain` with other letters. 00 is 97 to who reckons the sum and asks no more; then one
    letter differs."""
    made = f"{plain[:2]}{_NO_SUM}{_letters(digest, len(plain) - 4)}"
    return made if not is_iban(made) else f"{made[:-1]}{'B' if made[-1] != 'B' else 'C'}"


def _letters(digest: str, many: int) -> str:
    number, letters = int(digest, 16), ""
    for _ in range(many):
        number, place = divmod(number, len(_CONSONANTS))
        letters += _CONSONANTS[place]
    return letters
