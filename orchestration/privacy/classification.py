"""How secret is each field of a case, for which purposes may it be read, how is it masked, and which system owns it?

Read from the case type's JSON Schema (draft 2020-12): `x-classification` (public, internal, confidential, restricted),
`x-purposes`, `x-mask` (`masks.MASKS`) and `x-system`. A field that says nothing takes after the object
around it; where nothing is said at all, and for a field that the schema does not describe, the strictest holds. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from orchestration.privacy.masks import MASKS

LEVELS = ("public", "internal", "confidential", "restricted")
_RANKS = {level: place for place, level in enumerate(LEVELS)}
DEFAULT_FORM_LEVEL = (
    "confidential"  # of an e-mail address, IBAN, ... in a text, where no field of that kind says otherwise
)

Schema = Mapping[str, Any]


def rank(level: str) -> int:
    """The place of a level, 0 (public) to 3 (restricted). Raises ValueError for any other word."""
    try:
        return _RANKS[level]
    except KeyError:
        raise ValueError(f"{level!r} is no level") from None


@dataclass(frozen=True, slots=True)
class Rule:
    """`vocabulary` holds the texts that the schema itself lists (enum, const): no secret when met elsewhere.
    `withheld`: from everybody for now, whatever their clearance (`withholding`).
    `purposes`: it may be read for one of these alone; none: for any."""

    level: str
    mask: str
    system: str = ""
    vocabulary: frozenset[str] = frozenset()
    withheld: bool = False
    purposes: frozenset[str] = frozenset()


UNKNOWN = Rule("restricted", "all")


@dataclass(frozen=True, slots=True)
class Node:
    """The rule of one place in the document, and the places below it."""

    rule: Rule
    fields: Mapping[str, "Node"] = field(default_factory=dict)
    others: "Node | None" = None  # additionalProperties
    first: tuple["Node", ...] = ()  # prefixItems
    items: "Node | None" = None

    @property
    def is_opaque(self) -> bool:
        """Whether the schema says nothing of what is inside: its rule is then for the whole value."""
        return not (self.fields or self.others or self.first or self.items)

    def describes(self, key: str | int) -> bool:
        """Whether the schema names this key, which is then no secret itself."""
        return key in self.fields

    def child(self, key: str | int) -> "Node | None":
        """The place below; None where the schema says nothing of it."""
        if isinstance(key, str):
            return self.fields.get(key, self.others)
        return self.first[key] if key < len(self.first) else self.items


@dataclass(frozen=True, slots=True)
class Classification:
    """Made once for each version of a case type by `classify`."""

    root: Node
    paths: Mapping[tuple[str, ...], Rule]  # of each field, by the names on the way to it; `*` stands for any item
    masked: Mapping[str, frozenset[Rule]]  # the rules of the fields of each mask
    tops: tuple[frozenset[str], ...]
    """For each clearance, 0 to 3, the top-level fields that hold what it alone does not read: without a purpose."""
    is_bound: bool  # whether any field may be read for some purposes only
    withheld: frozenset[str] = frozenset()  # the dotted places that nobody is shown for now

    def rule(self, pointer: str) -> Rule:
        """The rule of the value at a JSON Pointer such as `/contacts/0/email`."""
        node: Node | None = self.root
        for part in pointer.split("/")[1:]:
            if node is None or node.is_opaque:
                break
            node = node.child(int(part)) if part.isdigit() and part not in node.fields else node.child(unescaped(part))
        return node.rule if node else UNKNOWN

    def rule_of_names(self, names: tuple[str, ...]) -> tuple[Rule | None, int]:
        """The rule of the field that these names (the innermost last) end in, and how many of them are its path.

        `("changes", "customer", "name")` ends in the field `/customer/name`: two names. The longest path wins; none: 0.
        """
        deepest = max(map(len, self.paths), default=0)
        for length in range(min(deepest, len(names)), 0, -1):
            if names[-length:] in self.paths:
                return self.paths[names[-length:]], length
        return None, 0

    def rules_of(self, kind: str) -> frozenset[Rule]:
        """Under which rules, all of them, a detail of this kind (a mask) is in a text where it stands in no field."""
        return self.masked.get(kind) or frozenset({Rule(DEFAULT_FORM_LEVEL, kind)})

    def systems(self) -> dict[str, str]:
        """The owning system of each field that has one, by JSON Pointer; `*` stands for any item."""
        owned = ((names, node.rule.system) for names, node in _places(self.root, ()) if node.is_opaque)
        return {"".join("/" + escaped(name) for name in names): system for names, system in owned if system}


def classify(schema: Schema) -> Classification:
    """Compile the classification of a schema; only references inside it (`#/...`) are followed.

    Raises ValueError for a level, a mask or a reference that does not exist, and for a schema that contains itself.
    """
    root = _Reader(schema).node([schema], UNKNOWN, 0)
    places = list(_places(root, ()))
    masked: dict[str, set[Rule]] = {}
    for _, node in places:
        masked.setdefault(node.rule.mask, set()).add(node.rule)
    paths = {names: node.rule for names, node in places if names}
    return Classification(
        root=root,
        paths=paths,
        masked={mask: frozenset(rules) for mask, rules in masked.items()},
        tops=tops_of(paths),
        is_bound=any(node.rule.purposes for _, node in places),
    )


def tops_of(paths: Mapping[tuple[str, ...], Rule]) -> tuple[frozenset[str], ...]:
    """For each clearance, 0 to 3, the top-level fields that hold what it does not read, given the rules of all."""
    return tuple(_tops(paths, clearance) for clearance in range(len(LEVELS)))


def _tops(paths: Mapping[tuple[str, ...], Rule], clearance: int) -> frozenset[str]:
    inner = {names[:-1] for names in paths}
    leaves = ((names, rule) for names, rule in paths.items() if names not in inner)
    return frozenset(
        names[0] for names, rule in leaves
        if rule.withheld or (rule.mask != "text" and (rule.purposes or rank(rule.level) > clearance))
    )  # fmt: skip


def escaped(name: str | int) -> str:
    """A name as a part of a JSON Pointer (RFC 6901, 3)."""
    part = str(name)
    return part.replace("~", "~0").replace("/", "~1") if "~" in part or "/" in part else part


@lru_cache(maxsize=1024)
def pointer_of(path: str) -> str:
    """A dotted place as a JSON Pointer."""
    return "".join("/" + escaped(name) for name in path.split("."))


def unescaped(part: str) -> str:
    """The name that a part of a JSON Pointer stands for (RFC 6901, 4)."""
    return part.replace("~1", "/").replace("~0", "~") if "~" in part else part


def _places(node: Node, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    yield names, node
    items = [node.others, *node.first, node.items]
    for name, child in [*node.fields.items(), *(("*", item) for item in items)]:
        if child is not None:
            yield from _places(child, (*names, name))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the parts of one schema document."""

    document: Schema
    deepest: int = 64

    def node(self, schemas: list[Schema], outer: Rule, depth: int) -> Node:
        """The place that all of these schemas describe together."""
        if depth > self.deepest:
            raise ValueError("The schema contains itself.")
        parts = [part for schema in schemas for part in self._parts(schema, depth)]
        rule = _rule(parts, outer)

        def below(keyword: str) -> Node | None:
            found = [part[keyword] for part in parts if isinstance(part.get(keyword), Mapping)]
            return self.node(found, rule, depth + 1) if found else None

        fields: dict[str, list[Schema]] = {}
        for part in parts:
            for name, schema in part.get("properties", {}).items():
                fields.setdefault(name, []).append(schema)
        first: list[Schema] = max((part.get("prefixItems", []) for part in parts), key=len, default=[])
        return Node(
            rule=rule,
            fields={name: self.node(found, rule, depth + 1) for name, found in fields.items()},
            others=below("additionalProperties"),
            first=tuple(self.node([schema], rule, depth + 1) for schema in first),
            items=below("items"),
        )

    def _parts(self, schema: Schema | bool, depth: int) -> Iterator[Schema]:
        """The schema and all that it is put together from."""
        if depth > self.deepest:
            raise ValueError("The schema contains itself.")
        if not isinstance(schema, Mapping):
            return
        yield schema
        if "$ref" in schema:
            yield from self._parts(self._referred(schema["$ref"]), depth + 1)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(keyword, ()):
                yield from self._parts(part, depth + 1)
        for keyword in ("if", "then", "else"):
            yield from self._parts(schema.get(keyword, True), depth + 1)

    def _referred(self, reference: str) -> Schema:
        found: Any = self.document
        for part in reference.removeprefix("#").split("/")[1:]:
            found = found.get(unescaped(part)) if isinstance(found, Mapping) else None
        if not reference.startswith("#") or not isinstance(found, Mapping):
            raise ValueError(f"The schema refers to {reference!r}, which is not in it.")
        return found


