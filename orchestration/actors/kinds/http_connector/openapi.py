"""How does an operation that an OpenAPI document describes become the draft of a connector? (OpenAPI 3.0 and 3.1)

The draft is a file to be looked at, tried and corrected: what the document leaves open is open in it. References are
followed inside the document only, so far as they are not circular and do not grow without end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from orchestration.actors.kinds.files import FileRefused, read_file

Json = Any

MOST_BYTES: Final = 2_000_000
METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
DEEPEST: Final = 12
MOST_PARTS: Final = 3_000
MOST_OPERATIONS: Final = 1_000
KEY: Final = "idempotency-key"
NOWHERE: Final = "https://replace-this-host.example"
KEPT: Final = frozenset({
    "type", "properties", "required", "items", "enum", "const", "format", "minimum", "maximum", "minLength",
    "maxLength", "minItems", "maxItems", "pattern", "additionalProperties", "oneOf", "anyOf", "allOf", "title",
    "description",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `name` tells it from others in the document."""

    method: str
    path: str
    summary: str

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


class _Plain(yaml.SafeDumper):
    """What stands in two places is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class OpenApi:
    """A document. Raises FileRefused where it is none of OpenAPI 3."""

    def __init__(self, content: bytes) -> None:
        self.document = read_file(content, most=MOST_BYTES)
        version = str(self.document.get("openapi", ""))
        if not re.match(r"3\.[01](\.|$)", version):
            raise FileRefused([f"This is no document of OpenAPI 3.0 or 3.1, but of {version or 'something else'}."])
        if not isinstance(self.document.get("paths"), dict):
            raise FileRefused(["The document has no paths, so there is nothing to call."])
        self._parts = 0

    def operations(self) -> list[Operation]:
        """What can be called, in the order of the document."""
        return list(self._operations())[:MOST_OPERATIONS]

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                given = _mapping(self.resolved(item)).get(method)
                if isinstance(given, dict):
                    summary = given.get("summary") or given.get("operationId") or ""
                    yield Operation(method, path, str(summary)[:200])

    def resolved(self, value: Json) -> Json:
        """The value that a local reference leads to; null for one that leads nowhere."""
        for _ in range(DEEPEST):
            if not isinstance(value, dict) or "$ref" not in value:
                return value
            value = self._at(str(value["$ref"]))
        return None

    def _at(self, reference: str) -> Json:
        found: Json = self.document
        if not reference.startswith("#/"):
            return None
        for part in reference[2:].split("/"):
            found = _mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        return found

    def schema(self, value: Json, depth: int = 0) -> dict[str, Json]:
        """A JSON Schema without references; where they are circular or too many, any value will do."""
        given = _mapping(self.resolved(value))
        self._parts += 1
        if depth > DEEPEST or self._parts > MOST_PARTS:
            return {}
        found = {name: given[name] for name in given if name in KEPT}
        for name in ("items", "additionalProperties"):
            if isinstance(found.get(name), dict):
                found[name] = self.schema(found[name], depth + 1)
        for name in ("oneOf", "anyOf", "allOf"):
            if isinstance(found.get(name), list):
                found[name] = [self.schema(one, depth + 1) for one in found[name]]
        if isinstance(found.get("properties"), dict):
            found["properties"] = {name: self.schema(one, depth + 1) for name, one in found["properties"].items()}
        if given.get("nullable") is True and isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
        return found


def draft(api: OpenApi, operation: Operation, capability: str, base: str = "") -> str:
    """The file of a connector for this operation; `base`: where the server stands, if the document does not say."""
    item = _mapping(api.resolved(api.document["paths"][operation.path]))
    given = _mapping(item[operation.method])
    parameters = [_mapping(api.resolved(one)) for one in [*item.get("parameters", []), *given.get("parameters", [])]]
    found: dict[str, Json] = {
        "capability": capability,
        "title": (operation.summary or operation.name)[:200],
        "method": operation.method.upper(),
        "url": _address(api, operation, base),
    }
    found |= _auth(api, given, capability)
    found |= _placed(parameters)
    body = _body_schema(api, given)
    if body is not None and operation.method not in ("get", "head"):
        found["body"] = "= input.body"
    found["input"] = _input(api, parameters, body)
    found |= _answers(api, given)
    return yaml.dump(found, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


def _address(api: OpenApi, operation: Operation, base: str) -> str:
    servers = api.document.get("servers")
    first = _mapping(servers[0]) if isinstance(servers, list) and servers else {}
    url = str(first.get("url", ""))
    for name, variable in _mapping(first.get("variables")).items():
        url = url.replace("{" + name + "}", str(_mapping(variable).get("default", "")))
    start = base or (url if "://" in url else NOWHERE + url)
    path = re.sub(r"\{([^{}]*)\}", lambda piece: "{input." + _name(piece[1]) + "}", operation.path)
    return start.rstrip("/") + path


def _placed(parameters: list[dict[str, Json]]) -> dict[str, Json]:
    """Where each parameter goes; the header of an idempotency key gets the job's."""
    found: dict[str, Json] = {}
    for one in parameters:
        name, place = str(one.get("name", "")), {"query": "query", "header": "headers"}.get(str(one.get("in")))
        if place == "headers" and name.lower() == KEY:
            found["idempotency"] = name
        elif place is not None and name:
            found.setdefault(place, {})[name] = f"= input.{_name(name)}"
    return found


