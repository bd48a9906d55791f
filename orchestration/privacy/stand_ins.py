"""What name stands for a hidden value, so that people can tell it from another and follow it through one case?

A word for what the value is, which can be seen (`IBAN`, `PERSON`), and letters that a keyed digest of it gives:
`PERSON_KDRXWB`. Only consonants: they make no word, no name and no number that a text could be searched for. Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from orchestration.privacy.detectors import details
from orchestration.privacy.folding import Folded

WORDS: Final[Mapping[str, str]] = {
    "name": "PERSON", "email": "EMAIL", "phone": "PHONE", "iban": "IBAN", "card": "CARD",
}  # fmt: skip
"""kind of detail (its mask) -> the word of its pseudonyms."""
_OTHER: Final = "VALUE"
_CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH: Final = 6
STAND_IN: Final = re.compile(rf"\b(?:{'|'.join([*WORDS.values(), _OTHER])})_[{_CONSONANTS}]{{{_LENGTH}}}\b")


def kind_of(value: str) -> str:
    """The mask that a value would have by its own form; words without a digit are taken for a name; else none."""
    plain = value.strip()
    whole = next((one.kind for one in details(Folded(plain)) if (one.start, one.end) == (0, len(plain))), "")
    return whole or ("" if any(character.isdigit() for character in plain) else "name")


def stand_in(value: str, digest: str) -> str:
    """The name that stands for a value. `digest`: a keyed one, in hexadecimal digits."""
    number, letters = int(digest, 16), ""
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_CONSONANTS))
        letters += _CONSONANTS[place]
    return f"{WORDS.get(kind_of(value), _OTHER)}_{letters}"
