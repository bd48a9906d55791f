"""Which words find a case, and for whom?

The lexemes of its full text: each word folded (`orchestration.privacy.folding`), behind the least clearance, 0 to 3, to
which it stands in clear: `0refund`, `2maria`. A word that is hidden in one field is hidden wherever it is echoed, so
what finds a case tells nobody what they may not read. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.values import values_in_words
from orchestration.casetypes.case_type import CaseType
from orchestration.privacy.classification import LEVELS, rank
from orchestration.privacy.folding import light, tight
from orchestration.privacy.masking import Field, fields

Json = Any
WORD: Final = re.compile(r"[^\W_]+")
LONGEST: Final = 40
"""Characters of a word by which it is found."""
MOST: Final = 3000
"""Different words of one case that find it."""
SECRET: Final = 3
"""Letters from which a part of a hidden name is hidden elsewhere too; of what is no name, one more."""


@dataclass(frozen=True, slots=True)
class Words:
    """Lexemes: words that are `shown`, each with the least clearance to which it is, and the `hidden` ones among all,
    with the least clearance to which they are not."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """The words of a text as they are sought, in its order."""
    return [word[:LONGEST] for word in WORD.findall(light(text))]


def face_of(title: str, reference: str) -> str:
    """Title and reference with what finds them: a reference is also said without its signs."""
    return f"{title} {reference} {tight(light(reference))}"


def lexemes(text: str, level: int = 0) -> tuple[str, ...]:
    """The words of a text that is shown from this clearance on."""
    return tuple(dict.fromkeys(f"{level}{word}" for word in words_of(text)))


def words_in(data: Mapping[str, Json], case_type: CaseType) -> Words:
    """What of a case's data finds it."""
    said = values_in_words(case_type)
    shown, hidden = dict[str, None](), dict[str, None]()
    for field in fields(data, case_type.classification):
        level = level_of(field)
        for value in field.values:
            for text in {str(value): None, str(said(field.pointer, value)): None}:
                shown.update((f"{level}{word}", None) for word in words_of(text))
            hidden.update((f"{level}{word}", None) for word in _secrets(field, value))
    return Words(tuple(shown)[:MOST], tuple(hidden))


def level_of(field: Field) -> int:
    """The least clearance to which a field is shown; a text is shown to all, without the details in it."""
    return 0 if field.is_text else rank(field.rule.level)


def _secrets(field: Field, value: Json) -> Iterator[str]:
    """What of a hidden value is hidden elsewhere too: each part of a name, anything else that is one word."""
    if field.is_text or field.rule.level == LEVELS[0] or value in field.rule.vocabulary:
        return
    words = words_of(str(value))
    if field.rule.mask == "name":
        yield from _long(words, SECRET)
    elif len(words) == 1:
        yield from _long(words, SECRET + 1)


def _long(words: Iterable[str], least: int) -> Iterator[str]:
    return (word for word in words if len(word) >= least)
