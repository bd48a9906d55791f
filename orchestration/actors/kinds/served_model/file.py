"""What does the file of a model that is served elsewhere say, and is it sound? (Open Inference Protocol, version 2)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import (
    BEFORE,
    PAGE,
    Connector,
    address_faults,
    hmac_faults,
    over_http,
    rule_faults,
)
from orchestration.actors.kinds.http_connector.shape import COMMON
from orchestration.actors.kinds.mapping import mapping, mapping_faults

Json = Any

DATATYPES: Final = (
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES",
)  # fmt: skip
NAME: Final = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$"}
AFTER: Final = PAGE | {"outputs"}
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "model", "inputs", "answers"],
    "properties": {
        **COMMON,
        "model": NAME,
        "version": NAME,
        "parameters": {"type": "object"},
        "inputs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "datatype", "shape", "data"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 200},
                    "datatype": {"enum": list(DATATYPES)},
                    "shape": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string"}]},
                    "data": {},
                },
            },
        },
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


def served_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def served_of(content: bytes) -> Connector:
    """How the model is asked. Raises FileRefused."""
    if wrong := served_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    asked = {"inputs": given["inputs"]} | ({"parameters": given["parameters"]} if "parameters" in given else {})
    found = over_http(given, "POST", f"{base_of(given)}{model_path(given)}/infer", {})
    return replace(found, body=mapping(asked), repeatable=True)


def base_of(given: Mapping[str, Json]) -> str:
    """The address before `/v2`; empty where a server is named."""
    return str(given.get("url", "")).rstrip("/")


def model_path(given: Mapping[str, Json]) -> str:
    version = f"/versions/{given['version']}" if "version" in given else ""
    return f"/v2/models/{given['model']}{version}"


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    if "server" not in given and "url" not in given:
        yield "the file: a server or a url is expected."
    else:
        yield from address_faults({**given, "url": base_of(given) or "/"})
    for part in ("inputs", "parameters"):
        yield from mapping_faults(part, given.get(part), BEFORE)
    yield from rule_faults(given["answers"], AFTER)
    yield from hmac_faults(given)
    yield from schema_faults(given)
