"""Where does a text stay that was typed into a form whose session had ended?

In a row of its own, until its writer has signed in again: the page that they come back to names it (`?unsent=TOKEN`)
and fills its form with it, or shows it to be copied where there is no script. It is shown to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from casework.models import UnsentForm
from orchestration.ground import clock

KEPT_FOR: Final = timedelta(days=2)
MOST_BYTES: Final = 1_000_000
NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "made_for", "next", "tab"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was not taken: where it was sent to, and what stood in it, in order."""

    action: str
    fields: tuple[tuple[str, str], ...]


def page_of(request: HttpRequest) -> str:
    """The page that a form was on, so that nobody is led to an address that only takes forms; else the inbox."""
    came_from = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(came_from)
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if here and parts.path.startswith("/") else "/"


def keep(request: HttpRequest) -> str:
    """Keep what the form holds; gives the page to come back to, which names it. Nothing typed: just the page.

    Only a form of our own pages is kept: one that another site sends would put its words before a person.
    """
    page = page_of(request)
    typed = [(name, value) for name, values in request.POST.lists() for value in values if _is_typed(name, value)]
    fields = urlencode(typed)
    if not typed or len(fields) > MOST_BYTES or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return page
    UnsentForm.objects.filter(created__lt=clock.utc_now() - KEPT_FOR).delete()
    token = token_urlsafe(24)
    UnsentForm.objects.create(
        token=token, person=_writer(request), action=request.path[:500], fields=fields, created=clock.utc_now()
    )
    path, _, query = page.partition("?")
    rest = [pair for pair in parse_qsl(query) if pair[0] != "unsent"]
    return f"{path}?{urlencode([*rest, ('unsent', token)])}"


def found(request: HttpRequest) -> Typed | None:
    """What the page that is asked for should show again; None where there is nothing, or it is somebody else's."""
    token = request.GET.get("unsent", "")
    if not token or not request.user.is_authenticated:
        return None
    mine = Q(person=None) | Q(person=request.user.pk)
    row = UnsentForm.objects.filter(mine, token=token[:43], created__gte=clock.utc_now() - KEPT_FOR).first()
    if row is None:
        return None
    if row.person_id is None:
        UnsentForm.objects.filter(pk=row.pk, person=None).update(person=request.user.pk)
    return Typed(row.action, tuple(parse_qsl(row.fields, keep_blank_values=True)))


def _is_typed(name: str, value: str) -> bool:
    return bool(value.strip()) and name not in NOT_TYPED and "password" not in name.lower()


def _writer(request: HttpRequest) -> User | None:
    """Who is signed in, or was when the session that the browser still names ended; None where nobody can tell."""
    if request.user.is_authenticated:
        return request.user
    row = Session.objects.filter(session_key=request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")).first()
    number = row.get_decoded().get(SESSION_KEY) if row else None
    return User.objects.filter(pk=number).first() if number else None
