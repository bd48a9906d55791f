"""For whom was this page made?

Pages say so in each of their forms and in all that they ask by themselves, by a keyed hash of the person's number. When
somebody else has signed in meanwhile, in another window of the same browser, what the page sends is refused (409) with
everything that was typed, and its live part stops.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

FIELD: Final = "made_for"
HEADER: Final = "X-Made-For"
UNSEEN: Final = ("csrfmiddlewaretoken", FIELD, "password", "next", "tab")


def mark_of(user: Any) -> str:
    """What stands for this person on pages; empty for nobody."""
    return _mark(user.pk) if getattr(user, "is_authenticated", False) else ""


@lru_cache(maxsize=1024)
def _mark(person: int) -> str:
    """Asked for by each form of a page: a list has fifty."""
    return salted_hmac(FIELD, str(person)).hexdigest()[:20]


def hidden_field(user: Any) -> SafeString:
    """The field that tells in a form for whom it was made."""
    return _field(mark_of(user))


@lru_cache(maxsize=1024)
def _field(mark: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, mark) if mark else SafeString("")


def is_for_another(request: HttpRequest) -> bool:
    """Whether this comes from a page that was made for somebody other than who is signed in now."""
    given = request.headers.get(HEADER) or request.GET.get(FIELD, "")
    if not given and request.method == "POST" and request.content_type in FORMS:
        given = request.POST.get(FIELD, "")
    readers = (mark_of(request.user), getattr(request, "also_made_for", None))
    return bool(given) and request.user.is_authenticated and given not in readers


def typed_by_reader(request: HttpRequest) -> list[tuple[str, str]]:
    """What stood in a form that was made for who is signed in now, to be given back where it was not taken."""
    if request.method != "POST" or request.POST.get(FIELD) != mark_of(request.user):
        return []
    return _typed(request)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    given = ((name, request.POST.get(name, "")) for name in request.POST if name not in UNSEEN)
    return [(name, value) for name, value in given if value.strip()]


FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class RefuseOthersPages:
    """Middleware: nothing is done, nor shown in a live part, that a page of somebody else asks for.

    It comes before the check of the form's token (CSRF), which a new sign-in makes invalid: otherwise that would answer
    first, without the words that help.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if request.path.startswith("/api/") or request.path.endswith("/live/") or not is_for_another(request):
            return None
        return refused(request)


def refused(request: HttpRequest) -> HttpResponse:
    """The page that says who is signed in now, with what was typed so that it can be copied."""
    if request.method != "POST":  # a live part asks by itself; the page stops
        return HttpResponse(status=409, headers={"HX-Trigger": "made-for-another", "HX-Reswap": "none"})
    response = render(request, "another_person.html", {"typed": _typed(request)}, status=409)
    response.headers["Cache-Control"] = "no-store"
    if "HX-Request" in request.headers:  # the whole page takes the place of the old one, not of a part of it
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
