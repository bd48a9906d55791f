"""Does a schema let pass only what the one that it inherits from lets pass?

A plain comparison of JSON Schemas, keyword by keyword; what it cannot compare must be the same. Classifications may be
raised, never lowered. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.privacy.classification import classify, escaped, rank

Json = Any
UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
WORDS: Final = frozenset(
    {"title", "description", "default", "examples", "$comment", "$schema", "$id", "x-classification", "x-mask"}
    | {"x-purposes"}
    | {"x-system", "x-place", "x-effective", "x-words", "deprecated", "readOnly", "writeOnly"}
)
"""What says nothing of which values fit; classifications are compared by themselves."""
_COMPARED: Final = frozenset(
    {*UPPER, *LOWER, "required", "type", "enum", "const", "properties", "additionalProperties", "items", *WORDS}
)


def loosened(parent: Mapping[str, Json], child: Mapping[str, Json]) -> Iterator[str]:
    """What the child lets pass that the parent does not, as ends of sentences."""
    yield from _of(parent, child, "")
    yield from _levels(parent, child)


def _levels(parent: Mapping[str, Json], child: Mapping[str, Json]) -> Iterator[str]:
    if "x-classification" not in str(parent) and "x-purposes" not in str(parent):
        return
    own = classify(child)
    for names, rule in classify(parent).paths.items():
        now = own.rule("".join("/" + escaped(name) for name in names if name != "*")) if "*" not in names else None
        now = own.paths.get(names) or now or rule
        if rank(now.level) < rank(rule.level):
            yield f"the classification of /{'/'.join(names)} went from {rule.level} to {now.level}"
        if rule.purposes and not (now.purposes and now.purposes <= rule.purposes):
            yield f"/{'/'.join(names)} may be read for more than {', '.join(sorted(rule.purposes))}"


def _of(parent: Json, child: Json, place: str) -> Iterator[str]:
    if parent == child or parent is True or parent == {} or child is False:
        return
    if not isinstance(parent, Mapping) or not isinstance(child, Mapping):
        yield f"anything may stand at {place or 'the top'}"
        return
    yield from _limits(parent, child, place)
    yield from _choices(parent, child, place)
    yield from _inside(parent, child, place)
    for word in sorted(parent.keys() - _COMPARED):
        if parent[word] != child.get(word):
            yield f"{word} at {place or 'the top'} is not as it was"


def _limits(parent: Mapping[str, Json], child: Mapping[str, Json], place: str) -> Iterator[str]:
    for word in (*UPPER, *LOWER):
        if word not in parent:
            continue
        old, new = parent[word], child.get(word)
        if new is None or (new > old if word in UPPER else new < old):
            yield f"{word} at {place or 'the top'} went from {old} to {'no limit' if new is None else new}"


def _choices(parent: Mapping[str, Json], child: Mapping[str, Json], place: str) -> Iterator[str]:
    where = place or "the top"
    missing = [name for name in parent.get("required", ()) if name not in child.get("required", ())]
    if missing:
        yield f"{', '.join(missing)} at {where} is not required any more"
    if "type" in parent and not _types(child) <= _widened(_types(parent)):
        yield f"the type at {where} is not {parent['type']} any more"
    for word in ("enum", "const"):
        if word in parent and not _values(child, word, parent[word]):
            yield f"{word} at {where} lets other values pass"


def _types(schema: Mapping[str, Json]) -> frozenset[str]:
    given = schema.get("type")
    if given is None:
        given = ["any"] if "enum" not in schema and "const" not in schema else []
    return frozenset([given] if isinstance(given, str) else given)


def _widened(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _values(child: Mapping[str, Json], word: str, allowed: Json) -> bool:
    allowed = allowed if word == "enum" else [allowed]
    if "const" in child:
        return child["const"] in allowed
    return "enum" in child and all(one in allowed for one in child["enum"])


def _inside(parent: Mapping[str, Json], child: Mapping[str, Json], place: str) -> Iterator[str]:
    below, own = parent.get("properties", {}), child.get("properties", {})
    for name, schema in below.items():
        yield from _of(schema, own.get(name, child.get("additionalProperties", True)), f"{place}/{escaped(name)}")
    others = parent.get("additionalProperties", True)
    for name in own.keys() - below.keys():
        yield from _of(others, own[name], f"{place}/{escaped(name)}")
    yield from _of(others, child.get("additionalProperties", True), f"{place}/*")
    yield from _of(parent.get("items", True), child.get("items", True), f"{place}/*")
