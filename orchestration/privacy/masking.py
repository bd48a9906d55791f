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
from typing import Any

from orchestration.privacy.classification import LEVELS, UNKNOWN, Classification, Node, Rule, escaped, rank, unescaped
from orchestration.privacy.masks import DOT, DOTS, mask_value
from orchestration.privacy.spellings import seeds, spellings
from orchestration.privacy.texts import FORMS, Former, Secret, Secrets, compress, mask_text

Json = Any


def _nobody_wrote(text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is looking: `clearance` is public, internal, confidential or restricted; `revealed` holds JSON Pointers
    (RFC 6901) of what was revealed to them for a reason, each with all that is below it;
    `wrote` whether a text is word for word their own."""

    clearance: str
    roles: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()
    wrote: Callable[[str], bool] = field(default=_nobody_wrote, repr=False, compare=False)

    def sees(self, rule: Rule, pointer: str) -> bool:
        """Whether a field under this rule is clear to them."""
        return rank(rule.level) <= rank(self.clearance) or self.has_revealed(pointer)

    def has_revealed(self, pointer: str) -> bool:
        """Whether this place, or something around it, was revealed to them."""
        return any(pointer == path or pointer.startswith(path + "/") for path in self.revealed)


@dataclass(frozen=True, slots=True)
class View:
    """The data as one principal may see it, and the JSON Pointers of its values.

    `clear` are shown as they are; `masked` are not, wholly or in a part (a name in a text); of these, `hidden` are
    beyond the clearance and must not be written.
    """

    data: Json
    clear: frozenset[str]
    masked: frozenset[str]
    hidden: frozenset[str]
    secrets: Secrets = field(repr=False)
    classification: Classification = field(repr=False)
    principal: Principal

    def text(self, text: str) -> str:
        """Any text about the case, as this principal may read it."""
        return mask_text(text, self.secrets)

    def payload(self, payload: Json) -> Json:
        """Any JSON about the case, as this principal may read it."""
        return mask_payload(payload, self.classification, self.principal, self.secrets)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change at `path` (a JSON Pointer) is not written."""

    path: str
    reason: str


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
    leaves = list(_leaves(data, classification.root, ""))
    older = [leaf for document in former for leaf in _leaves(document, classification.root, "")]
    secrets = _secrets([*leaves, *older], classification, principal, past or {})
    shown = {leaf.pointer: _shown(leaf, principal, secrets) for leaf in leaves}
    hidden = frozenset(leaf.pointer for leaf in leaves if not _is_clear(leaf, principal))
    masked = hidden | {leaf.pointer for leaf in leaves if shown[leaf.pointer] != leaf.value}
    return View(
        data=_rebuilt(data, classification.root, "", shown, secrets),
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
    secrets = _secrets(list(_leaves(data, classification.root, "")), classification, principal, past or {})
    return partial(mask_text, secrets=secrets)


def unmasked_paths(view: View) -> frozenset[str]:
    """The JSON Pointers of the values that this view shows in clear."""
    return view.clear


def mask_payload(payload: Json, classification: Classification, principal: Principal, secrets: Secrets) -> Json:
    """Any JSON about a case. What stands under the name of a field, or under its JSON Pointer, is under its rule."""
    return _Payload(classification, principal, secrets).shown(payload, ())


def refuse_writes_to_masked(changes: Mapping[str, Json], view: View) -> tuple[Refusal, ...]:
    """What of these changes (a partial document) must not be written, since its author could not see what is there."""
    return tuple(_refusals(changes, "", view))


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
    for leaf in _leaves(data, classification.root, ""):
        values = tuple(_scalars(leaf.value))
        if values:
            yield Field(leaf.pointer, values, leaf.rule, _is_text(leaf))


def _leaves(value: Json, node: Node | None, pointer: str) -> Iterator[_Leaf]:
    if node is None or node.is_opaque or not isinstance(value, dict | list) or not value:
        yield _Leaf(pointer, value, node.rule if node else UNKNOWN)
        return
    for key, item in _items(value):
        yield from _leaves(item, node.child(key), f"{pointer}/{escaped(key)}")


def _items(value: dict[str, Json] | list[Json]) -> Iterable[tuple[str | int, Json]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _rebuilt(value: Json, node: Node | None, pointer: str, shown: Mapping[str, Json], secrets: Secrets) -> Json:
    """The document again, with what is shown in the place of each leaf."""
    if node is None or pointer in shown:
        return shown[pointer]
    inside = [
        (key, _rebuilt(item, node.child(key), f"{pointer}/{escaped(key)}", shown, secrets))
        for key, item in _items(value)
    ]
    if isinstance(value, list):
        return [item for _, item in inside]
    return {str(key) if node.describes(key) else mask_text(str(key), secrets): item for key, item in inside}


def _is_clear(leaf: _Leaf, principal: Principal) -> bool:
    return leaf.value in (None, "", [], {}) or principal.sees(leaf.rule, leaf.pointer)


def _shown(leaf: _Leaf, principal: Principal, secrets: Secrets) -> Json:
    if principal.has_revealed(leaf.pointer):
        return leaf.value
    return _clear(leaf.value, secrets) if _is_clear(leaf, principal) else _masked(leaf.value, leaf.rule, secrets)


def _clear(value: Json, secrets: Secrets) -> Json:
    """A value that the reader may see, without what it echoes of values that they may not see."""
    if isinstance(value, dict):
        return {mask_text(str(key), secrets): _clear(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_clear(item, secrets) for item in value]
    return _without_echo(value, secrets)


def _masked(value: Json, rule: Rule, secrets: Secrets) -> Json:
    if value is None:
        return None
    if rule.mask == "text" and isinstance(value, str):
        return mask_text(value, secrets)
    if isinstance(value, dict | list):
        return DOTS
    shown = mask_value(str(value), rule.mask)
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
    for leaf in leaves:
        values = set(_values(leaf.value))
        if not _is_clear(leaf, principal):
            hidden |= {Secret(value, leaf.rule.mask) for value in values - leaf.rule.vocabulary if not _is_text(leaf)}
        elif _is_detail(leaf, principal):
            shown |= {compress(value) for value in values}
    kinds = frozenset(kind for kind in FORMS if rank(classification.level_of(kind)) > rank(principal.clearance))
    return Secrets(
        known=frozenset(hidden),
        kinds=kinds,
        shown=frozenset(shown),
        former=tuple(_former(past, classification, principal)),
        wrote=principal.wrote,
    )


def _is_detail(leaf: _Leaf, principal: Principal) -> bool:
    """Whether a clear value is a detail by itself, which then stays clear in texts too; a text holding one is not."""
    return leaf.rule.mask in FORMS | {"name"} or principal.has_revealed(leaf.pointer)


def _is_text(leaf: _Leaf) -> bool:
    """Whether the value is shown to all, without the details in it; only these are secret then, not the whole."""
    return leaf.rule.mask == "text" and isinstance(leaf.value, str)


def _values(value: Json) -> Iterator[str]:
    """The texts and numbers inside a value, as texts."""
    return (each if isinstance(each, str) else json.dumps(each) for each in _scalars(value))


def _scalars(value: Json) -> Iterator[str | int | float]:
    """The texts and numbers inside a value; a truth value tells nothing by itself."""
    if isinstance(value, dict | list):
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
                self._key(str(key), names): self._under(value[key], (*names, *_parts(key)), hiding) for key in value
            }
        if isinstance(value, list | tuple):
            return [self._under(item, (*names, "*"), hiding) for item in value]
        told = value in (None, "") or (isinstance(value, str) and compress(value) in self.secrets.shown)
        return (
            _without_echo(value, self.secrets) if hiding is None or told else _masked(value, hiding.rule, self.secrets)
        )

    def _key(self, key: str, names: tuple[str, ...]) -> str:
        return key if (*names, key) in self.classification.paths else mask_text(key, self.secrets)

    def _under(self, value: Json, names: tuple[str, ...], hiding: _Hiding | None) -> Json:
        rule, length = self.classification.rule_of_names(names)
        start = len(names) - length
        if rule is None or (hiding and start > hiding.start):
            return self.shown(value, names, hiding)
        pointer = "".join("/" + escaped(name) for name in names)
        return self.shown(value, names, None if self.principal.sees(rule, pointer) else _Hiding(rule, start))


def _parts(key: str) -> tuple[str, ...]:
    """The names in a key of a payload, which may be a JSON Pointer itself."""
    return tuple(unescaped(part) for part in key.split("/")[1:]) if key.startswith("/") else (key,)


def _refusals(value: Json, pointer: str, view: View) -> Iterator[Refusal]:
    if isinstance(value, Mapping) and pointer not in view.hidden:
        for key, item in value.items():
            yield from _refusals(item, f"{pointer}/{escaped(key)}", view)
    elif any(path == pointer or path.startswith(pointer + "/") for path in view.hidden):
        yield Refusal(pointer, "This field is masked for you: reveal it before you change it.")
    elif any(DOT in text for text in _values(value)):
        yield Refusal(pointer, f"This text holds masked values ({DOT}): write it out, or leave them away.")


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
        for leaf in _leaves(document, classification.root, ""):
            if leaf.rule.level == LEVELS[0] or _is_text(leaf):
                continue
            for value in set(_values(leaf.value)) - leaf.rule.vocabulary:
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