def _rule(parts: list[Schema], outer: Rule) -> Rule:
    said = [part["x-classification"] for part in parts if "x-classification" in part]
    masks = [part["x-mask"] for part in parts if "x-mask" in part]
    wrong = [word for word in said if word not in LEVELS] + [word for word in masks if word not in MASKS]
    if wrong:
        raise ValueError(f"The schema names {wrong[0]!r} as a classification or a mask; there is none of that name.")
    systems = [part["x-system"] for part in parts if "x-system" in part]
    listed = [value for part in parts for value in (*part.get("enum", ()), part.get("const"))]
    level = max(said, key=rank) if said else outer.level
    return Rule(
        level=level,
        mask=masks[0] if masks else outer.mask,
        system=systems[0] if systems else outer.system,
        vocabulary=frozenset(value for value in listed if isinstance(value, str)),
        purposes=_purposes(parts, outer, level),
    )


def _purposes(parts: list[Schema], outer: Rule, level: str) -> frozenset[str]:
    """Those that the field names, or else the object around it; where several parts name some, those of all."""
    said = [part["x-purposes"] for part in parts if "x-purposes" in part]
    if not all(isinstance(one, list) and all(isinstance(each, str) and each.strip() for each in one) for one in said):
        raise ValueError("x-purposes is a list of words, each a purpose.")
    found = frozenset.intersection(*map(frozenset, said)) if said else outer.purposes
    if said and not found:
        raise ValueError("The schema names no purpose for which a field may be read (x-purposes).")
    if found and level == LEVELS[0]:
        raise ValueError("The schema has a public field for some purposes only (x-purposes); public is for any.")
    return found
