"""Which prompts ship with the product, and how does one become the file of a language model?

A prompt is an open file of its own, for one capability. With an address and the name of a model it is the file of an
actor: every version of that actor keeps the prompt that it works by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from orchestration.actors.capability import shipped
from orchestration.actors.kinds.files import read_file

Json = Any

FOLDER: Final = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a language model answers. `secret`: the name of the secret that holds its key, "" where it wants none.
    `reasoning`: it reasons before it answers, and takes no temperature."""

    url: str
    model: str
    speaks: str = "openai"
    typed: str = "schema"
    secret: str = ""
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class ShippedPrompt:
    capability: str
    title: str
    document: Mapping[str, Json]
    card: Mapping[str, Json]
    """What is said of who works by it, where nobody has said anything else; no part of its file."""

    def file_for(self, server: Server, timeout: float | None = None) -> bytes:
        """The file of a language model that works by this prompt; `timeout`: another one than its own."""
        given: dict[str, Json] = dict(self.document) | ({} if timeout is None else {"timeout": timeout})
        asked = asked_of(server)
        if server.reasoning:
            given.pop("temperature", None)
        return _dumped({"capability": self.capability, **asked, **_contract(self.capability), **given})

    def renewed(self, file: bytes) -> bytes | None:
        """The file of a language model with this prompt and contract in place of its own, asked as it is; None: they
        stand in it already."""
        before = read_file(file)
        kept = {"title", "timeout", *({"temperature"} if before.get("reasoning") else ())}
        new = {name: value for name, value in self.document.items() if name not in kept}
        after = {**before, **_contract(self.capability), **new}
        return None if after == before else _dumped(after)


def _dumped(document: Mapping[str, Json]) -> bytes:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=120).encode()


def asked_of(server: Server) -> dict[str, Json]:
    """How it is reached and asked, in the words of a language model's file."""
    asked = {"speaks": server.speaks, "url": server.url, "model": server.model, "typed": server.typed}
    auth = {"auth": auth_of(server)} if server.secret else {}
    return asked | auth | ({"reasoning": True} if server.reasoning else {})


def auth_of(server: Server) -> dict[str, Json]:
    """How its key is sent, in the words of a connector's file."""
    if server.speaks == "anthropic":
        return {"header": {"name": "x-api-key", "secret": server.secret}}
    if server.speaks == "azure":
        return {"header": {"name": "api-key", "secret": server.secret}}
    return {"bearer": {"secret": server.secret}}


def _contract(capability: str) -> dict[str, Json]:
    known = shipped().get(capability)
    return {} if known is None else {"input": dict(known.input or {}), "output": dict(known.output or {})}


@cache
def shipped_prompts() -> Mapping[str, ShippedPrompt]:
    """By capability."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return {one["capability"]: _shipped(one) for one in documents}


def _shipped(given: dict[str, Json]) -> ShippedPrompt:
    document = {name: value for name, value in given.items() if name != "card"}
    return ShippedPrompt(given["capability"], given["title"], document, given["card"])
