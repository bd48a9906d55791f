"""How does a tool call the API? In the same process, as the person whose token came with it.

The request goes through every middleware, right, mask, limit and audit line that one from outside goes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from casework.mcp.tools import Call

UNKNOWN: Final = 401
"""The API's status where a token is none, was taken back or has ended."""


@dataclass(frozen=True)
class Answer:
    """The API's answer: its HTTP status and what its JSON says."""

    status: int
    content: Any

    @property
    def ok(self) -> bool:
        return self.status < 400


@dataclass(frozen=True)
class Api:
    """The API for one request from outside. `application`: Django (ASGI); `headers`: who asks, and from where;
    `unknown`: what it answered because it does not know them."""

    application: Any
    headers: Mapping[str, str]
    client: tuple[str, int]
    unknown: list[Answer] = field(default_factory=list)

    async def ask(self, call: Call) -> Answer:
        transport = httpx2.ASGITransport(app=self.application, client=self.client)
        host = self.headers.get("host", "127.0.0.1")
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            response = await client.request(
                call.method.upper(), call.path, params=call.query, json=call.body, headers=_passed_on(self.headers)
            )
        answer = Answer(response.status_code, response.json())
        if answer.status == UNKNOWN:
            self.unknown.append(answer)
        return answer


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """Who asks, and how they came: MCP says `Bearer`, the API `Token`. Cookies stay behind: no browser asks here."""
    kept = {name: headers[name] for name in ("x-forwarded-for", "x-forwarded-proto", "user-agent") if name in headers}
    _, _, token = headers.get("authorization", "").partition(" ")
    return kept | {"authorization": f"Token {token.strip()}", "accept": "application/json"}
