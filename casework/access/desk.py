"""How does somebody like their desk: keys without Ctrl or not, many rows or airy ones?

A cookie for each person of a browser remembers it, so that no page costs a statement more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR: Final = 365 * 24 * 3600

KEYS: Final = (
    ("Everywhere", (
        ("/", "Search"), ("Ctrl K", "Search, or jump to any place"), ("g i", "Go to the inbox"),
        ("g c", "Go to the cases"), ("?", "Show these keys"),
    )),
    ("In a list", (
        ("j", "Next row"), ("k", "Row above"), ("Enter", "Open the row’s task"), ("x", "Choose the row, or not"),
        ("c", "Take the task"), ("r", "Give the task back"), ("a", "Give the chosen to somebody"),
        ("s", "Snooze the chosen"), ("Esc", "Choose none"),
        ("v", "Show the row’s case beside the list, or not"), ("n", "Open my next task"),
    )),
    ("On a task", (
        ("c", "Take the task"), ("f", "Go to the form"), ("e", "Finish, and open the next task"),
        ("r", "Give the task back"), ("a", "Give it to somebody"), ("s", "Snooze it"),
    )),
    ("In a document", (("n", "Next page"), ("b", "Page before"), ("z", "Larger, or the whole page"))),
)  # fmt: skip
"""What the keys do, by place. WCAG 2.2, 2.1.4: keys without Ctrl can be switched off."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`keys`: whether single keys do something. `compact`: a row of the inbox in one line. `preview`: the case of the
    row that has the focus stands beside the list."""

    keys: bool = True
    compact: bool = False
    preview: bool = False

    @property
    def written(self) -> str:
        """As the cookie holds it."""
        said = ("keys" if self.keys else "quiet", "compact" if self.compact else "roomy")
        return ".".join((*said, "preview") if self.preview else said)


def desk_of(request: HttpRequest | None) -> Desk:
    """How the reader of this page likes it; nobody who has not signed in has keys."""
    user: Any = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return Desk(keys=False)
    said = request.COOKIES.get(_cookie(user), "").split(".")
    return Desk(keys="quiet" not in said, compact="compact" in said, preview="preview" in said)


def _cookie(user: Any) -> str:
    return f"{settings.SCHEME_COOKIE_NAME.removesuffix('-scheme')}-desk-{user.pk}"


def folds_cookie(user: Any) -> str:
    """The cookie that has which panels somebody left open, their names with dots between; a page writes it itself."""
    return _cookie(user).replace("-desk-", "-folds-")


def is_open(request: HttpRequest | None, name: str) -> bool:
    """Whether the reader of this page left the panel of this name open."""
    user: Any = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return False
    return name in request.COOKIES.get(folds_cookie(user), "").split(".")


@require_POST
def desk(request: HttpRequest) -> HttpResponse:
    """Remember what was chosen (`keys`, `preview`: on or off; `rows`: compact or roomy), and go back."""
    response = back(request)
    if request.user.is_authenticated:
        now, given = desk_of(request), request.POST
        chosen = Desk(
            keys=given["keys"] != "off" if "keys" in given else now.keys,
            compact=given["rows"] == "compact" if "rows" in given else now.compact,
            preview=given["preview"] == "on" if "preview" in given else now.preview,
        )
        remember(request, response, _cookie(request.user), chosen.written)
    return response


def back(request: HttpRequest) -> HttpResponse:
    """To the page that a form of the menu stood on, which it names (`next`)."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """In a cookie, for a year."""
    secure = settings.SESSION_COOKIE_SECURE or request.is_secure()
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
