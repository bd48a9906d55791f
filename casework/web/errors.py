"""What does a person see when something is not there, not allowed, or broken?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import structlog
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import trail
from casework.access.permissions import Denied, Unseen
from casework.web import unsent
from casework.web.made_for import typed_by_reader

NO_MATCH: Final = re.compile(r"matches the given query\.$")
"""What Django says where a row is not there: it names our tables, to people who do not know them."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = str(exception) if type(exception) is BadRequest else ""
    return render(request, "400.html", {"sentence": sentence}, status=400)


def denied(
    request: HttpRequest, exception: Exception, typed: Sequence[tuple[str, str]] | None = None, held: str = ""
) -> HttpResponse:
    """With what the reader typed (`typed`: with its labels, where they are known), so that it can be copied.

    `held`: that somebody else has it for now, where that is all that stands in the way.
    """
    sentence = str(exception) if type(exception) in (PermissionDenied, Denied) else ""
    if not isinstance(exception, Denied):
        trail.denied(request, sentence)
    context = {"exception": sentence, "typed": typed_by_reader(request) if typed is None else typed}
    context |= {"held": held}
    return render(request, "403.html", context, status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page that a form came from was loaded before its reader signed in or out: the text goes back with them."""
    return render(request, "403_csrf.html", {"back": unsent.keep(request)}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Only our own words are repeated: those of the router would show addresses."""
    said = exception.args[0] if type(exception) in (Http404, Unseen) and exception.args else ""
    if NO_MATCH.search(str(said)):
        said = ""
    if isinstance(exception, Unseen) and exception.what:
        trail.unseen(request, exception.what)
    context = {"sentence": said if isinstance(said, str) else "", "typed": typed_by_reader(request)}
    return render(request, "404.html", context, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Needs no database and no session: either may be what failed."""
    bound: dict[str, Any] = structlog.contextvars.get_contextvars()
    return render(None, "500.html", {"request_id": bound.get("request_id", "")}, status=500)
