"""How does a page learn that something has changed?

By server-sent events (WHATWG HTML, 9.2) that only say so: `changed`, a sign of life (`beat`), who else has the same
case open (`company`), or `over` when it may not be seen any more. The page then asks for its live part through the
ordinary door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from casework.web.decorators import person
from casework.web.live_hub import BEAT_EVERY, Hub, Source, Viewer
from casework.web.live_listener import listen
from casework.web.live_stream import HANDED_OVER, words_for
from casework.web.made_for import is_for_another
from casework.web.presence import Presence, Sign
from orchestration.shell.announcements import tell_presence

AGAIN_MS: Final = 3_000
"""When a page asks again whose stream has ended."""
LATER_MS: Final = 30_000
"""When a page asks again whose person has as many streams as they may: it is told less often, and goes on."""


def _not_ended(sessions: Collection[str]) -> set[str]:
    """Who came by a token has no session; each thing that they are told is asked for with the token anew."""
    there = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    return {"", *there.values_list("session_key", flat=True)}


presence: Final = Presence(lambda sign: tell_presence(sign.said))
"""Who is there, as this web process has heard."""


def _heard(said: str) -> None:
    if sign := Sign.read(said):
        presence.heard(sign)


def _listen(changed: Callable[[frozenset[int] | None], None]) -> Awaitable[None]:
    return listen(changed, _heard)


hub: Final = Hub(_listen, _not_ended, presence)
"""Of this web process."""


def live_answer(request: HttpRequest, source: Source, subject: int, *, in_company: bool = False) -> HttpResponse:
    """The beginning of the stream: what has changed since the state that the page shows (`?seen=`). `in_company`: who
    has the same subject open is told of this person.

    The caller has made sure that the subject may be seen. Raises Http404 when it is not there.
    """
    if is_for_another(request):
        return _answer(words_for("over"))
    states = source.look([subject])
    if subject not in states:
        raise Http404("This is not there any more.")
    state, seen = states[subject], request.headers.get("Last-Event-ID") or request.GET.get("seen", "")
    again = AGAIN_MS if _hand_over(request, source, subject, state, in_company) else LATER_MS
    news = words_for("changed", state) if state != seen else b""
    next_sign = max(BEAT_EVERY, again / 1000)
    return _answer(f"retry: {again}\n".encode() + news + words_for("beat", f"{next_sign:.0f}"))


def _hand_over(request: HttpRequest, source: Source, subject: int, state: str, in_company: bool) -> bool:
    """Whether the person has not too many streams. The viewer is left for the stream, where the server has streams."""
    who, most = person(request), settings.LIVE_STREAMS_A_PERSON
    handed_over = getattr(request, "scope", {}).get(HANDED_OVER)
    if handed_over is None or request.method != "GET":
        return bool(hub.watching(who.pk) < most)
    name = (who.get_full_name() or who.get_username()) if in_company else ""
    viewer = Viewer(source, subject, who.pk, request.session.session_key or "", state, name=name)
    if not hub.admit(who.pk, most):
        return False
    handed_over.append(viewer)
    return True


def _answer(body: bytes) -> HttpResponse:
    headers = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}
    return HttpResponse(body, content_type="text/event-stream", headers=headers)
