"""What does the file of a tool of another server say, and is it sound? (Model Context Protocol)

One file is one tool: its server, its name, its pin, and its arguments, each fixed or taken from the input of the job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import Connector, address_faults, hmac_faults, over_http
from orchestration.actors.kinds.http_connector.shape import COMMON
from orchestration.actors.kinds.mapping import Filled, mapping, mapping_faults
from orchestration.actors.kinds.tool_server.pins import LETTERS, pin

Json = Any

KNOWN: Final = frozenset({"input"})
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "url", "tool", "pin", "arguments"],
    "properties": {
        **{name: schema for name, schema in COMMON.items() if name != "answers"},
        "tool": {"type": "string", "minLength": 1, "maxLength": 200},
        "pin": {"type": "string", "pattern": f"^[0-9a-f]{{{LETTERS}}}$"},
        "arguments": {"type": "object", "maxProperties": 50},
        "repeatable": {"type": "boolean"},
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class PinnedTool:
    """`connector`: how its server is reached."""

    connector: Connector
    name: str
    pin: str
    arguments: Filled


def tool_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def tool_of(content: bytes) -> PinnedTool:
    """The tool of a file. Raises FileRefused."""
    if wrong := tool_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    connector = over_http({"repeatable": False, **given, "answers": []}, "POST", given["url"], {})
    return PinnedTool(connector, given["tool"], given["pin"], mapping(given["arguments"]))


def connector_of(content: bytes) -> Connector:
    """How its server is reached. Raises FileRefused."""
    return tool_of(content).connector


def server_of(url: str, secret: str) -> Connector:
    """How a server is reached whose tools are still to be chosen. Raises FileRefused."""
    named = {"name": "any"}
    return connector_of(draft(named, url, secret, "any").encode())


def draft(tool: Mapping[str, Json], url: str, secret: str, capability: str) -> str:
    """The file of a tool as its server lists it, pinned to what it is now; its arguments come from the input."""
    asked = tool.get("inputSchema") or {"type": "object"}
    names = asked.get("properties", {}) if isinstance(asked, Mapping) else {}
    document = {
        "capability": capability, "title": str(tool.get("title") or tool["name"])[:200], "url": url,
        **({"auth": {"bearer": {"secret": secret}}} if secret else {}), "tool": tool["name"], "pin": pin(tool),
        "arguments": {name: f"= input.{name}" for name in names if str(name).isidentifier()},
        "input": asked, "output": tool.get("outputSchema") or {"type": "object"},
    }  # fmt: skip
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    yield from hmac_faults(given)
    yield from mapping_faults("arguments", given["arguments"], KNOWN)
    yield from schema_faults(given)
