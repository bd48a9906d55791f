"""Is the draft of a connector sound, and does it ask as the document says, whatever a real document has in it?"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
import yaml

from orchestration.actors.kinds.declared import file_faults
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.http_connector.openapi import OpenApi, draft

Json = dict[str, Any]
ANSWERS: Final[Json] = {
    "responses": {"200": {"description": "Fine", "content": {"application/json": {"schema": {"type": "object"}}}}}
}
SCHEMES: Final[Json] = {
    "in-query": {"type": "apiKey", "in": "query", "name": "key"},
    "in-header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "by-person": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example/", "scopes": {}}}},
    "by-program": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {}}}},
    "by-name": {"type": "http", "scheme": "Basic"},
}


def parameter(name: str, place: str, **more: Any) -> Json:
    return {"name": name, "in": place, "schema": {"type": "string"}, **more}


def api(paths: Json, **more: Any) -> OpenApi:
    document = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths, **more}
    return OpenApi(json.dumps(document).encode())


def drafted(operation: Json, path: str = "/orders", item: Json | None = None, method: str = "get", **more: Any) -> str:
    found = api({path: {method: ANSWERS | operation, **(item or {})}}, **more)
    text = draft(found, found.operations()[0], "ask")
    assert file_faults("http", text.encode()) == [], text
    return text


def read(text: str) -> Json:
    return dict(yaml.safe_load(text))


def test_a_parameter_of_the_operation_takes_the_place_of_the_path_s_and_each_is_an_input_of_its_own() -> None:
    own = [parameter("id", "path", required=True), parameter("id", "query", required=True), parameter("i-d", "query")]
    text = drafted(
        {"parameters": [*own, parameter("Authorization", "header")]}, "/orders/{id}",
        {"parameters": [parameter("id", "path", required=True)]},
    )  # fmt: skip
    found = read(text)
    assert found["query"] == {"id": "= input.id_query", "i-d": "= input.i_d"} and found["url"].endswith("/{input.id}")
    assert found["input"]["required"] == ["id", "id_query"] and "headers" not in found


@pytest.mark.parametrize("parameters", [None, {}, ["none"], [{"name": "x"}], [{"in": "query"}]])
def test_parameters_that_are_none_are_left_out(parameters: Any) -> None:
    assert "query" not in read(drafted({"parameters": parameters}))


def test_the_nearest_server_is_asked_with_its_variables_filled() -> None:
    near = {"url": "https://{place}.example/{v}", "variables": {"place": {"default": "eu"}, "v": {"default": "v2"}}}
    far = [{"url": "https://far.example/"}]
    assert read(drafted({}, item={"servers": [near]}, servers=far))["url"] == "https://eu.example/v2/orders"
    assert read(drafted({"servers": far}, item={"servers": [near]}))["url"] == "https://far.example/orders"


@pytest.mark.parametrize(
    ("security", "auth"),
    [
        ([{"in-header": []}], {"header": {"name": "X-Key", "secret": "ask-secret"}}),
        ([{"in-query": []}, {"by-name": []}], {"basic": {"user": "replace-this-user", "secret": "ask-secret"}}),
        ([{"by-person": ["read"]}], {"bearer": {"secret": "ask-secret"}}),
        ([{"by-program": ["read", "write"]}], {"oauth2": {"token": "https://a.example/t", "client": "ask-client",
                                               "secret": "ask-secret", "scope": "read write"}}),
        ([{"in-query": []}], None),
        ([{"in-header": [], "by-name": []}], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_first_way_that_a_connector_has_shows_who_calls_and_none_is_said(security: Any, auth: Any) -> None:
    text = drafted({"security": security}, components={"securitySchemes": SCHEMES})
    assert read(text).get("auth") == auth
    assert ("asks for a key in a way that connectors have not" in text) == (auth is None and bool(security))


def test_a_form_is_sent_field_by_field_and_another_type_is_said() -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "first-order": {"type": "boolean"}}}
    content = {"application/xml": {"schema": schema}, "application/x-www-form-urlencoded": {"schema": schema}}
    found = read(drafted({"requestBody": {"content": content}}, method="post"))
    assert found["as"] == "form" and found["body"]["first-order"] == '= get value(input.body, "first-order")'
    text = drafted({"requestBody": {"content": {"application/xml": {"schema": schema}}}}, method="post")
    assert text.startswith("# The document wants a body of the type 'application/xml'")


def test_answers_may_be_ranges_and_schemas_lead_to_themselves_and_out_of_the_document() -> None:
    node = {"allOf": [{"$ref": "#/components/schemas/N"}, {"properties": {
        "out": {"$ref": "other.yaml#/N"}, "one": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "word": {"type": "string", "pattern": "^\\p{L}+$"},
    }}]}  # fmt: skip
    content = {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/N"}}}}
    text = drafted({"responses": {"2XX": {"description": "", "content": content}, "404": {"description": "None"}}},
                   components={"schemas": {"N": node}})  # fmt: skip
    found = read(text)
    assert found["answers"][0]["when"] == "status >= 200 and status < 300" and "pattern" not in text
    assert found["output"]["properties"]["result"]["type"] == "array"
    assert found["answers"][1]["error"] == {"code": "http-404", "message": "None"}


@pytest.mark.parametrize(
    ("document", "words"),
    [({"swagger": "2.0", "paths": {}}, "converted to OpenAPI 3"), ({"openapi": "4.0"}, "but of 4.0"),
     ({"info": {}}, "Paste the whole document"), ({"openapi": "3.1.0"}, "no paths")],
)  # fmt: skip
def test_what_is_no_such_document_is_told_what_to_do(document: Json, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        OpenApi(json.dumps(document).encode())
    assert words in " ".join(refused.value.faults)


def test_yaml_may_name_its_answers_by_bare_numbers() -> None:
    text = "openapi: 3.0.3\npaths: {/orders: {get: {responses: {200: {description: Fine}, 404: {description: None}}}}}"
    found = OpenApi(text.encode())
    answers = read(draft(found, found.operations()[0], "ask"))["answers"]
    assert [one["when"] for one in answers] == ["status = 200", "status = 404"]


@pytest.mark.parametrize("pattern", ["a{99999999999999999999}", "(" * 3000 + ")" * 3000])
def test_a_pattern_that_nothing_here_can_look_for_is_left_out(pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    assert "pattern" not in drafted({"parameters": [parameter("x", "query") | {"schema": schema}]})


def test_of_more_parameters_than_anybody_reads_none_is_drafted() -> None:
    with pytest.raises(FileRefused, match="more than 500 parameters"):
        drafted({"parameters": [parameter(chr(0x4E00 + one), "query") for one in range(501)]})
