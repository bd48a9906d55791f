"""How does a tool of another server answer a job, and only as long as it is the tool that was chosen?

The kind `mcp`. Before each call the server is asked what its tool is now; where that is not what was pinned, the tool
is not called, and the version goes into quarantine until an administrator has looked at it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from audit.services import Origin
from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.actors.kinds.tool_server.file import connector_of, tool_of
from orchestration.actors.kinds.tool_server.pins import pin
from orchestration.actors.kinds.tool_server.wire import asked, listed
from orchestration.actors.registry import version_move
from orchestration.models import ActorVersion

Json = Any
BY: Final = Origin("system:pins")
CHANGED: Final = "The tool is not the one that was chosen: its name, description or schema has changed since."
GONE: Final = "Its server has no such tool any more."


class PinnedToolActor(HttpConnector):
    """An actor that calls one tool of a server, as its file says."""

    read = staticmethod(connector_of)

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        super().__init__(key, version, artefact)
        self.tool = tool_of(artefact or b"")

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Look whether it is still that tool, then call it once. Raises ActorError."""
        limit = min(self.connector.timeout, call.current().limit.total_seconds())
        until = time.monotonic() + limit
        self._compare(until)
        arguments = {name: one for name, one in self.tool.arguments.filled({"input": input}).items() if one is not None}
        params = {"name": self.tool.name, "arguments": arguments}
        result = asked(self.connector, "tools/call", params, idempotency_key, until, safe=self.connector.repeatable)
        return _answer(result)

    def shown(self, input: Json, key: str) -> dict[str, Json]:
        """What it would be called with."""
        return {"tool": self.tool.name, "arguments": self.tool.arguments.filled({"input": input})}

    def _compare(self, until: float) -> None:
        found = next((one for one in listed(self.connector, until) if one["name"] == self.tool.name), None)
        if found is not None and pin(found) == self.tool.pin:
            return
        quarantine(call.current().actor, self.version)
        raise ActorError(GONE if found is None else CHANGED, temporary=False)


def quarantine(actor: str, version: str, why: str = CHANGED) -> None:
    """Take the version out of work, on the control chain."""
    at_work = (ActorVersion.State.IN_USE, ActorVersion.State.SHARE, ActorVersion.State.SHADOW)
    row = ActorVersion.objects.select_related("actor").defer("artefact").filter(
        actor__key=actor, version=version, state__in=at_work
    ).first()  # fmt: skip
    if row is not None:
        version_move(row, ActorVersion.State.QUARANTINED, BY, reason=why)


def _answer(result: Mapping[str, Json]) -> Answer:
    """What the tool gave: its structured content, else its text under the name `text`."""
    if result.get("isError"):
        raise ActorError("The tool says that it could not do it.", temporary=False)
    given = result.get("structuredContent")
    if isinstance(given, dict):
        return Answer(given, None, {}, {"calls": 1})
    content = result.get("content")
    texts = [str(one.get("text", "")) for one in content if isinstance(one, Mapping) and one.get("type") == "text"] if (
        isinstance(content, list)
    ) else []  # fmt: skip
    if not texts:
        raise ActorError("The tool gave neither data nor text.", temporary=False)
    return Answer({"text": "\n".join(texts)}, None, {}, {"calls": 1})
