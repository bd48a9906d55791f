"""How does an operation that an OpenAPI document describes become the draft of a connector? (OpenAPI 3.0 and 3.1)

The draft is a file to be looked at, tried and corrected: what the document leaves open is open in it, and what a
connector cannot do of it is said above it. References are followed inside the document only, so far as they are not
circular and do not grow without end.
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
MOST_PARAMETERS: Final = 500
KEY: Final = "idempotency-key"
FORM: Final = "application/x-www-form-urlencoded"
INPUT: Final = "x-input"
"""Where a parameter keeps the name under which the draft takes it."""
SENT_ANYHOW: Final = ("accept", "content-type", "authorization")
"""Headers that OpenAPI does not let a parameter set."""
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
        self.document = read_file(content, most=MOST_BYTES, numbers_name=True)
        version = str(self.document.get("openapi", ""))
        if not re.match(r"3\.[01](\.|$)", version):
            raise FileRefused([_of_another(version, self.document)])
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
        if not _is_pattern(found.get("pattern", "")):
            del found["pattern"]
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


def _of_another(version: str, document: Mapping[str, Json]) -> str:
    if "swagger" in document:
        return "This is Swagger 2.0. Have it converted to OpenAPI 3 first (the editor at editor.swagger.io does that)."
    said = f"but of {version}" if version else "and has no line openapi"
    return f"This is no document of OpenAPI 3.0 or 3.1, {said}. Paste the whole document, as JSON or YAML."


def draft(api: OpenApi, operation: Operation, capability: str, base: str = "") -> str:
    """The file of a connector for this operation; `base`: where the server stands, if the document does not say."""
    item = _mapping(api.resolved(api.document["paths"][operation.path]))
    given = _mapping(item[operation.method])
    parameters = _parameters(api, item, given)
    found: dict[str, Json] = {
        "capability": capability,
        "title": (operation.summary or operation.name)[:200],
        "method": operation.method.upper(),
        "url": _address(_server(api, item, given), operation, base),
    }
    auth = _auth(api, given, capability)
    found |= auth
    found |= _placed(parameters)
    kind, body = _body(api, given)
    body = None if operation.method in ("get", "head") else body
    if body is not None:
        found |= _filled_form(body) if kind == FORM else {"body": "= input.body"}
    found["input"] = _input(api, parameters, body)
    found |= _answers(api, given)
    text = yaml.dump(found, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return "".join(f"# {one}\n" for one in _left_open(api, given, auth, parameters, kind)) + text


def _filled_form(body: Mapping[str, Json]) -> dict[str, Json]:
    """Each field by itself, as a form wants it."""
    fields = {name: f"= get value(input.body, {json.dumps(name)})" for name in _mapping(body.get("properties"))}
    return {"as": "form", "body": fields}


def _left_open(
    api: OpenApi, given: Mapping[str, Json], auth: Mapping[str, Json], parameters: list[dict[str, Json]], kind: str
) -> Iterator[str]:
    """What the document asks for and the draft has not."""
    if not auth and all(_asked(api, given)):
        yield "The document asks for a key in a way that connectors have not; they send keys in headers."
    if any(one.get("in") == "cookie" for one in parameters):
        yield "The document has parameters in cookies, which connectors do not send."
    if kind and kind != FORM and "json" not in kind:
        yield f"The document wants a body of the type {kind!r}; what is drafted sends JSON."


def _parameters(api: OpenApi, item: Mapping[str, Json], given: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Those of the path, and in their places those of the operation; each with the name under which it is an input.

    Raises FileRefused.
    """
    found: dict[tuple[str, str], dict[str, Json]] = {}
    for one in (*_listed(item.get("parameters")), *_listed(given.get("parameters"))):
        told = _mapping(api.resolved(one))
        name, place = str(told.get("name") or ""), str(told.get("in"))
        if name and not (place == "header" and name.lower() in SENT_ANYHOW):
            found[name, place] = told
    if len(found) > MOST_PARAMETERS:
        raise FileRefused([f"This operation has more than {MOST_PARAMETERS} parameters: too many to draft."])
    names: dict[str, str] = {}
    for (name, place), told in found.items():
        plain = _name(name) if names.get(_name(name), place) == place else f"{_name(name)}_{place}"
        while plain in names:
            plain += "_"
        names[plain] = place
        found[name, place] = {**told, INPUT: plain}
    return list(found.values())


def _server(api: OpenApi, item: Mapping[str, Json], given: Mapping[str, Json]) -> dict[str, Json]:
    """The first server, of the operation before the path before the document."""
    all_of = (servers for holder in (given, item, api.document) if (servers := _listed(holder.get("servers"))))
    return _mapping(next(all_of, [{}])[0])


def _address(first: Mapping[str, Json], operation: Operation, base: str) -> str:
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
        elif place is not None:
            found.setdefault(place, {})[name] = f"= input.{one[INPUT]}"
    return found


