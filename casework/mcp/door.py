"""Where do assistants outside come in? At `/mcp`, beside Django in the ASGI application.

Streamable HTTP without sessions. The SDK is loaded with the first request: a product that nobody outside asks does not
pay for it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from casework.mcp.calls import UNKNOWN, Api
from casework.mcp.tools import Tool, tools
from casework.web.live_stream import Application, Receive, Scope, Send

PATHS: Final = frozenset({"/mcp", "/mcp/"})
MOST_BODY: Final = 1024 * 1024
"""Bytes that one request may have."""
NOT_SIGNED_IN: Final = {
    "code": "not-authenticated",
    "message": "Say who you are: send the header `Authorization: Bearer <your token>`.",
}
NOT_OURS: Final = {
    "code": "wrong-host",
    "message": "This server is not called so. Ask it by its own name, or have it put on ALLOWED_HOSTS.",
}
NOTHING_TO_HEAR: Final = {
    "code": "wrong-method",
    "message": "Send messages by POST. This server says nothing of itself, and keeps no session that could be ended.",
}
CHALLENGE: Final = (b"www-authenticate", b"Bearer")
NO_PAGE: Final = {"code": "wrong-origin", "message": "Pages of other sites do not ask here; programs send no Origin."}


def with_mcp(application: Application, django: Application) -> Application:
    """The application, which also speaks MCP; its tools ask `django`."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await application(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if wrong := elsewhere(headers):
            await _refused(send, *wrong)
            return
        if not headers.get("authorization", "").partition(" ")[2].strip():
            await _refused(send, UNKNOWN, NOT_SIGNED_IN, (CHALLENGE,))
            return
        client = tuple(scope.get("client") or ("", 0))
        if scope["method"] != "POST":
            await _refused(send, 405, NOTHING_TO_HEAR, ((b"allow", b"POST"),))
            return
        await _speak(Api(django, headers, (str(client[0]), int(client[1]))), scope, receive, send)

    return serve


async def _speak(api: Api, scope: Scope, receive: Receive, send: Send) -> None:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings

    from casework.mcp.server import server

    offered, version = await sync_to_async(described)()
    # Which hosts and origins may ask is decided before, by the product's own settings (`elsewhere`).
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    manager = StreamableHTTPSessionManager(
        server(api, offered, version), stateless=True, json_response=True, security_settings=security,
        max_request_body_size=MOST_BODY,
    )  # fmt: skip
    handle: Callable[[Any, Any, Any], Awaitable[None]] = manager.handle_request
    async with manager.run():
        await handle(scope, receive, _asking_who(api, send))


def _asking_who(api: Api, send: Send) -> Send:
    """`send`, with the status that has a client ask for another token (RFC 6750) where the API does not know this one:
    by the words of the answer alone it would take its own message to be wrong."""

    async def sent(message: Any) -> None:
        if api.unknown and message["type"] == "http.response.start":
            message = {**message, "status": UNKNOWN, "headers": [*message["headers"], CHALLENGE]}
        await send(message)

    return sent


@cache
def described() -> tuple[tuple[Tool, ...], str]:
    """The tools, from the description of the API, and the product's version; once a process."""
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return tools(schema), schema["info"]["version"]


def elsewhere(headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]] | None:
    """Status and words where this was meant for another server, or a page of another site asks (DNS rebinding)."""
    host = headers.get("host", "")
    if not _is_ours(host):
        return 421, NOT_OURS
    origin = headers.get("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return None
    return None if origin.partition("://")[2] == host else (403, NO_PAGE)


def _is_ours(host: str) -> bool:
    name, _ = split_domain_port(host)
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


async def _refused(send: Send, status: int, told: Mapping[str, str], more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
