"""How is a tool server asked? (Model Context Protocol, revision 2026-07-28, streamable HTTP without sessions)

One request, one answer, as JSON or as the one message of a stream of events. By the product's own client, which calls
listed hosts alone and keeps secrets out of everything.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.client import Bounds, Got, Sent
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.http_connector.actor import sent
from orchestration.actors.kinds.http_connector.file import Connector
from orchestration.actors.kinds.http_connector.request import base_address, signed

Json = Any

REVISION: Final = "2026-07-28"
META: Final = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": {"name": "casewright", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
PAGES: Final = 20
"""Pages of a list of tools that are read."""
MOST_TOOLS: Final = 1000
STREAM: Final = "text/event-stream"


def listed(connector: Connector, until: float) -> Iterator[Mapping[str, Json]]:
    """The tools that the server has now, page by page. `until`: of the monotonic clock. Raises ActorError."""
    cursor: Json = None
    for _ in range(PAGES):
        result = asked(connector, "tools/list", {} if cursor is None else {"cursor": cursor}, "", until, safe=True)
        tools = result.get("tools")
        if not isinstance(tools, list) or len(tools) > MOST_TOOLS:
            raise ActorError("The tool server does not list its tools as MCP says.", temporary=False)
        yield from (one for one in tools if isinstance(one, Mapping) and isinstance(one.get("name"), str))
        cursor = result.get("nextCursor")
        if cursor is None:
            return


def asked(
    connector: Connector, method: str, params: Mapping[str, Json], key: str, until: float, *, safe: bool
) -> Mapping[str, Json]:
    """The result of one request. `safe`: asking again does nothing twice. Raises ActorError."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}
    headers = {
        "Content-Type": "application/json", "Accept": f"application/json, {STREAM}", "MCP-Protocol-Version": REVISION,
        "Mcp-Method": method,
    }  # fmt: skip
    if "name" in params:
        headers["Mcp-Name"] = str(params["name"])
    address = base_address(connector.server) + str(connector.url[0])
    request = signed(connector.auth, Sent("POST", address, headers, json.dumps(message).encode()), key)
    bounds = Bounds(until - time.monotonic(), connector.most_bytes, 0)
    return _result(sent(request, listed_hosts(), bounds, repeatable=safe), safe)


def _result(got: Got, safe: bool) -> Mapping[str, Json]:
    """What the server answered. What it says went wrong is not told: it may quote what it was given."""
    if got.status != 200:
        temporary = safe and (got.status == 429 or got.status >= 500)
        raise ActorError(f"The tool server answered with the status {got.status}.", temporary=temporary)
    message = _message(got)
    if not isinstance(message, Mapping) or not isinstance(message.get("result"), Mapping):
        code = message.get("error", {}).get("code") if isinstance(message, Mapping) else None
        told = f" (error {code})" if isinstance(code, int) else ""
        raise ActorError(f"The tool server refused the request{told}.", temporary=False)
    found: Mapping[str, Json] = message["result"]
    return found


def _message(got: Got) -> Json:
    """The message that answers; of a stream the last one that has an id."""
    text = got.content.decode("utf-8", "replace")
    if not got.headers.get("content-type", "").startswith(STREAM):
        return _json(text)
    data = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    messages = [one for one in map(_json, data) if isinstance(one, Mapping) and "id" in one]
    return messages[-1] if messages else None


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
