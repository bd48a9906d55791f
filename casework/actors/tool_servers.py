"""How does an administrator choose tools of another server, so that they stay what they were when they were chosen?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.actors.connectors import drafted_page
from casework.actors.views import may_change
from casework.web.decorators import reads_and_writes
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.tool_server.file import draft, server_of
from orchestration.actors.kinds.tool_server.wire import listed

Json = Any
SECONDS: Final = 15.0
SHORT: Final = 200


@reads_and_writes
def connector_tools(request: HttpRequest) -> HttpResponse:
    """Ask a server which tools it has, choose one: its file, pinned to what it is now, is shown to be read."""
    may_change(request)
    given = {name: request.POST.get(name, "").strip()[:SHORT] for name in ("url", "secret", "capability", "tool")}
    if request.method != "POST":
        return _page(request, given)
    try:
        tools = list(listed(server_of(given["url"], given["secret"]), time.monotonic() + SECONDS))
    except FileRefused as refused:
        return _page(request, given, wrong=_by_field(refused.faults), status=400)
    except ActorError as error:
        return _page(request, given, wrong={"url": str(error)}, status=400)
    chosen = next((one for one in tools if one["name"] == given["tool"]), None)
    if chosen is None:
        wrong = {"tool": "Choose a tool."} if tools and "capability" in request.POST else {}
        shown = [_shown(one) for one in tools]
        return _page(request, given, tools=shown, asked=True, wrong=wrong, status=400 if wrong else 200)
    capability = given["capability"] or "use-tool"
    return drafted_page(request, "mcp", draft(chosen, given["url"], given["secret"], capability), chosen["name"])


def _by_field(faults: Iterable[str]) -> dict[str, str]:
    """What is wrong with the secret's name stands there, all else at the address."""
    found: dict[str, str] = {}
    for fault in faults:
        name = "secret" if "secret" in fault else "url"
        found[name] = f"{found[name]} {fault}" if name in found else fault
    return found


def _shown(tool: Mapping[str, Json]) -> dict[str, str]:
    return {"name": tool["name"], "description": str(tool.get("description", ""))[:500]}


def _page(request: HttpRequest, given: Mapping[str, str], *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "actors/tool_server.html", {"given": given, **more}, status=status)