def _input(api: OpenApi, parameters: list[dict[str, Json]], body: dict[str, Json] | None) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for one in parameters:
        name = str(one.get("name", ""))
        if not name or one.get("in") == "cookie" or name.lower() == KEY:
            continue
        properties[_name(name)] = api.schema(one.get("schema", {"type": "string"}))
        if one.get("required") or one.get("in") == "path":
            required.append(_name(name))
    if body is not None:
        properties["body"] = body
        required.append("body")
    return {"type": "object", "required": required, "properties": properties}


def _body_schema(api: OpenApi, given: Mapping[str, Json]) -> dict[str, Json] | None:
    body = _mapping(api.resolved(given.get("requestBody")))
    found = _json_content(body)
    return None if not body else api.schema(found)


def _answers(api: OpenApi, given: Mapping[str, Json]) -> dict[str, Json]:
    """A rule for each status that the document speaks of: a success is taken over, a 4xx is a business error."""
    rules: list[Json] = []
    schema: dict[str, Json] = {}
    for status, response in _mapping(given.get("responses")).items():
        told = _mapping(api.resolved(response))
        if re.fullmatch(r"2\d\d", str(status)):
            rules.append({"when": f"status = {status}", "output": {"result": "= body"}})
            schema = schema or api.schema(_json_content(told))
        elif re.fullmatch(r"4\d\d", str(status)) and str(status) not in ("401", "403", "408", "425", "429"):
            said = str(told.get("description") or f"It answered {status}.")[:300]
            rules.append({"when": f"status = {status}", "error": {"code": f"http-{status}", "message": said}})
    if not any("output" in rule for rule in rules):
        rules.insert(0, {"when": "status >= 200 and status < 300", "output": {"result": "= body"}})
    return {"output": {"type": "object", "properties": {"result": schema}}, "answers": rules[:50]}


def _json_content(holder: Mapping[str, Json]) -> Json:
    for kind, content in _mapping(holder.get("content")).items():
        if "json" in str(kind):
            return _mapping(content).get("schema", {})
    return {}


def _auth(api: OpenApi, given: Mapping[str, Json], capability: str) -> dict[str, Json]:
    """How the first scheme that is asked for shows who calls; none where a connector cannot do it."""
    asked = given.get("security", api.document.get("security")) or []
    names = list(_mapping(asked[0])) if isinstance(asked, list) and asked else []
    schemes = _mapping(_mapping(api.document.get("components")).get("securitySchemes"))
    scheme = _mapping(api.resolved(schemes.get(names[0]))) if names else {}
    secret = re.sub("[^a-z0-9-]+", "-", capability.lower()).strip("-")[:50] + "-secret"
    match scheme.get("type"), str(scheme.get("scheme", "")).lower(), scheme.get("in"):
        case ("http", "basic", _):
            return {"auth": {"basic": {"user": "replace-this-user", "secret": secret}}}
        case ("http", "bearer", _) | ("oauth2" | "openIdConnect", _, _):
            return {"auth": {"bearer": {"secret": secret}}}
        case ("apiKey", _, "header"):
            return {"auth": {"header": {"name": str(scheme.get("name")), "secret": secret}}}
    return {}


def _name(text: str) -> str:
    """A parameter's name as expressions can read it."""
    found = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"p_{found}" if not found or found[0].isdigit() else found


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def example_of(schema: Mapping[str, Json], depth: int = 0) -> Json:
    """A value of a schema's shape, to begin with: what is needed, and nothing of it true."""
    if "const" in schema or schema.get("enum"):
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object" if depth < DEEPEST:
            return {
                name: example_of(_mapping(one), depth + 1) for name, one in _mapping(schema.get("properties")).items()
            }
        case "array":
            return []
        case "number" | "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return False
    return ""


def example_text(schema: Mapping[str, Json]) -> str:
    return json.dumps(example_of(schema) or {}, indent=2, ensure_ascii=False)
