"""How does a worker wait for work without keeping a thread or a connection?

Its request goes through Django like any other. Where there is nothing to fetch, the view says for how long the worker
would wait; the thread and the connection are given back, and this wrapper (ASGI) sleeps. When work is offered to the
worker's actor the same request is asked again. One look at the database serves all who wait in a process. Under a
server without it (WSGI) the answer comes at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableSequence
from typing import Final

from rest_framework.request import Request

from casework.actors.api.bell import Bell
from casework.web.live_stream import Application, Message, Receive, Scope, Send

PATH: Final = "/api/workers/fetch/"
WAITS: Final = "casewright.waits"
"""Where in the request's scope a view says who would wait, and for how long."""
MOST_BODY: Final = 64 * 1024
"""Bytes that are kept to ask again; who sends more is answered at once."""


def wait_for_more(request: Request, actor: str, seconds: float) -> None:
    """Have the request asked again when there is work for this actor, within so many seconds."""
    waits = getattr(request._request, "scope", {}).get(WAITS)
    if waits is not None:
        waits.append((actor, seconds))


def with_long_polls(application: Application, bell: Bell) -> Application:
    """The application, whose fetches wait for work where their view says so."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await application(scope, receive, send)
            return
        messages = await _body(receive)
        if sum(len(one.get("body", b"")) for one in messages) > MOST_BODY or messages[-1]["type"] != "http.request":
            await application(scope, _replay(messages, receive), send)
            return
        for message in await _answer(application, scope, messages, receive, bell):
            await send(message)

    return serve


async def _body(receive: Receive) -> list[Message]:
    """What has come of the request: all of it, or as much as is kept."""
    messages: list[Message] = []
    size = 0
    while not messages or (messages[-1].get("more_body") and size <= MOST_BODY):
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))
    return messages


async def _answer(
    application: Application, scope: Scope, messages: list[Message], receive: Receive, bell: Bell
) -> list[Message]:
    """The answer, when there is one with work in it, or time is over; nothing when the worker has gone."""
    began = time.monotonic()
    while True:
        waits: list[tuple[str, float]] = []
        answer: list[Message] = []
        await application({**scope, WAITS: waits}, _replay(messages, receive), _collect(answer))
        left = began + waits[0][1] - time.monotonic() if waits else 0
        if left <= 0:
            return answer
        match await _rung(bell, waits[0][0], left, receive):
            case None:
                return []
            case False:
                return answer


async def _rung(bell: Bell, actor: str, seconds: float, receive: Receive) -> bool | None:
    """Whether there is work within so many seconds; None when the worker has gone."""
    gone = asyncio.create_task(_gone(receive))
    rings = asyncio.create_task(bell.rings(actor))
    try:
        done, _ = await asyncio.wait({gone, rings}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        rings.cancel()
    return None if gone in done else rings in done


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _replay(messages: list[Message], receive: Receive) -> Receive:
    """Gives what has come already, then what comes."""
    left = iter(messages)

    async def replayed() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return replayed


def _collect(answer: MutableSequence[Message]) -> Send:
    async def collected(message: Message) -> None:
        answer.append(message)

    return collected
