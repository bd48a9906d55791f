"""Which tools are offered to assistants outside, and what does each take?

MCP tools. Each is one call of the API, named and described as the API's own description (OpenAPI) has it, so that the
two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

Json = dict[str, Any]

OFFERED: Final = (
    ("get", "/api/tasks/"),
    ("get", "/api/tasks/{task}/"),
    ("post", "/api/tasks/{task}/claim/"),
    ("post", "/api/tasks/{task}/release/"),
    ("post", "/api/tasks/{task}/complete/"),
    ("get", "/api/cases/"),
    ("post", "/api/cases/"),
    ("get", "/api/cases/{case}/"),
    ("get", "/api/cases/{case}/history/"),
    ("get", "/api/cases/{case}/comments/"),
    ("post", "/api/cases/{case}/comments/"),
    ("get", "/api/cases/{case}/documents/"),
    ("get", "/api/search/"),
    ("get", "/api/knowledge/"),
)
"""Method and path of what an assistant may call: what people do all day. Nothing that configures is among it."""
LONGEST: Final = 2000
"""Characters of one argument that goes into the address of the call."""
START: Final = "bring_a_case_in"
"""The tool whose result is a task: the case goes on after the call (`casework.mcp.case_task`)."""


@dataclass(frozen=True)
class Tool:
    """A tool and the call of the API behind it. `schema`: of its arguments (JSON Schema 2020-12)."""

    name: str
    title: str
    description: str
    method: str
    path: str
    schema: Json
    in_path: frozenset[str]
    in_query: frozenset[str]

    @property
    def only_reads(self) -> bool:
        return self.method == "get"

    def amiss(self, arguments: Mapping[str, Any]) -> dict[str, str]:
        """What stands in the address and is missing or no number, what is too long for it, and what the tool does not
        take; all else the API says itself."""
        given = {name: str(arguments.get(name, "")) for name in self.in_path}
        found = {name: "A whole number is needed." for name, value in given.items() if not value.isdecimal()}
        asked = {name: str(arguments[name]) for name in self.in_query & arguments.keys()}
        found |= {name: f"At most {LONGEST:,} characters." for name, value in asked.items() if len(value) > LONGEST}
        unknown = arguments.keys() - self.schema["properties"].keys()
        return found | dict.fromkeys(sorted(unknown), "This tool does not take it.")

    def call(self, arguments: Mapping[str, Any]) -> Call:
        """The call of the API that these arguments make."""
        path = self.path
        for name in self.in_path:
            path = path.replace(f"{{{name}}}", quote(str(arguments.get(name, "")), safe=""))
        asked = {name: _written(value) for name, value in arguments.items() if name in self.in_query}
        sent = {name: value for name, value in arguments.items() if name not in self.in_path | self.in_query}
        return Call(self.method, path, asked, None if self.only_reads else sent)


def _written(value: Any) -> Any:
    """A value as a query says it: to JSON 5.0 is the whole number that an address writes as 5."""
    if isinstance(value, list):
        return [_written(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Call:
    """`query`: names with a value or several; `body`: the JSON object that is sent, None where none is."""

    method: str
    path: str
    query: Json
    body: Json | None


def tools(described: Mapping[str, Any]) -> tuple[Tool, ...]:
    """The tools, from the description of the API (an OpenAPI 3 document). Raises KeyError where it has no such call."""
    return tuple(_tool(method, path, described) for method, path in OFFERED)


def _tool(method: str, path: str, described: Mapping[str, Any]) -> Tool:
    operation = described["paths"][path][method]
    parameters = list(_parameters(operation))
    body = _body(operation, described)
    places = {name: place for name, place, _, _ in parameters}
    required = [name for name, _, needed, _ in parameters if needed] + body.get("required", [])
    schema: Json = {
        "type": "object",
        "properties": {name: kind for name, _, _, kind in parameters} | body.get("properties", {}),
        "additionalProperties": False,
    }
    if required:
        schema["required"] = required
    return Tool(
        name=operation["operationId"], title=operation["summary"], description=operation.get("description", ""),
        method=method, path=path, schema=schema,
        in_path=frozenset(name for name, place in places.items() if place == "path"),
        in_query=frozenset(name for name, place in places.items() if place == "query"),
    )  # fmt: skip


def _parameters(operation: Mapping[str, Any]) -> Iterator[tuple[str, str, bool, Json]]:
    """Name, place (path or query), whether it is needed, and schema."""
    for one in operation.get("parameters", ()):
        kind = dict(one["schema"])
        if told := one.get("description"):
            kind["description"] = told
        yield one["name"], one["in"], bool(one.get("required")), kind


def _body(operation: Mapping[str, Any], described: Mapping[str, Any]) -> Json:
    if "requestBody" not in operation:
        return {}
    schema: Json = operation["requestBody"]["content"]["application/json"]["schema"]
    whole: Json = _whole(schema, described)
    return whole


def _whole(schema: Any, described: Mapping[str, Any]) -> Any:
    """The schema with what it refers to in its place: an assistant gets one tool, not the whole description."""
    if isinstance(schema, list):
        return [_whole(each, described) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        return _whole(described["components"]["schemas"][reference.rsplit("/", 1)[-1]], described)
    return {name: _whole(each, described) for name, each in schema.items()}
