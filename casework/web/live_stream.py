"""How does a page keep a stream open without keeping a request?

The request goes through Django like any other, is answered and is over, with its thread and its connection given back;
only then does this wrapper (ASGI) go on with the answer as a stream of server-sent events (WHATWG HTML, 9.2). Under a
server without it (WSGI) the stream ends at once, and the page asks again every few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sized
from typing import Any, Final

from casework.web.live_hub import BEAT_EVERY, Hub, Viewer

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HANDED_OVER: Final = "casewright.live"
"""Where in the request's scope a view leaves the viewer, admitted by the hub, who is to be told what happens next."""
LONGEST: Final = 3600.0
"""Seconds. Then the page asks anew."""


def with_streams(application: Application, hub: Hub) -> Application:
    """The application, whose answers go on as streams where a view hands over a viewer."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/live/"):
            await application(scope, receive, send)
            return
        handed_over: list[Viewer] = []
        try:
            await application({**scope, HANDED_OVER: handed_over}, receive, held_open(handed_over, send))
            if handed_over:
                await _stream(hub, handed_over[0], receive, send)
        finally:
            for viewer in handed_over:
                hub.dismiss(viewer.person)

    return serve


def held_open(handed_over: Sized, send: Send) -> Send:
    """Sends on, but neither the length nor the end of an answer that is going on."""

    async def held(message: Message) -> None:
        if handed_over and message["type"] == "http.response.start":
            headers = [header for header in message["headers"] if header[0].lower() != b"content-length"]
            message = {**message, "headers": headers}
        elif handed_over and message["type"] == "http.response.body":
            message = {**message, "more_body": True}
        await send(message)

    return held


async def _stream(hub: Hub, viewer: Viewer, receive: Receive, send: Send) -> None:
    told = viewer.seen
    left = asyncio.create_task(gone(receive, viewer))
    hub.enter(viewer)
    try:
        async with asyncio.timeout(LONGEST):
            while not viewer.over:
                told, is_news = await viewer.news(told)
                await _say(send, "over" if viewer.over else "changed" if is_news else "beat", told)
                if (company := viewer.new_company()) is not None and not viewer.over:
                    await _say(send, "company", company)
    except TimeoutError:
        pass
    finally:
        hub.leave(viewer)
        left.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def gone(receive: Receive, viewer: Viewer) -> None:
    """Ends the viewer when whoever listened has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    viewer.end()


def words_for(event: str, state: str = "") -> bytes:
    """One server-sent event. A sign of life says in how many seconds the next one comes."""
    match event:
        case "changed":
            return f"id: {state}\nevent: changed\ndata: {state}\n\n".encode()
        case "beat":
            return f"event: beat\ndata: {state or int(BEAT_EVERY)}\n\n".encode()
        case "company":
            return f"event: company\ndata: {state}\n\n".encode()
        case _:
            return b"event: over\ndata: you may not see this any more\n\n"


async def _say(send: Send, event: str, state: str) -> None:
    body = words_for(event, state if event in ("changed", "company") else "")
    await send({"type": "http.response.body", "body": body, "more_body": True})