def _input(api: OpenApi, parameters: list[dict[str, Json]], body: dict[str, Json] | None) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for one in parameters:
        if one.get("in") == "cookie" or str(one["name"]).lower() == KEY:
            continue
        properties[one[INPUT]] = api.schema(one.get("schema", {"type": "string"}))
        if one.get("required") or one.get("in") == "path":
            required.append(one[INPUT])
    if body is not None:
        properties["body"] = body
        required.append("body")
    return {"type": "object", "required": required, "properties": properties}


def _body(api: OpenApi, given: Mapping[str, Json]) -> tuple[str, dict[str, Json] | None]:
    """Of which type what is sent is, JSON where it may be, and its schema; None where nothing is sent."""
    body = _mapping(api.resolved(given.get("requestBody")))
    content = _mapping(body.get("content"))
    kind = min(content, key=lambda one: (("json" not in one), one != FORM), default="")
    return kind, api.schema(_mapping(content.get(kind)).get("schema", {})) if body else None


def _answers(api: OpenApi, given: Mapping[str, Json]) -> dict[str, Json]:
    """A rule for each status that the document speaks of: a success is taken over, a 4xx is a business error."""
    rules: list[Json] = []
    schema: dict[str, Json] = {}
    for status, response in _mapping(given.get("responses")).items():
        told = _mapping(api.resolved(response))
        if re.fullmatch(r"2\d\d|2XX", str(status)):
            rules.append({"when": _when(str(status)), "output": {"result": "= body"}})
            schema = schema or api.schema(_json_content(told))
        elif re.fullmatch(r"4\d\d", str(status)) and str(status) not in ("401", "403", "408", "425", "429"):
            said = str(told.get("description") or f"It answered {status}.")[:300]
            rules.append({"when": f"status = {status}", "error": {"code": f"http-{status}", "message": said}})
    if not any("output" in rule for rule in rules):
        rules.insert(0, {"when": _when("2XX"), "output": {"result": "= body"}})
    return {"output": {"type": "object", "properties": {"result": schema}}, "answers": rules[:50]}


def _when(status: str) -> str:
    return "status >= 200 and status < 300" if status == "2XX" else f"status = {status}"


def _json_content(holder: Mapping[str, Json]) -> Json:
    for kind, content in _mapping(holder.get("content")).items():
        if "json" in str(kind):
            return _mapping(content).get("schema", {})
    return {}


def _auth(api: OpenApi, given: Mapping[str, Json], capability: str) -> dict[str, Json]:
    """How the first of the ways that are asked for and that a connector has shows who calls; empty: none is."""
    begins = re.sub("[^a-z0-9-]+", "-", capability.lower()).strip("-")[:50]
    ways = (_way(api, asked, begins) for asked in _asked(api, given))
    return next(({"auth": way} for way in ways if way), {})


def _asked(api: OpenApi, given: Mapping[str, Json]) -> list[dict[str, Json]]:
    """The ways to show who calls, any of which will do; one that is empty: nobody has to."""
    return [_mapping(one) for one in _listed(given.get("security", api.document.get("security")))] or [{}]


def _way(api: OpenApi, asked: Mapping[str, Json], begins: str) -> dict[str, Json]:
    """One way in the words of a connector's file; empty where it has none for it, or two at once are asked for."""
    schemes = _mapping(_mapping(api.document.get("components")).get("securitySchemes"))
    scheme = _mapping(api.resolved(schemes.get(next(iter(asked))))) if len(asked) == 1 else {}
    secret = f"{begins}-secret"
    match scheme.get("type"), str(scheme.get("scheme", "")).lower(), scheme.get("in"):
        case ("http", "basic", _):
            return {"basic": {"user": "replace-this-user", "secret": secret}}
        case ("oauth2", _, _) if token := _token(scheme):
            scope = " ".join(map(str, _listed(next(iter(asked.values())))))
            return {"oauth2": {"token": token, "client": f"{begins}-client", "secret": secret} | _some(scope=scope)}
        case ("http", "bearer", _) | ("oauth2" | "openIdConnect", _, _):
            return {"bearer": {"secret": secret}}
        case ("apiKey", _, "header"):
            return {"header": {"name": str(scheme.get("name")), "secret": secret}}
    return {}


def _token(scheme: Mapping[str, Json]) -> str:
    """Where a program gets a token; "" where only people do."""
    flow = _mapping(_mapping(scheme.get("flows")).get("clientCredentials"))
    return str(flow.get("tokenUrl") or "")


def _some(**given: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _is_pattern(text: Json) -> bool:
    """Whether it can be looked for here; OpenAPI's are those of JavaScript, which knows some that Python does not."""
    try:
        return bool(re.compile(text))
    except (re.error, TypeError, OverflowError, RecursionError):
        return False


def _name(text: str) -> str:
    """A parameter's name as expressions can read it."""
    found = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"p_{found}" if not found or found[0].isdigit() else found


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


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
