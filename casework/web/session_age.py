"""How long does a sign-in last? Some hours without doing anything, and a working day at most.

The session's row says when it ends (Django's sessions), so that open pages hear of it, too. It is put off by what a
person does, at most every few minutes, and not by what a page asks by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from casework.access.sessions import session_seen

BEGAN: Final = "began"
RENEWED: Final = "renewed"
RENEW_AFTER: Final = 300
"""Seconds between two times that the end is put off: a write is not worth every click."""


@receiver(user_logged_in)
def _begin(sender: object, request: HttpRequest, **_: Any) -> None:
    request.session[BEGAN] = request.session[RENEWED] = int(time.time())


class SessionAge:
    """Middleware: ends the session that has become too old, puts off the end of one that is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            _look_at_the_age(request)
        return self.get_response(request)


def _look_at_the_age(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    if now - session.setdefault(BEGAN, now) > settings.SESSION_LONGEST:
        session.flush()
    elif now - session.get(RENEWED, 0) > RENEW_AFTER and not _by_itself(request):
        session[RENEWED] = now
        session_seen(session.session_key)


def _by_itself(request: HttpRequest) -> bool:
    """Whether the page asks, not the person: a stream, or the refresh of a live part (htmx names the part)."""
    return request.path.endswith("/live/") or request.headers.get("HX-Trigger", "").endswith("-live")
