"""Where is somebody sent who must have a second factor and has set up none? To the page where they do.

Decided at sign-in (`factors.must_have_second`) and kept in the session, so that no request costs a statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from casework.access.factors import has_second, must_have_second

MISSING: Final = "second-missing"
SHOWN: Final = "second-shown"
"""That they showed it elsewhere: to the identity provider that let them in."""
OPEN: Final = ("/account/second/", "/account/again/", "/logout/", "/login/", "/scheme/", "/static/", "/help/")


@receiver(user_logged_in, dispatch_uid="casework.access.second_wall")
def _look(sender: object, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and must_have_second(user) and not has_second(user):
        request.session[MISSING] = True


class SecondWall:
    """Middleware: to where the second factor is set up; programs that use a browser's session get 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = settings.SESSION_COOKIE_NAME in request.COOKIES and not request.path.startswith(OPEN)
        if not asks or not request.session.get(MISSING) or _has_by_now(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            told = "Set up a second factor first, on the page Your account."
            return JsonResponse({"code": "second-factor", "message": told, "errors": {}}, status=403)
        return redirect("account-second")


def _has_by_now(request: HttpRequest) -> bool:
    """Whether they have set one up in another browser meanwhile."""
    found = request.user.is_authenticated and has_second(request.user)
    if found:
        stands(request)
    return found


def stands(request: HttpRequest) -> None:
    """They have set one up."""
    request.session.pop(MISSING, None)
