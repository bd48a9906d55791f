"""What of a case's data may this reader see?

`mask(data, classification, principal)` gives the view that leaves the server. The classification comes from the JSON
Schema of the case type; what the schema does not name is hidden. A value hidden in its field is hidden wherever it is
echoed: in other fields, and through `View.text` and `View.payload` in the timeline, the inputs of a decision, a draft.
Pure.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from orchestration.privacy.classification import LEVELS, UNKNOWN, Classification, Node, Rule, escaped, unescaped
from orchestration.privacy.masks import ABSENT, DOTS, PSEUDONYM
from orchestration.privacy.principal import Principal, is_within
from orchestration.privacy.spellings import seeds, spellings
from orchestration.privacy.texts import FORMS, Former, Secret, Secrets, compress, mask_text

Json = Any
_CONTAINERS: Final = (dict, list)


@dataclass(frozen=True, slots=True)
class View:
    """The data as one principal may see it, and the JSON Pointers of its values.

    `clear` are shown as they are; `masked` are not, wholly or in a part (a name in a text). `hidden` are beyond the
    clearance and must not be written; what is absent (`x-mask: absent`) is of these, and in neither of the others.
    """

    data: Json
    clear: frozenset[str]
    masked: frozenset[str]
    hidden: frozenset[str]
    secrets: Secrets = field(repr=False)
    classification: Classification = field(repr=False)
    principal: Principal

    def is_absent(self, pointer: str) -> bool:
        """Whether there is no such field for this principal, be there a value or not."""
        parts = [unescaped(part) for part in pointer.split("/")[1:]]
        around = ("".join("/" + escaped(part) for part in parts[: depth + 1]) for depth in range(len(parts)))
        return any(_is_absent(self.classification.rule(place), place, self.principal) for place in around)

    def text(self, text: str) -> str:
        """Any text about the case, as this principal may read it."""
        return mask_text(text, self.secrets)

    def payload(self, payload: Json) -> Json:
        """Any JSON about the case, as this principal may read it."""
        return mask_payload(payload, self.classification, self.principal, self.secrets)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value of the document that holds no other, or a part of it that the schema does not describe."""

    pointer: str
    value: Json
    rule: Rule


@dataclass(frozen=True, slots=True)
class Rows:
    """The kept values of the past of one place (`FormerValue`), a row each."""

    forms: Sequence[str]
    seeds: Sequence[str]


def mask(
    data: Json,
    classification: Classification,
    principal: Principal,
    former: Iterable[Json] = (),
    past: Mapping[str, Rows] | None = None,
) -> View:
    """The view of the data. `former` are older states of the same data: what was hidden then stays hidden in texts.

    `past`: the same, as it is kept for a long history, by JSON Pointer.
    """
    leaves = _leaves(data, classification.root)
    older = [leaf for document in former for leaf in _leaves(document, classification.root)]
    secrets = _secrets([*leaves, *older], classification, principal, past or {})
    absent = frozenset(_absent(data, classification.root, "", principal))
    shown = {leaf.pointer: _shown(leaf, principal, secrets) for leaf in leaves if not is_within(leaf.pointer, absent)}
    hidden = frozenset(leaf.pointer for leaf in leaves if leaf.pointer not in shown or not _is_clear(leaf, principal))
    masked = frozenset(
        leaf.pointer for leaf in leaves
        if leaf.pointer in shown and (leaf.pointer in hidden or shown[leaf.pointer] != leaf.value)
    )  # fmt: skip
    return View(
        data=_rebuilt(data, classification.root, "", shown, absent, secrets),
        clear=frozenset(shown) - masked,
        masked=masked,
        hidden=hidden,
        secrets=secrets,
        classification=classification,
        principal=principal,
    )


def text_mask(
    data: Json, classification: Classification, principal: Principal, past: Mapping[str, Rows] | None = None
) -> Callable[[str], str]:
    """`View.text` alone, a quarter of the work: for short texts in lists, where nobody looks at the data itself."""
    secrets = _secrets(_leaves(data, classification.root), classification, principal, past or {})
    return partial(mask_text, secrets=secrets)


def mask_payload(payload: Json, classification: Classification, principal: Principal, secrets: Secrets) -> Json:
    """Any JSON about a case. What stands under the name of a field, or under its JSON Pointer, is under its rule."""
    return _Payload(classification, principal, secrets).shown(payload, ())


# Walking the document beside its schema


@dataclass(frozen=True, slots=True)
class Field:
    """A field with what stands in it: its texts and numbers. `is_text`: it is shown to all, without the details in
    it."""

    pointer: str
    values: tuple[Json, ...]
    rule: Rule
    is_text: bool


def fields(data: Json, classification: Classification) -> Iterator[Field]:
    """Each field of the data that holds texts or numbers."""
    for leaf in _leaves(data, classification.root):
        values = tuple(_scalars(leaf.value))
        if values:
            yield Field(leaf.pointer, values, leaf.rule, _is_text(leaf))


