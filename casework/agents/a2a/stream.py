"""How does an agent outside hear of each change of its task, without a request being kept? (A2A 1.0, 3.1.2 and 3.1.6)

The request goes through Django like any other and is over, with its first event; then this wrapper (ASGI) goes on. When
the case has changed, the task is asked for again through the ordinary door, with the headers that came: who has lost
the right, or whose token has ended, hears nothing more. Under a server without it (WSGI) the stream ends at once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from casework.agents.a2a.task import is_over, news, stands
from casework.cases.api.rendering import person
from casework.cases.live import CASE_CHANGES
from casework.models import Case
from casework.web.api.errors import error
from casework.web.live import hub as hub_of_pages
from casework.web.live_hub import Hub, Viewer
from casework.web.live_stream import LONGEST, Application, Message, Receive, Scope, Send, gone, held_open

Json = dict[str, Any]
EVENTS: Final = "text/event-stream"
STREAMS: Final = re.compile(r"/api/a2a/(message:stream|tasks/[0-9]+:subscribe)")
FOLLOWED: Final = "casewright.task"
"""Where in the request's scope a view leaves the task that is followed from now on."""
SENT_ALONG: Final = frozenset({
    b"authorization", b"cookie", b"host", b"a2a-version", b"user-agent", b"x-forwarded-for", b"x-forwarded-proto",
    b"x-forwarded-host",
})  # fmt: skip
BEAT: Final = b": still here\n\n"
TOO_MANY: Final = "You follow too many tasks at once. End a stream and send the same again: nothing begins twice."
AGAIN: Final = 1.0
"""Seconds until a task is asked for again that could not be."""
LATER: Final = frozenset({429, 500, 502, 503})


@dataclass(frozen=True, slots=True)
class Followed:
    """A task on the line: `told` is what its agent has heard last."""

    viewer: Viewer
    task: str
    told: str


def streamed(request: Request, task: Json, case: Case | None) -> Response | HttpResponse:
    """The task as the first event; what comes after it follows where the server has streams."""
    if case is not None and (many := handed_over(request, task, case)):
        return many
    headers = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}
    return HttpResponse(event({"task": task}), content_type=EVENTS, headers=headers)


def may_follow(request: Request) -> bool:
    """Whether the server goes on with a request when Django is done with it."""
    return FOLLOWED in getattr(request._request, "scope", {})


def handed_over(request: Request, task: Json, case: Case) -> Response | None:
    """Leave the task to be followed, where that can be done and there is something to come; or refuse."""
    if not may_follow(request) or is_over(task):
        return None
    who = person(request)
    head = CASE_CHANGES.look([case.instance_id]).get(case.instance_id, "")
    if not hub_of_pages.admit(who.pk, settings.LIVE_STREAMS_A_PERSON):
        return error(429, "throttled", TOO_MANY)
    session = request._request.session.session_key or ""
    viewer = Viewer(CASE_CHANGES, case.instance_id, who.pk, session, head)
    request._request.scope[FOLLOWED].append(Followed(viewer, task["id"], stands(task)))  # type: ignore[attr-defined]  # ASGI
    return None


def event(told: Json, name: str = "") -> bytes:
    """One server-sent event (WHATWG HTML, 9.2)."""
    return (f"event: {name}\n".encode() if name else b"") + b"data: " + orjson.dumps(told, default=str) + b"\n\n"


def with_task_streams(application: Application, django: Application, hub: Hub) -> Application:
    """The application, whose streams to agents go on; tasks are asked of `django`."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not STREAMS.fullmatch(scope["path"]):
            await application(scope, receive, send)
            return
        followed: list[Followed] = []
        try:
            await application({**scope, FOLLOWED: followed}, receive, held_open(followed, send))
            if followed:
                await _stream(hub, followed[0], django, scope, receive, send)
        finally:
            for one in followed:
                hub.dismiss(one.viewer.person)

    return serve


@asynccontextmanager
async def looking_on(hub: Hub, viewer: Viewer, receive: Receive, longest: float) -> AsyncIterator[None]:
    """What is inside hears of news, for so many seconds at most, and is told when nobody listens any more."""
    left = asyncio.create_task(gone(receive, viewer))
    hub.enter(viewer)
    try:
        async with asyncio.timeout(longest):
            yield
    except TimeoutError:
        pass
    finally:
        hub.leave(viewer)
        left.cancel()


async def _stream(
    hub: Hub, followed: Followed, django: Application, scope: Scope, receive: Receive, send: Send
) -> None:
    async with looking_on(hub, followed.viewer, receive, LONGEST):
        await _told(followed, django, scope, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _told(followed: Followed, django: Application, scope: Scope, send: Send) -> None:
    """Each change, until the task is over or may not be seen any more."""
    viewer, heard = followed.viewer, followed.told
    seen = viewer.seen
    while not viewer.over:
        seen_now, is_news = await viewer.news(seen)
        if viewer.over or not is_news:
            await _say(send, [] if viewer.over else [BEAT])
            continue
        status, task = await asked_again(django, scope, followed.task)
        if status in LATER:
            await asyncio.sleep(AGAIN)
            continue
        if status != 200:
            await _say(send, [event(task, "error")])
            return
        if stands(task) != heard:
            await _say(send, [event(one) for one in news(task)])
        seen, heard = seen_now, stands(task)
        if is_over(task):
            return


async def asked_again(django: Application, scope: Scope, task: str) -> tuple[int, Json]:
    """Status and answer of a look at the task, as whoever opened the stream."""
    path, answer = f"/api/a2a/tasks/{task}", list[Message]()
    headers = [(name, value) for name, value in scope["headers"] if name.lower() in SENT_ALONG]
    asked = {**scope, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    waits = asyncio.Event()

    async def nothing() -> Mapping[str, Any]:
        if not answer and not waits.is_set():
            waits.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def kept(message: Message) -> None:
        answer.append(message)

    await django(asked, nothing, kept)
    body = b"".join(one.get("body", b"") for one in answer if one["type"] == "http.response.body")
    return int(answer[0]["status"]), orjson.loads(body or b"{}")


async def _say(send: Send, events: Sequence[bytes]) -> None:
    for body in events:
        await send({"type": "http.response.body", "body": body, "more_body": True})
