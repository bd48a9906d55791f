"""How does an agent outside wait for its task, with the message that begins it? (A2A 1.0, 3.2.2: unless it says
`returnImmediately: true`)

The request goes through Django like any other and is over; its answer is kept back here (ASGI) until the task is over
or asks for something, or until it would be too long for the line. The task is then asked for again through the ordinary
door, with the headers that came, so that a right that ended meanwhile is ended here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from casework.agents.a2a.stream import AGAIN, FOLLOWED, LATER, Followed, asked_again, looking_on
from casework.agents.a2a.task import is_settled
from casework.web.live_hub import Hub
from casework.web.live_stream import Application, Message, Receive, Scope, Send

Json = dict[str, Any]
SEND: Final = "/api/a2a/message:send"
LONGEST: Final = 60.0
"""Seconds that an answer is kept back: servers in between cut lines on which nothing comes."""


def with_waited_tasks(application: Application, django: Application, hub: Hub) -> Application:
    """The application, whose answers to messages wait where a view hands a task over."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != SEND:
            await application(scope, receive, send)
            return
        followed, answer = list[Followed](), list[Message]()

        async def kept(message: Message) -> None:
            answer.append(message)

        try:  # Django answers nothing to who has gone
            await application({**scope, FOLLOWED: followed}, receive, kept)
            if followed and answer and (settled := await _settled(hub, followed[0], django, scope, receive)):
                answer = _answered(answer, *settled)
            for message in answer:
                await send(message)
        finally:
            for one in followed:
                hub.dismiss(one.viewer.person)

    return serve


async def _settled(
    hub: Hub, followed: Followed, django: Application, scope: Scope, receive: Receive
) -> tuple[int, Json] | None:
    """Status and answer of the last look at the task; None where it stands as it did, or nobody listens any more."""
    found: list[tuple[int, Json]] = []
    async with looking_on(hub, followed.viewer, receive, LONGEST):
        await _look_on(followed, django, scope, found)
    return found[-1] if found else None


async def _look_on(followed: Followed, django: Application, scope: Scope, found: list[tuple[int, Json]]) -> None:
    viewer = followed.viewer
    seen = viewer.seen
    while not viewer.over:
        seen_now, is_news = await viewer.news(seen)
        if not is_news and not viewer.over:
            continue
        status, task = await asked_again(django, scope, followed.task)
        if status in LATER:
            await asyncio.sleep(AGAIN)
            continue
        found.append((status, {"task": task} if status == 200 else task))
        if status != 200 or is_settled(task):
            return
        seen = seen_now


def _answered(answer: Sequence[Message], status: int, told: Json) -> list[Message]:
    """The answer with what is so now in place of what was so at first."""
    body = orjson.dumps(told, default=str)
    began = next(one for one in answer if one["type"] == "http.response.start")
    headers = [one for one in began["headers"] if one[0].lower() != b"content-length"]
    length = (b"content-length", str(len(body)).encode())
    return [
        {**began, "status": status, "headers": [*headers, length]},
        {"type": "http.response.body", "body": body, "more_body": False},
    ]
