"""What becomes of a request of somebody who views the product as another does?

It is answered as that other would be answered, within a transaction that is rolled back: nothing that is looked at so
is noted in the other's name, nothing is changed, and whatever is sent is refused. That it was looked at is kept in the
name of who did. Whether they may is asked anew at each request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from casework.access.trail import view_ended, view_looked
from casework.cases.services import case_viewed
from casework.models import Case
from casework.viewing.rule import SESSION, Viewing, stand_in, why_not
from casework.web.made_for import mark_of
from orchestration.ground.clock import utc_now

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OWN: Final = ("/view-as/", "/logout/", "/login/", "/scheme/", "/desk/", "/static/", "/account/again/")
"""Addresses that stay those of who is signed in."""
KEPT: Final = ("/account/",)
"""What is nobody's but the other's own."""

KEPT_BACK: Final = (
    "You look at this as somebody else sees it, so nothing is changed and nothing of their own account is shown."
)
NO_FILES: Final = "Files are not handed out while you look at this as somebody else sees it."
PAGES: Final = ("text/html", "application/json", "image/webp", "image/png")
"""What a page, an answer to a program and the pictures that we draw on pages are written in."""


class ViewAs:
    """Middleware, behind those that know who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        held = request.session.get(SESSION) if has_session else None
        if not held or not request.user.is_authenticated:
            return self.get_response(request)
        viewing, viewer = Viewing.read(held), request.user
        if viewing.until <= utc_now():
            return _over(request, viewer, "its time was over")
        if request.path.startswith(OWN):
            request.also_made_for = _mark_of(viewing)  # type: ignore[attr-defined]
            return self.get_response(request)
        if request.path.endswith("/live/"):
            return HttpResponse(status=204)
        response = self._as_other(request, viewer, viewing)
        return _over(request, viewer, "they may not any more") if response is None else response

    def _as_other(self, request: HttpRequest, viewer: User, viewing: Viewing) -> HttpResponseBase | None:
        """The answer that the other gets; None where the viewer may not see as they do."""
        with transaction.atomic():
            user = stand_in(viewing.kind, viewing.number)
            if user is None or why_not(viewer, user):
                transaction.set_rollback(True)
                return None
            request.user, request.viewer = user, viewer  # type: ignore[attr-defined]
            request.viewing = viewing  # type: ignore[attr-defined]
            is_kept = request.method not in READS or request.path.startswith(KEPT)
            answer = None if is_kept else self.get_response(request)
            is_whole = answer is not None and not _is_file(answer)
            response = answer if answer and is_whole else _refusal(request, KEPT_BACK if is_kept else NO_FILES)
            transaction.set_rollback(True)
        if answer is not None and not is_whole:
            _let_go(answer)
        view_looked(request, viewer=viewer, seen_as=viewing.name, refused=is_kept, status=response.status_code)
        _note_in_case(request, viewer, response)
        return response


def _mark_of(viewing: Viewing) -> str:
    """For whom the pages were made that a viewer gets (`web.made_for`)."""
    return mark_of(User(pk=viewing.number if viewing.kind == "person" else -viewing.number))


def _refusal(request: HttpRequest, told: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "viewing", "message": told, "errors": {}}, status=403)
    return render(request, "viewing/refused.html", {"told": told}, status=403)


def _is_file(response: HttpResponseBase) -> bool:
    """Whether it is to be kept, or is no page: it leaves the house, or is written when the transaction is over."""
    if response.streaming or response.has_header("Content-Disposition"):
        return True
    media = response.get("Content-Type", "").partition(";")[0].strip().lower()
    return 200 <= response.status_code < 300 and media not in PAGES and bool(response.getvalue())


def _let_go(file: HttpResponseBase) -> None:
    """Its own `close` would say that the request is over, upon which Django closes connections still in use."""
    for close in file._resource_closers:  # type: ignore[attr-defined]
        close()


def _note_in_case(request: HttpRequest, viewer: User, response: HttpResponseBase) -> None:
    """The history of a case tells who has looked at it."""
    given: dict[str, Any] = request.resolver_match.kwargs if request.resolver_match else {}
    case_id, task_id = (given.get(name) or given.get(f"{name}_id") for name in ("case", "task"))
    by_task = {"instance__tasks": task_id} if task_id else {}
    wanted = {"pk": case_id} if case_id else by_task
    case = Case.objects.filter(**wanted).first() if wanted and response.status_code == 200 else None
    if case is not None:
        case_viewed(by=viewer, case=case)


def _over(request: HttpRequest, viewer: User, why: str) -> HttpResponse:
    held = request.session.pop(SESSION)
    view_ended(request, viewer=viewer, seen_as=held["name"], why=why)
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "viewing-over", "message": f"Viewing ended: {why}.", "errors": {}}, status=403)
    return redirect("view-as") if request.method in READS else redirect("inbox")
