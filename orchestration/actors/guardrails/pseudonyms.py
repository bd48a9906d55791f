"""What stands for a person, an address or an account in what leaves the house?

The guardrail `pseudonyms`; it always stands, and works for actors whose card says `leaves: true` (with `always: true`
for every actor). One value has one pseudonym in a call ("PERSON_1", "IBAN_1"), numbered as they come; the answer gets
the values back. Names are known from the case and from the contract's fields, all else shows by its form. The map lives
as long as the call and is made again from the same input; it is never stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.actors.guardrails import sight
from orchestration.actors.guardrails.guardrail import (
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    all_of,
    first_of,
    object_schema,
)
from orchestration.actors.guardrails.places import MOST_PLACES, texts, with_texts
from orchestration.ground.counts import counted
from orchestration.privacy.classification import Classification, Node
from orchestration.privacy.masks import PSEUDONYM as BY_FORM
from orchestration.privacy.stand_ins import WORDS, kind_of
from orchestration.privacy.texts import FORMS, Secret, Secrets, compress

Json = Any
PSEUDONYM: Final = re.compile(rf"\b({'|'.join(WORDS.values())})_(\d{{1,4}})\b", re.IGNORECASE)


def normal(given: Json) -> Parameters:
    found = given or {}
    return {"kinds": found.get("kinds", sorted(WORDS)), "always": found.get("always", False)}


def loosened(parent: Parameters, child: Parameters) -> str:
    no_longer = parent["always"] and not child["always"]
    return first_of(all_of(parent, child, "kinds"), "always went from true to false" if no_longer else "")


def check(crossing: Crossing, parameters: Parameters) -> Said:
    handoff = crossing.handoff
    if not (handoff.card.leaves or parameters["always"]):
        return PASSED
    kinds = frozenset(parameters["kinds"])
    known = tuple(dict.fromkeys(known_values(crossing, kinds)))
    names = Names(known, kinds & FORMS, _taken(crossing.value))
    value = with_texts(crossing.value, lambda _, text: names.put_in(text))
    if not names.restore:
        return PASSED
    places = crossing.places(*(place for place, text in texts(value) if PSEUDONYM.search(text)))
    told = f"{counted(len(names.restore), 'pseudonym stands', 'pseudonyms stand')} for personal details."
    return Said(sentence=told, places=places[:MOST_PLACES], value=value, restore=dict(names.restore))


def _taken(value: Json) -> frozenset[str]:
    """What looks like a pseudonym already: somebody wrote it, and it stands for nothing."""
    return frozenset(found[0].upper() for _, text in texts(value) for found in PSEUDONYM.finditer(text))


def known_values(crossing: Crossing, kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(kind, value) of the personal values that the case holds, and that stand in such fields of the input."""
    handoff = crossing.handoff
    classification = sight.input_classification(handoff)
    if classification is not None:
        yield from values_of(crossing.value, classification, kinds)
    if handoff.case.classification is not None:
        yield from values_of(handoff.case.data, handoff.case.classification, kinds)


def values_of(data: Json, classification: Classification, kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from _values(data, classification.root, kinds)


def kind_at(node: Node, value: Json) -> str:
    """The kind of detail that a value at this place is, where its rule or its form tells that."""
    return kind_of(value) if node.rule.mask == BY_FORM and isinstance(value, str) else node.rule.mask


def _values(value: Json, node: Node | None, kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
    if node is None:
        return
    if isinstance(value, str):
        kind = kind_at(node, value)
        if kind in kinds and value.strip() and value not in node.rule.vocabulary:
            yield kind, value
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _values(item, node if node.is_opaque else node.child(key), kinds)


@dataclass
class Names:
    """The pseudonyms of one call: `restore` grows as texts are gone through."""

    known: tuple[tuple[str, str], ...]
    forms: frozenset[str]
    taken: frozenset[str]
    restore: dict[str, str] = field(default_factory=dict)
    _by_value: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sought = [(kind, value, Secrets(known=frozenset({Secret(value, kind)}))) for kind, value in self.known]
        self._formed = Secrets(kinds=self.forms)

    def put_in(self, text: str) -> str:
        """The text with a pseudonym in place of each personal value."""
        pieces: list[str] = []
        last = 0
        for start, end, kind, value in self._apart(text):
            pieces += [text[last:start], self._pseudonym(kind, value)]
            last = end
        return "".join([*pieces, text[last:]]) if pieces else text

    def _apart(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """What is found, none overlapping another: the longest wins."""
        found = sorted(self._found(text), key=lambda one: (one[0] - one[1], one[0]))
        kept: list[tuple[int, int, str, str]] = []
        for one in found:
            if all(one[1] <= other[0] or one[0] >= other[1] for other in kept):
                kept.append(one)
        yield from sorted(kept)

    def _found(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        for kind, value, secrets in self._sought:
            yield from ((find.start, find.end, kind, value) for find in secrets.finds(text))
        if self.forms:
            for start, end, kind in self._formed.formed(text):
                yield start, end, kind, text[start:end]

    def _pseudonym(self, kind: str, value: str) -> str:
        key = kind, compress(value)
        if key not in self._by_value:
            word = WORDS[kind]
            used = {name for name in self._by_value.values() if name.startswith(word)} | self.taken
            number = next(n for n in range(1, len(used) + 2) if f"{word}_{n}" not in used)
            self._by_value[key] = f"{word}_{number}"
            self.restore[self._by_value[key]] = value
        return self._by_value[key]


def restored(value: Json, restore: Mapping[str, str]) -> Json:
    """An answer with what its pseudonyms stand for."""
    if not restore:
        return value
    return with_texts(value, lambda _, text: PSEUDONYM.sub(lambda found: restore.get(found[0].upper(), found[0]), text))


GUARDRAIL: Final = Guardrail(
    "pseudonyms",
    BEFORE,
    "Personal details in what leaves the house are replaced by pseudonyms, and put back into the answer.",
    check,
    {
        "anyOf": [
            {"type": "null"},
            object_schema(
                kinds={"type": "array", "uniqueItems": True, "items": {"enum": sorted(WORDS)}},
                always={"type": "boolean"},
            ),
        ]
    },
    normal,
    loosened,
    stands=True,
)
