"""Which values of a case are about the person themselves, and which about somebody else?

For a copy of a person's data (GDPR, article 15 (4): not to the disadvantage of others). An object of the data that has
personal details, in which nothing stands that the person is known by, is about somebody else, and so is all that it
holds. What is about nobody (an amount, a category) goes with the case. Texts are shown without details of others, as
far as they are known from the data or show by their form; a name that stands in no field shows by no form. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.erasure.folding import folded
from orchestration.privacy.classification import Classification, Rule
from orchestration.privacy.masking import Field, fields
from orchestration.privacy.masks import PSEUDONYM
from orchestration.privacy.stand_ins import WORDS

PERSONAL: Final = frozenset({*WORDS, PSEUDONYM})


@dataclass(frozen=True, slots=True)
class Own:
    """JSON Pointers of values: shown in `clear`; of `others`; `beyond` what may be seen by who makes the copy.

    `opened`: of the clear ones, those that are beyond their clearance and that they may reveal.
    """

    clear: frozenset[str]
    others: frozenset[str]
    beyond: frozenset[str]
    opened: frozenset[str]


def own_data(
    data: Mapping[str, Any], classification: Classification, marks: tuple[str, ...],
    sees: Callable[[Rule, str], bool], may_reveal: bool,
) -> Own:  # fmt: skip
    """`marks`: what the person is known by. `sees`: whether who makes the copy sees a field under a rule at a place."""
    found = list(fields(data, classification))
    own, others = _objects(found, marks)
    clear, of_others, beyond, opened = set(), set(), set(), set()
    for one in found:
        if not _is_within(one.pointer, own) and _is_within(one.pointer, others):
            of_others.add(one.pointer)
        elif one.is_text:
            continue  # shown without details
        elif sees(one.rule, one.pointer) or may_reveal:
            clear.add(one.pointer)
            opened |= set() if sees(one.rule, one.pointer) else {one.pointer}
        else:
            beyond.add(one.pointer)
    return Own(frozenset(clear), frozenset(of_others), frozenset(beyond), frozenset(opened))


def stands_in(values: tuple[Any, ...], marks: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the marks stand in these values."""
    texts = [folded(str(value)) for value in values]
    return tuple(mark for mark in marks if any(folded(mark) in text for text in texts))


def _objects(found: list[Field], marks: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The objects (by JSON Pointer) that are about the person, and those that have details of others.

    The case itself is no object around its parts: what stands beside the person's is not theirs for that.
    """
    personal = {_around(one.pointer) for one in found if one.rule.mask in PERSONAL}
    own = {_around(one.pointer) for one in found if one.rule.mask in PERSONAL and stands_in(one.values, marks)}
    return frozenset(own), frozenset(personal - own)


def _around(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _is_within(pointer: str, objects: frozenset[str]) -> bool:
    """Whether the value stands in one of them, or in something inside one; of the case itself only its own values."""
    around = _around(pointer)
    return any(around == one or (one and around.startswith(f"{one}/")) for one in objects)
