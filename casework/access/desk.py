"""How does somebody like their desk: keys without Ctrl or not, many rows or airy ones, which panels open?

A row for each person remembers it, in whatever browser they chose. It is read when they sign in and stands in the
session from then on, so that no page costs a statement more: what is chosen meanwhile in another session comes along
with the next sign-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from casework.access.desk_models import DeskChoice

YEAR: Final = 365 * 24 * 3600
KEPT: Final = "desk"
"""What the session calls it."""
MOST_FOLDS: Final = 100
FOLD: Final = re.compile(r"[a-z][a-z-]{0,39}")

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
    ("On a case or a task", (("m", "Comment"),)),
    ("In a document", (("n", "Next page"), ("b", "Page before"), ("z", "Larger, or the whole page"))),
)  # fmt: skip
"""What the keys do, by place. WCAG 2.2, 2.1.4: keys without Ctrl can be switched off."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`keys`: whether single keys do something. `compact`: a row of the inbox in one line. `preview`: the case of the
    row that has the focus stands beside the list. `mails`: comments that name or answer one come by mail, too."""

    keys: bool = True
    compact: bool = False
    preview: bool = False
    mails: bool = False

    @classmethod
    def read(cls, written: str) -> Desk:
        said = written.split(".")
        return cls(
            keys="quiet" not in said, compact="compact" in said, preview="preview" in said, mails="mails" in said
        )

    @property
    def written(self) -> str:
        """As the row and the session hold it."""
        said = ["keys" if self.keys else "quiet", "compact" if self.compact else "roomy"]
        return ".".join([*said, *(name for name in ("preview", "mails") if getattr(self, name))])


def desk_of(request: HttpRequest | None) -> Desk:
    """How the reader of this page likes it; nobody who has not signed in has keys."""
    user = _reader(request)
    if request is None or user is None:
        return Desk(keys=False)
    kept = _kept(request, user).get("liked", "")
    return Desk.read(kept or request.COOKIES.get(_old_cookie(user), ""))


def is_open(request: HttpRequest | None, name: str, at_first: bool = False) -> bool:
    """Whether the panel of this name is open for the reader of this page: as they left it, else as it is `at_first`."""
    user = _reader(request)
    if request is None or user is None:
        return at_first
    return _folds(_kept(request, user).get("folds", "")).get(name, at_first)


def _folds(written: str) -> dict[str, bool]:
    return {name.removeprefix("-"): not name.startswith("-") for name in written.split(".") if name}


def _reader(request: HttpRequest | None) -> User | None:
    user: Any = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _kept(request: HttpRequest, user: User) -> dict[str, str]:
    """What the session has of this person; nothing of another whom its owner views the product as."""
    found: dict[str, Any] = getattr(request, "session", {}).get(KEPT) or {}
    return found if found.get("of") == user.pk else {}


def _old_cookie(user: User) -> str:
    """Where a browser remembered it before there was a row."""
    return f"{settings.SCHEME_COOKIE_NAME.removesuffix('-scheme')}-desk-{user.pk}"


@receiver(user_logged_in, dispatch_uid="casework.access.desk")
def _bring(sender: object, request: HttpRequest | None, user: User, **_: Any) -> None:
    row = DeskChoice.objects.filter(person=user).first()
    if request is not None and row is not None:
        request.session[KEPT] = _stored(row)


def _stored(row: DeskChoice) -> dict[str, Any]:
    return {"of": row.person_id, "liked": row.liked, "folds": row.folds}


@require_POST
def desk(request: HttpRequest) -> HttpResponse:
    """Remember what was chosen (`keys`, `preview`, `mails`: on or off; `rows`: compact or roomy), and go back; or that
    a panel was opened or closed (`fold`: its name, `open`: on or off)."""
    user = _reader(request)
    if user is None:
        return back(request)
    row, _ = DeskChoice.objects.get_or_create(person=user, defaults={"liked": desk_of(request).written})
    if (name := request.POST.get("fold")) is not None:
        return _folded(request, row, name)
    now, given = Desk.read(row.liked), request.POST
    row.liked = Desk(
        keys=given["keys"] != "off" if "keys" in given else now.keys,
        compact=given["rows"] == "compact" if "rows" in given else now.compact,
        preview=given["preview"] == "on" if "preview" in given else now.preview,
        mails=given["mails"] == "on" if "mails" in given else now.mails,
    ).written
    _keep(request, row)
    return back(request)


def _folded(request: HttpRequest, row: DeskChoice, name: str) -> HttpResponse:
    if not FOLD.fullmatch(name):
        return HttpResponse("No panel has this name.", status=400, content_type="text/plain")
    folds = _folds(row.folds)
    folds.pop(name, None)
    newest = [*folds.items(), (name, request.POST.get("open") == "on")][-MOST_FOLDS:]
    row.folds = ".".join(each if is_there else f"-{each}" for each, is_there in newest)
    _keep(request, row)
    return HttpResponse(status=204)


def _keep(request: HttpRequest, row: DeskChoice) -> None:
    row.save()
    request.session[KEPT] = _stored(row)


def back(request: HttpRequest) -> HttpResponse:
    """To the page that a form of the menu stood on, which it names (`next`)."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """In a cookie, for a year."""
    secure = settings.SESSION_COOKIE_SECURE or request.is_secure()
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