def _leaves(document: Json, root: Node | None) -> list[_Leaf]:
    found: list[_Leaf] = []

    def walk(value: Json, node: Node | None, pointer: str) -> None:
        if node is None or node.is_opaque or not isinstance(value, _CONTAINERS) or not value:
            found.append(_Leaf(pointer, value, node.rule if node else UNKNOWN))
            return
        for key, item in _items(value):
            walk(item, node.child(key), f"{pointer}/{escaped(key)}")

    walk(document, root, "")
    return found


def _items(value: dict[str, Json] | list[Json]) -> Iterable[tuple[str | int, Json]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _rebuilt(
    value: Json, node: Node | None, pointer: str, shown: Mapping[str, Json], absent: frozenset[str], secrets: Secrets
) -> Json:
    """The document again, with what is shown in the place of each leaf, and nothing where it is absent."""
    if node is None or pointer in shown:
        return shown[pointer]
    inside = [
        (key, _rebuilt(item, node.child(key), f"{pointer}/{escaped(key)}", shown, absent, secrets))
        for key, item in _items(value)
        if f"{pointer}/{escaped(key)}" not in absent
    ]
    if isinstance(value, list):
        return [item for _, item in inside]
    return {str(key) if node.describes(key) else mask_text(str(key), secrets): item for key, item in inside}


def _absent(value: Json, node: Node | None, pointer: str, principal: Principal) -> Iterator[str]:
    """The places that are not there for this principal, without those below them."""
    if node is not None and _is_absent(node.rule, pointer, principal):
        yield pointer
    elif node is not None and isinstance(value, dict | list) and not node.is_opaque:
        for key, item in _items(value):
            yield from _absent(item, node.child(key), f"{pointer}/{escaped(key)}", principal)


def _is_absent(rule: Rule, pointer: str, principal: Principal) -> bool:
    return rule.mask == ABSENT and not principal.sees(rule, pointer)


def _is_clear(leaf: _Leaf, principal: Principal) -> bool:
    return leaf.value in (None, "", [], {}) or principal.sees(leaf.rule, leaf.pointer)


def _shown(leaf: _Leaf, principal: Principal, secrets: Secrets) -> Json:
    if principal.has_revealed(leaf.pointer):
        return leaf.value
    return (
        _clear(leaf.value, secrets)
        if _is_clear(leaf, principal)
        else _masked(leaf.value, leaf.rule, principal, secrets)
    )


def _clear(value: Json, secrets: Secrets) -> Json:
    """A value that the reader may see, without what it echoes of values that they may not see."""
    if isinstance(value, dict):
        return {mask_text(str(key), secrets): _clear(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_clear(item, secrets) for item in value]
    return _without_echo(value, secrets)


def _masked(value: Json, rule: Rule, principal: Principal, secrets: Secrets) -> Json:
    if value is None:
        return None
    if rule.mask == "text" and isinstance(value, str):
        return mask_text(value, secrets)
    if isinstance(value, dict | list):
        return DOTS
    shown = principal.instead(str(value), rule.mask)
    # What a mask lets through (a country, four digits) must not be another secret.
    return DOTS if secrets.holds_known(shown) else shown


def _without_echo(value: Json, secrets: Secrets) -> Json:
    if isinstance(value, str):
        return mask_text(value, secrets)
    if value is None or isinstance(value, bool):
        return value
    written = json.dumps(value)
    return value if mask_text(written, secrets) == written else DOTS


# What must not be told


def _secrets(
    leaves: Iterable[_Leaf], classification: Classification, principal: Principal, past: Mapping[str, Rows]
) -> Secrets:
    hidden: set[Secret] = set()
    shown: set[str] = set()
    withheld: set[str] = set()
    for leaf in leaves:
        values = set(values_in(leaf.value))
        if leaf.rule.withheld:
            withheld |= values & leaf.rule.vocabulary
        if not _is_clear(leaf, principal):
            hidden |= {
                Secret(value, leaf.rule.mask, principal.named(value) if leaf.rule.mask == PSEUDONYM else "")
                for value in values - leaf.rule.vocabulary if not _is_text(leaf)
            }  # fmt: skip
        elif _is_detail(leaf, principal):
            shown |= {compress(value) for value in values}
    kinds = frozenset(kind for kind in FORMS if not all(map(principal.is_cleared, classification.rules_of(kind))))
    return Secrets(
        known=frozenset(hidden),
        kinds=kinds,
        shown=frozenset(shown),
        withheld=frozenset(withheld),
        former=tuple(_former(past, classification, principal)),
        wrote=principal.wrote,
    )


def _is_detail(leaf: _Leaf, principal: Principal) -> bool:
    """Whether a clear value is a detail by itself, which then stays clear in texts too; a text holding one is not."""
    return leaf.rule.mask in FORMS | {"name", PSEUDONYM} or principal.has_revealed(leaf.pointer)


def _is_text(leaf: _Leaf) -> bool:
    """Whether the value is shown to all, without the details in it; only these are secret then, not the whole."""
    return leaf.rule.mask == "text" and isinstance(leaf.value, str)


def values_in(value: Json) -> Iterator[str]:
    """The texts and numbers inside a value, as texts."""
    return (each if isinstance(each, str) else json.dumps(each) for each in _scalars(value))


def _scalars(value: Json) -> Iterator[str | int | float]:
    """The texts and numbers inside a value; a truth value tells nothing by itself."""
    if isinstance(value, _CONTAINERS):
        for _, item in _items(value):
            yield from _scalars(item)
    elif value is not None and not isinstance(value, bool):
        yield value


# Around the document


@dataclass(frozen=True, slots=True)
class _Hiding:
    """A field that must not be seen, and where among the names its path begins. Only its own fields may show in it."""

    rule: Rule
    start: int


@dataclass(frozen=True, slots=True)
class _Payload:
    """Masks JSON that is about the data, but not of its shape."""

    classification: Classification
    principal: Principal
    secrets: Secrets

    def shown(self, value: Json, names: tuple[str, ...], hiding: _Hiding | None = None) -> Json:
        """The value under these names, the innermost last; `hiding` is the field around it that must not be seen."""
        if isinstance(value, Mapping):
            return {
                self._key(str(key), names): self._under(value[key], (*names, *_parts(key)), hiding)
                for key in value if not self._is_absent((*names, *_parts(key)))
            }  # fmt: skip
        if isinstance(value, list | tuple):
            return [self._under(item, (*names, "*"), hiding) for item in value]
        if isinstance(value, str) and (value in self.secrets.withheld or self._names_absent(value)):
            return DOTS
        told = value in (None, "") or (isinstance(value, str) and compress(value) in self.secrets.shown)
        if hiding is None or told:
            return _without_echo(value, self.secrets)
        return _masked(value, hiding.rule, self.principal, self.secrets)

    def _names_absent(self, text: str) -> bool:
        """Whether it is the place of a field that is not there for them: as a JSON Pointer, or dotted."""
        if ABSENT not in self.classification.masked:
            return False
        names = _parts(text) if text.startswith("/") else tuple(text.split("."))
        return names in self.classification.paths and self._is_absent(names)

    def _is_absent(self, names: tuple[str, ...]) -> bool:
        rule, _ = self.classification.rule_of_names(names)
        return rule is not None and _is_absent(rule, _pointer(names), self.principal)

    def _key(self, key: str, names: tuple[str, ...]) -> str:
        return key if (*names, key) in self.classification.paths else mask_text(key, self.secrets)

    def _under(self, value: Json, names: tuple[str, ...], hiding: _Hiding | None) -> Json:
        rule, length = self.classification.rule_of_names(names)
        start = len(names) - length
        if rule is None or (hiding and start > hiding.start):
            return self.shown(value, names, hiding)
        sees = self.principal.sees(rule, _pointer(names))
        return self.shown(value, names, None if sees else _Hiding(rule, start))


def _pointer(names: Iterable[str]) -> str:
    return "".join("/" + escaped(name) for name in names)


def _parts(key: str) -> tuple[str, ...]:
    """The names in a key of a payload, which may be a JSON Pointer itself."""
    return tuple(unescaped(part) for part in key.split("/")[1:]) if key.startswith("/") else (key,)


# What was


@dataclass(frozen=True, slots=True)
class FormerValue:
    """A value of the past as it is kept: where it stood (a JSON Pointer), its `spellings` and their `seeds`."""

    pointer: str
    forms: str
    seeds: str


def former_values(documents: Iterable[Json], classification: Classification) -> Iterator[FormerValue]:
    """What of these documents somebody may not see, in the forms in which it is sought; public fields have none."""
    for document in documents:
        for leaf in _leaves(document, classification.root):
            if leaf.rule.level == LEVELS[0] or _is_text(leaf):
                continue
            for value in set(values_in(leaf.value)) - leaf.rule.vocabulary:
                forms = spellings(value, leaf.rule.mask)
                if forms:
                    yield FormerValue(leaf.pointer, " ".join(forms), " ".join(seeds(forms)))


def _former(past: Mapping[str, Rows], classification: Classification, principal: Principal) -> Iterator[Former]:
    """What of the past this principal does not see, by its mask."""
    for where, rows in past.items():
        pointer = where[where.find("/") :]  # whose data it stood in is said before it
        rule = classification.rule(pointer)
        if not principal.sees(rule, pointer):
            yield Former(rule.mask, rows.forms, rows.seeds)
