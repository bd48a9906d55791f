"""How does every page begin and end?

Pages are for who has signed in and are kept by no cache. A form's answer is a redirect; where htmx asked, it is the
refreshed part of the page. A refusal is a page of its own (409) that says why and where to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

import structlog
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.data_keys import KeyFault
from casework.web import unsent
from casework.web.taking_away import TooMuch
from orchestration.documents.store import Away
from orchestration.ground.refusals import NO_SUCH, Refused

log = structlog.get_logger()

View = Callable[..., HttpResponseBase]
Part = Callable[[int], HttpResponse]
"""Renders the refreshed part of a page, with a status."""
LONGEST: Final = 2_000
"""Characters of an address to which signing in leads back: of a longer one Django makes no redirect."""


def sealed_off(fault: KeyFault) -> str:
    """What people are told. Which file or key it is about is for the log."""
    log.error("kept sealed, and not opened", fault=str(fault))
    return "This is kept sealed, and its key is not there, or is another one, so it cannot be opened or written now."


def shut(request: HttpRequest, fault: KeyFault) -> HttpResponse:
    """The page that says so (503)."""
    return render(request, "503.html", {"sentence": sealed_off(fault), "sealed": True}, status=503)


def slowed(request: HttpRequest, much: TooMuch) -> HttpResponse:
    """The page that says when to go on (429)."""
    page = render(request, "503.html", {"sentence": str(much)}, status=429)
    page["Retry-After"] = str(much.minutes * 60)
    return page


def signed_in(view: View) -> View:
    """For who has signed in. Who has not signs in and comes back; what they typed into a form waits for them."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            try:
                return view(request, *args, **parts)
            except Away as away:
                return render(request, "503.html", {"sentence": str(away)}, status=503)
            except TooMuch as much:
                return slowed(request, much)
            except KeyFault as fault:
                return shut(request, fault)
        if request.method == "POST":
            page = unsent.keep(request)
        else:
            page = unsent.page_of(request) if wants_part(request) else request.get_full_path()
        to_sign_in = redirect_to_login(page if len(page) <= LONGEST else "/")
        if wants_part(request):
            return HttpResponse(headers={"HX-Redirect": to_sign_in.url})
        return to_sign_in

    return asked


def reads(view: View) -> View:
    """For a page that only shows."""
    return signed_in(never_cache(require_safe(_legible(view))))


def writes(view: View) -> View:
    """For a form's target."""
    return signed_in(never_cache(require_POST(view)))


def reads_and_writes(view: View) -> View:
    """For a page whose form comes back to it."""
    return signed_in(never_cache(require_http_methods(["GET", "HEAD", "POST"])(_legible(view))))


def _legible(view: View) -> View:
    """Refuses an address that asks with a NUL, which no text of the database can hold (400)."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponseBase:
        if any("\0" in text for texts in request.GET.lists() for text in (texts[0], *texts[1])):
            raise BadRequest("The address holds a character that no search and no filter can look for.")
        return view(request, *args, **parts)

    return asked


def person(request: HttpRequest) -> User:
    """Who is asking; the doors above let nobody in who has not signed in."""
    return cast(User, request.user)


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page, not for a page."""
    return bool(cast(Any, request).htmx)


def answered(request: HttpRequest, outcome: object, said: str, back: str, part: Part | None = None) -> HttpResponse:
    """The answer to a form: done (`said` tells what), or refused, in the way that the browser asked."""
    if isinstance(outcome, Refused) and (part is None or outcome.code == NO_SUCH or not wants_part(request)):
        return refusal(request, outcome, back)
    if isinstance(outcome, Refused):
        messages.error(request, outcome.message)
    else:
        messages.success(request, said)
    if part is None or not wants_part(request):
        return redirect(back)
    return part(409 if isinstance(outcome, Refused) else 200)


def refusal(request: HttpRequest, refused: Refused, back: str) -> HttpResponse:
    """The page that says why something was not done. Raises Http404 where what it was to be done to is not there."""
    if refused.code == NO_SUCH:
        raise Http404(refused.message)
    return render(request, "409.html", {"refused": refused, "back": back}, status=409)


def form_status(refused: Refused | None) -> int:
    """Of a page with a form: 400 where something was given wrongly, 409 where it cannot be done as things stand."""
    return 200 if refused is None else 400 if refused.errors else 409


def page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The same address answers with its page, or with the live part of it."""
    response = render(request, part if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
