"""How is a part of a case's data kept from everybody for a while?

What is withheld is not there, whatever somebody's clearance, and nothing of it stands in a text: as `x-mask: absent`,
for all. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from orchestration.privacy.classification import Classification, Node, Rule, tops_of
from orchestration.privacy.masks import ABSENT

Names = tuple[str, ...]


def withheld(classification: Classification, places: Collection[str], vocabulary: frozenset[str]) -> Classification:
    """The classification with these dotted places kept back; the words of the `vocabulary` are no secret elsewhere."""
    rule = Rule("restricted", ABSENT, vocabulary=vocabulary, withheld=True)
    kept_back = [tuple(place.split(".")) for place in places]
    paths = {names: rule if _is_below(names, kept_back) else known for names, known in classification.paths.items()}
    root = classification.root
    for names in kept_back:
        root = _with(root, names, rule)
    return replace(classification, root=root, paths=paths, tops=tops_of(paths), withheld=frozenset(places))


def _is_below(names: Names, places: Iterable[Names]) -> bool:
    return any(names[: len(place)] == place for place in places)


def _with(node: Node, names: Names, rule: Rule) -> Node:
    if not names:
        return Node(rule)
    below = _with(node.fields.get(names[0], Node(rule)), names[1:], rule)
    return replace(node, fields={**node.fields, names[0]: below})


def without(data: Mapping[str, object], places: Iterable[str]) -> dict[str, object]:
    """The data as if nothing stood at these dotted places."""
    found = dict(data)
    for place in places:
        top, _, inner = place.partition(".")
        value = found.get(top)
        if not inner:
            found.pop(top, None)
        elif isinstance(value, Mapping):
            found[top] = without(value, [inner])
    return found
