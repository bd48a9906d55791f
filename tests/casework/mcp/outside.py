"""How does a test speak MCP with the product? As an assistant outside does: over HTTP, with a person's token."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx2
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from casework.mcp.case_task import EXTENSION
from casework.mcp.door import with_mcp
from tests.casework.access.tokens import token_for

REVISION = "2026-07-28"
ADDRESS = "http://testserver/mcp"


def application() -> Any:
    django = ASGIHandler()
    return with_mcp(django, django)


def http(token: str) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=application()), headers=headers)


def token_of(person: User) -> str:
    return token_for(person)


class Assistant:
    """The official client, as this person: `Assistant(anna).call("find_open_tasks", scope="group")`."""

    def __init__(self, person: User) -> None:
        self.token = token_of(person)

    def tools(self) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            async with self._client() as client:
                return {tool.name: tool for tool in (await client.list_tools()).tools}

        return async_to_sync(ask)()

    def call(self, tool: str, **arguments: Any) -> Any:
        async def ask() -> Any:
            async with self._client() as client:
                return await client.call_tool(tool, arguments)

        return async_to_sync(ask)()

    def say(self, method: str, follows: bool = True, **params: Any) -> dict[str, Any]:
        """One message as it goes over the wire: what the official client has no words for yet. Its answer."""
        return spoken(self.token, method, follows, **params)[1]

    def _client(self) -> Client:
        return Client(streamable_http_client(ADDRESS, http_client=http(self.token)), mode=REVISION)


def spoken(
    token: str, method: str, follows: bool = True, headers: Mapping[str, str] = MappingProxyType({}), **params: Any
) -> tuple[int, dict[str, Any]]:
    """HTTP status and answer of one JSON-RPC message. `follows`: the client says that it knows tasks; `headers`: it
    sends these, too."""
    capabilities = {"extensions": {EXTENSION: {}}} if follows else {}
    meta = {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"_meta": meta}}
    sent = {
        "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": REVISION, "Mcp-Method": method,
        "Mcp-Name": str(params.get("name") or params.get("taskId") or ""), **headers,
    }  # fmt: skip

    async def ask() -> tuple[int, dict[str, Any]]:
        async with http(token) as client:
            response = await client.post(ADDRESS, json=message, headers=sent)
            return response.status_code, response.json()

    return async_to_sync(ask)()
