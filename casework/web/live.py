"""How does a page learn that something has changed?

By a stream of server-sent events (WHATWG HTML, 9.2) that only says "changed": the page then asks for its live part
through the ordinary door. Every look checks anew that the person may see it. A look takes a database connection for one
moment from a bounded number of threads, so that a thousand open pages do not hold a thousand connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from casework.access import permissions
from casework.tasks.inbox import inbox_marker
from orchestration.ground import clock

LOOK_EVERY: Final = 1.5
HEARTBEAT_EVERY: Final = 15
LONGEST: Final = 600
RETRY_MS: Final = 3000

Look = Callable[[], str]
"""Reads what stands for the present state. Raises Http404 or PermissionDenied when it may not be seen any more."""


@login_required
@require_safe
async def case_live(request: HttpRequest, case_id: int) -> StreamingHttpResponse:
    user_id, session = await _who(request)
    return await _stream(request, lambda: _case_marker(user_id, session, case_id))


@login_required
@require_safe
async def inbox_live(request: HttpRequest) -> StreamingHttpResponse:
    user_id, session = await _who(request)
    return await _stream(request, lambda: inbox_marker(user=_still_signed_in(user_id, session), now=clock.utc_now()))


async def _who(request: HttpRequest) -> tuple[int, str]:
    user = await request.auser()
    return int(user.pk or 0), request.session.session_key or ""


def _still_signed_in(user_id: int, session: str) -> User:
    """The person, as long as they are active and their session has not ended. Raises PermissionDenied."""
    from django.contrib.sessions.models import Session

    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not Session.objects.filter(pk=session, expire_date__gt=clock.utc_now()).exists():
        raise PermissionDenied
    return user


def _case_marker(user_id: int, session: str, case_id: int) -> str:
    """The number of the case's last event: every change of a case is one."""
    case = permissions.case_for_user(_still_signed_in(user_id, session), case_id, "view")
    return str(case.instance.head_sequence)


async def _stream(request: HttpRequest, look: Look) -> StreamingHttpResponse:
    """The stream. A look is made before it begins, so that who may not see gets an ordinary error.

    The page says which state it shows (`?seen=`), the browser on its return which it has heard of: what happened in
    between is told at once.
    """
    await _looked(look)
    seen = request.headers.get("Last-Event-ID") or request.GET.get("seen", "")
    response = StreamingHttpResponse(_events(look, seen), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(look: Look, seen: str) -> AsyncIterator[str]:
    """Ends after a while, or when it may not be seen any more; the browser then asks again and is let in or not."""
    yield f"retry: {RETRY_MS}\n\n"
    quiet = 0.0
    for _ in range(int(LONGEST / LOOK_EVERY)):
        try:
            now = await _looked(look)
        except (Http404, PermissionDenied):
            yield "event: over\ndata: you may not see this any more\n\n"
            return
        if now != seen:
            seen, quiet = now, 0.0
            yield f"id: {seen}\nevent: changed\ndata: {seen}\n\n"
        elif quiet >= HEARTBEAT_EVERY:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_EVERY)
        quiet += LOOK_EVERY


async def _looked(look: Look) -> str:
    """One look, in a thread of the shared pool, with its connection given back at the end."""

    def once() -> str:
        close_old_connections()
        try:
            return look()
        finally:
            connection.close()

    return await sync_to_async(once, thread_sensitive=False)()
