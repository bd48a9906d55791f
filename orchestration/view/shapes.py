"""Which FEEL type has each top-level field of a case's data, as its JSON Schema says? (DMN 1.5, 10.3.2.2)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestration.engine.feel.types import ANY, ContextOf, ListOf, Restricted, Simple, Type

Schema = Mapping[str, Any]
SIMPLE: Final = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean"}
DEEPEST: Final = 4
"""How deep an object is told apart."""


def shapes_of(schema: Schema) -> dict[str, Type]:
    """By name; what the schema says nothing of may be anything."""
    return {name: _type(below, DEEPEST) for name, below in schema.get("properties", {}).items()}


def _type(schema: Any, deep: int) -> Type:
    said = schema.get("type", ()) if isinstance(schema, Mapping) else ()
    kinds = [said] if isinstance(said, str) else [kind for kind in said if kind != "null"]
    if len(kinds) != 1:
        return ANY
    if kinds[0] == "object":
        inner = schema.get("properties", {}) if deep else {}
        return ContextOf(tuple((name, _type(below, deep - 1)) for name, below in inner.items()))
    if kinds[0] == "array":
        return ListOf(_type(schema.get("items", {}), deep - 1)) if deep else Simple("list")
    plain = Simple(SIMPLE[kinds[0]]) if kinds[0] in SIMPLE else ANY
    return _one_of(plain, schema["enum"]) if "enum" in schema else plain


def _one_of(plain: Type, values: list[Any]) -> Type:
    return Restricted("one of a list", plain, lambda value, run: value in values)
