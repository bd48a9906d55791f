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
from orchestration.privacy.masks import PSEUDONYM

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


def words_in(data: Mapping[str, Json], case_type: CaseType, *, sealed: bool = False) -> Words:
    """What of a case's data finds it. What may be read for some purposes only does not, nor does what restricted fields
    say where it is `sealed`, wherever it is echoed."""
    said = values_in_words(case_type)
    shown, hidden, unsaid = dict[str, None](), dict[str, None](), set[str]()
    for field in fields(data, case_type.classification):
        level, is_unsaid = level_of(field), sealed and field.rule.level == LEVELS[-1]
        for value in field.values:
            if is_unsaid:
                unsaid.update(_unsaid(str(value)))
                continue
            if field.rule.purposes and not field.is_text:
                unsaid.update(_secrets(field, value))
                continue
            for text in {str(value): None, str(said(field.pointer, value)): None}:
                shown.update(dict.fromkeys([f"{level}{word}" for word in words_of(text)]))
            hidden.update(dict.fromkeys([f"{level}{word}" for word in _secrets(field, value)]))
    told_of = [word for word in shown if word[1:] not in unsaid] if unsaid else shown
    return Words(tuple(told_of)[:MOST], tuple(word for word in hidden if word[1:] not in unsaid))


def level_of(field: Field) -> int:
    """The least clearance to which a field is shown; a text is shown to all, without the details in it."""
    return 0 if field.is_text else rank(field.rule.level)


def _unsaid(value: str) -> Iterator[str]:
    """By which words what a sealed field says would be found in a text that repeats it, with its spaces or without."""
    return _long([*words_of(value), *words_of(tight(light(value)))], SECRET + 1)


def _secrets(field: Field, value: Json) -> Iterator[str]:
    """What of a hidden value is hidden elsewhere too: each part of a name, anything else that is one word."""
    if field.is_text or field.rule.level == LEVELS[0] or value in field.rule.vocabulary:
        return
    words = words_of(str(value))
    if field.rule.mask in ("name", PSEUDONYM):
        yield from _long(words, SECRET)
    elif len(words) == 1:
        yield from _long(words, SECRET + 1)


def _long(words: Iterable[str], least: int) -> Iterator[str]:
    return (word for word in words if len(word) >= least)
