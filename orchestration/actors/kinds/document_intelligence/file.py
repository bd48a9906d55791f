"""What does the file of a reader say that has documents read by Azure AI Document Intelligence, and is it sound?

YAML: where the resource answers, which of its models reads, and in which version of the API. A document leaves this
machine whole, so that the card of such an actor says so, and how secret what goes out may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file
from orchestration.actors.kinds.http_connector.file import Connector, address_faults, hmac_faults, over_http
from orchestration.actors.kinds.http_connector.shape import COMMON
from orchestration.documents.fields import FROM_PAGES

Json = Any
CAPABILITY: Final = "read-document"
INVOICE, READ = "prebuilt-invoice", "prebuilt-read"
API_VERSION: Final = "2024-11-30"
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "url", "auth"],
    "properties": {
        **{name: COMMON[name] for name in ("title", "server", "url", "auth", "timeout", "most-bytes", "rate")},
        "capability": {"const": CAPABILITY},
        "model": {"enum": [INVOICE, READ]},
        "api-version": {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?$"},
        "pages": {"type": "integer", "minimum": 1, "maximum": FROM_PAGES},
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class AzureReader:
    """`connector`: how the resource is reached; its address is that of the resource. `pages`: read from the first."""

    connector: Connector
    model: str
    api_version: str
    pages: int


def azure_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=16)
def azure_of(content: bytes) -> AzureReader:
    """The reader of a file. Raises FileRefused."""
    if wrong := azure_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    most = {"most-bytes": given.get("most-bytes", 10_000_000), "timeout": given.get("timeout", 120.0)}
    connector = over_http({**given, **most, "answers": [], "repeatable": True}, "POST", given["url"], {})
    model, version = given.get("model", INVOICE), given.get("api-version", API_VERSION)
    return AzureReader(connector, model, version, given.get("pages", FROM_PAGES))


def connector_of(content: bytes) -> Connector:
    """How the resource is reached. Raises FileRefused."""
    return azure_of(content).connector


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    yield from hmac_faults(given)
    if "{" in given["url"]:
        yield "url: it is the address of the resource, without {expression}."
