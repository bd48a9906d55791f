"""How does a person read what the API takes and gives?

The OpenAPI description (3.1) as a page of ours, without scripts: operations by their tag, each with what goes in and
what comes back, then the shapes that they share.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

Json = Any
METHODS: Final = ("get", "post", "put", "patch", "delete")
LONGEST: Final = 100
"""Letters of what is looked for."""
SHAPES: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a key of a shape. `shape`: the name of the shape that it holds, where it is one of ours."""

    name: str
    kind: str
    shape: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Response:
    code: str
    about: str
    shape: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    about: str
    tag: str
    parameters: tuple[Field, ...]
    body: str
    example: str
    responses: tuple[Response, ...]

    def holds(self, sought: str) -> bool:
        """Whether it is among what somebody looks for by some letters of its words or of its address."""
        return sought.casefold() in f"{self.summary} {self.method} {self.path} {self.about}".casefold()


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    about: str
    fields: tuple[Field, ...]
    values: tuple[str, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    description = _description()
    sought = request.GET.get("q", "").strip()[:LONGEST]
    found = sorted(_operations(description), key=lambda each: (each.tag, each.path, METHODS.index(each.method.lower())))
    shapes = [_shape(name, given) for name, given in sorted(description["components"]["schemas"].items())]
    listed = [each for each in found if each.holds(sought)]
    context = {
        "about": description["info"]["description"], "q": sought,
        "tags": [(tag, list(each)) for tag, each in groupby(listed, key=lambda one: one.tag)],
        "shapes": shapes,
    }  # fmt: skip
    return render(request, "web/api_docs.html", context)


@cache
def _description() -> Mapping[str, Json]:
    """The same for everybody, and as long as the process lives."""
    generator: Any = SchemaGenerator
    description: Mapping[str, Json] = generator().get_schema(request=None, public=True)
    return description


def _operations(description: Mapping[str, Json]) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        for method, given in methods.items():
            if method in METHODS:
                yield _operation(path, method, given)


def _operation(path: str, method: str, given: Mapping[str, Json]) -> Operation:
    sent = given.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        id=given["operationId"], method=method.upper(), path=path, summary=given.get("summary", given["operationId"]),
        about=given.get("description", ""), tag=_part(path),
        parameters=tuple(
            _field(one["name"], one["schema"], required=one.get("required", False), about=one.get("description", ""))
            for one in given.get("parameters", ())
        ),
        body=_named(sent.get("schema", {})), example=_example(sent),
        responses=tuple(_response(code, each) for code, each in sorted(given["responses"].items())),
    )  # fmt: skip


def _part(path: str) -> str:
    """To which part of the API an address belongs: what follows `/api/`."""
    return path.removeprefix("/api/").partition("/")[0].replace("-", " ") or "the API itself"


def _response(code: str, given: Mapping[str, Json]) -> Response:
    schema = given.get("content", {}).get("application/json", {}).get("schema", {})
    return Response(code, given.get("description", ""), _named(schema))


def _example(content: Mapping[str, Json]) -> str:
    values = [each["value"] for each in content.get("examples", {}).values()]
    return json.dumps(values[0], indent=2, ensure_ascii=False) if values else ""


def _shape(name: str, given: Mapping[str, Json]) -> Shape:
    required = given.get("required", ())
    fields = tuple(
        _field(key, each, required=key in required, about=each.get("description", ""))
        for key, each in given.get("properties", {}).items()
    )
    return Shape(name, given.get("description", ""), fields, tuple(map(str, given.get("enum", ()))))


def _field(name: str, schema: Mapping[str, Json], *, required: bool, about: str) -> Field:
    return Field(name, _kind(schema), _named(schema), required, about)


def _kind(schema: Mapping[str, Json]) -> str:
    """The type in words, as JSON Schema names it; nothing for a shape of ours alone."""
    if schema.get("type") == "array":
        return "list of" if _named(schema) else f"list of {_kind(schema.get('items', {})) or 'anything'}"
    kinds = schema.get("type", "")
    told = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    values = ", ".join(str(value) for value in schema.get("enum", ()) if value is not None)
    return f"{told}: {values}" if values else told or ("" if _named(schema) else "anything")


def _named(schema: Mapping[str, Json]) -> str:
    """The shape of ours that a schema refers to, be it in a list or one of several."""
    if reference := schema.get("$ref"):
        return str(reference).removeprefix(SHAPES)
    inner = [schema.get("items", {}), *schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return next((name for each in inner if (name := _named(each))), "") if any(inner) else ""
