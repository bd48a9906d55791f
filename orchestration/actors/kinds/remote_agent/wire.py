"""How is an agent outside asked? (A2A 1.0, the binding HTTP+JSON)

By the product's own client, which calls listed hosts alone and keeps secrets out of everything.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.client import Bounds, Got, Sent
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.http_connector.actor import sent
from orchestration.actors.kinds.http_connector.request import Request, base_address, signed
from orchestration.actors.kinds.remote_agent.file import RemoteAgent

Json = Any
VERSION: Final = "1.0"
HEADERS: Final = {"Accept": "application/json", "A2A-Version": VERSION}
NO_A2A: Final = "The agent does not answer as A2A 1.0 says."


def address(agent: RemoteAgent) -> str:
    """Where it listens, as its card has to name it."""
    return (base_address(agent.connector.server) + str(agent.connector.url[0])).rstrip("/")


def card_of(agent: RemoteAgent, until: float) -> Mapping[str, Json]:
    """Its card as it is now, asked for without showing who asks. Raises ActorError."""
    place = str(httpx2.URL(address(agent)).copy_with(raw_path=agent.card.encode()))
    return _answer(_got(agent, Request(Sent("GET", place, dict(HEADERS), b"")), until, safe=True), safe=True)


def told(agent: RemoteAgent, message: Mapping[str, Json], key: str, until: float) -> Mapping[str, Json]:
    """What it answers to a message, at once: a task that takes long is looked at again. Raises ActorError."""
    content = json.dumps({"message": message, "configuration": {"returnImmediately": True}}).encode()
    return _call(agent, "POST", "/message:send", content, key, until, safe=False)


def task(agent: RemoteAgent, name: str, key: str, until: float) -> Mapping[str, Json]:
    """How far a task of it is. Raises ActorError."""
    return _call(agent, "GET", f"/tasks/{name}", b"", key, until, safe=True)


def cancelled(agent: RemoteAgent, name: str, key: str, until: float) -> None:
    """Ask it to end a task. Raises ActorError."""
    _call(agent, "POST", f"/tasks/{name}:cancel", b"{}", key, until, safe=True)


def _call(
    agent: RemoteAgent, method: str, path: str, content: bytes, key: str, until: float, *, safe: bool
) -> Mapping[str, Json]:
    headers = {**HEADERS, **({"Content-Type": "application/json"} if content else {})}
    request = signed(agent.connector.auth, Sent(method, address(agent) + path, headers, content), key)
    return _answer(_got(agent, request, until, safe=safe), safe=safe)


def _got(agent: RemoteAgent, request: Request, until: float, *, safe: bool) -> Got:
    bounds = Bounds(until - time.monotonic(), agent.connector.most_bytes, 0)
    return sent(request, listed_hosts(), bounds, repeatable=safe)


def _answer(got: Got, *, safe: bool) -> Mapping[str, Json]:
    """What it answered. What it says went wrong is not told: it may quote what it was given."""
    if not 200 <= got.status < 300:
        temporary = safe and (got.status == 429 or got.status >= 500)
        raise ActorError(f"The agent answered with the status {got.status}.", temporary=temporary)
    try:
        found = json.loads(got.content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise ActorError(NO_A2A, temporary=False)
    return found
