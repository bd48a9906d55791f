"""Where does a text stay that was typed into a form whose session had ended?

In a row of its own, until its writer has signed in again: the page that they come back to names it (`?unsent=TOKEN`)
and fills its form with it, or shows it to be copied where there is no script. It is shown to nobody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from casework.models import UnsentForm
from casework.web.made_for import FIELD, mark_of
from orchestration.ground import clock

KEPT_FOR: Final = timedelta(days=2)
MOST_BYTES: Final = 1_000_000
MOST_FORMS: Final = 20
"""Of one person at a time; a form more is not kept."""
TOKEN: Final = re.compile(r"[\w-]{32}")
NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "made_for", "next", "tab", "then"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was not taken: where it was sent to, and what stood in it, in order."""

    action: str
    fields: tuple[tuple[str, str], ...]


def page_of(request: HttpRequest) -> str:
    """The page that a form was on, so that nobody is led to an address that only takes forms; else the inbox."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return "/"  # before it is taken apart: what is no address cannot be
    parts = urlsplit(came_from)
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if parts.path.startswith("/") else "/"


def keep(request: HttpRequest) -> str:
    """Keep what the form holds; gives the page to come back to, which names it. Nothing typed: just the page.

    Kept only where the form says for whom it was made (`made_for`): it is shown to nobody else, and a form of another
    site, which would put its words before a person, says nothing of the kind.
    """
    page, mark = page_of(request), request.POST.get(FIELD, "")[:20]
    given = [(name, value) for name, values in request.POST.lists() for value in values if is_kept(name)]
    fields = urlencode(given)
    typed = any(value.strip() for _, value in given)
    if not mark or not typed or len(fields) > MOST_BYTES or "\0" in request.path or _from_elsewhere(request):
        return page
    UnsentForm.objects.filter(created__lt=clock.utc_now() - KEPT_FOR).delete()
    if UnsentForm.objects.filter(mark=mark).count() >= MOST_FORMS:
        return page
    token = token_urlsafe(24)
    UnsentForm.objects.create(token=token, mark=mark, action=request.path[:500], fields=fields, created=clock.utc_now())
    path, _, query = page.partition("?")
    rest = [pair for pair in parse_qsl(query) if pair[0] != "unsent"]
    return f"{path}?{urlencode([*rest, ('unsent', token)])}"


def found(request: HttpRequest) -> Typed | None:
    """What the page that is asked for should show again; None where there is nothing, or it is somebody else's."""
    token, mark = request.GET.get("unsent", ""), mark_of(request.user)
    if not TOKEN.fullmatch(token) or not mark:
        return None
    row = UnsentForm.objects.filter(token=token, mark=mark, created__gte=clock.utc_now() - KEPT_FOR).first()
    return None if row is None else Typed(row.action, tuple(parse_qsl(row.fields, keep_blank_values=True)))


def _from_elsewhere(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def is_kept(name: str) -> bool:
    """Whether a field holds what a person typed, which may be shown to them again."""
    return name not in NOT_TYPED and "password" not in name.lower()
