"""What does the file of an agent outside say, and is it sound? (Agent2Agent, A2A 1.0 over HTTP+JSON)

One file is one agent: where it listens, what its card was when it was chosen, whose signature that card must have, and
what it is told of a job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import Connector, address_faults, hmac_faults, over_http
from orchestration.actors.kinds.http_connector.shape import COMMON
from orchestration.actors.kinds.mapping import Filled, mapping, mapping_faults
from orchestration.actors.kinds.remote_agent.cards import key_of

Json = Any
KNOWN: Final = frozenset({"input"})
HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
KEY: Final = {"type": "string", "pattern": "^([0-9a-f]{64}|04[0-9a-f]{128})$"}
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "title", "url", "card", "data"],
    "properties": {
        **{name: schema for name, schema in COMMON.items() if name != "answers"},
        "card": {
            "type": "object", "additionalProperties": False, "required": ["pin", "key"],
            "properties": {"pin": HASH, "key": KEY, "url": {"type": "string", "pattern": "^/", "maxLength": 500}},
        },
        "data": {"type": "object", "maxProperties": 50},
    },
}  # fmt: skip
VALIDATOR: Final = Draft202012Validator(SHAPE)
WELL_KNOWN: Final = "/.well-known/agent-card.json"


@dataclass(frozen=True, slots=True)
class RemoteAgent:
    """`connector`: how it is reached. `card`: the path of its card; `pin`, `key`: what it was, and who must have signed
    it. `data`: what it is told."""

    connector: Connector
    title: str
    card: str
    pin: str
    key: str
    data: Filled


def remote_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def remote_of(content: bytes) -> RemoteAgent:
    """The agent of a file. Raises FileRefused."""
    if wrong := remote_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    card = given["card"]
    connector = over_http({"repeatable": False, **given, "answers": []}, "POST", given["url"], {})
    return RemoteAgent(
        connector, given["title"], card.get("url", WELL_KNOWN), card["pin"], card["key"], mapping(given["data"])
    )


def connector_of(content: bytes) -> Connector:
    """How it is reached. Raises FileRefused."""
    return remote_of(content).connector


def _key_faults(key: str) -> Iterator[str]:
    try:
        key_of(key)
    except ValueError:
        yield "card.key is no public key: name an Ed25519 key or a point of P-256."


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    yield from _key_faults(given["card"]["key"])
    yield from hmac_faults(given)
    yield from mapping_faults("data", given["data"], KNOWN)
    yield from schema_faults(given)
