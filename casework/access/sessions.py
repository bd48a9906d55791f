"""Where is somebody signed in, how is one of these ended, and how fresh is this one?"""

from __future__ import annotations

import time
from typing import Any, Final

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from audit.services import Fact, Origin, record_control
from casework.access.addresses import client_address
from casework.access.browsers import browser_named
from casework.access.models import SignedIn
from orchestration.ground.clock import utc_now

CONFIRMED: Final = "confirmed"
LET_IN: Final = "let-in"
"""Where a sign-in that is under way keeps which provider lets them in, and as what it names that session."""
FRESH_FOR: Final = 600
"""Seconds for which a password that was given opens what asks for one again."""


@receiver(user_logged_in, dispatch_uid="casework.access.sessions")
def _begin(sender: object, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is None:
        return
    confirm(request)
    if request.session.session_key is None:
        request.session.create()
    _forget_ended(user)
    now, browser = utc_now(), request.headers.get("User-Agent", "")
    issuer, named = request.session.pop(LET_IN, ("", ""))
    SignedIn.objects.update_or_create(
        session=request.session.session_key,
        defaults={"person": user, "began": now, "seen": now, "address": client_address(request),
                  "device": browser_named(browser),
                  "issuer": issuer, "named": named},
    )  # fmt: skip


def _forget_ended(user: User) -> None:
    SignedIn.objects.filter(person=user).exclude(session__in=_live().values("session_key")).delete()


def _live() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__gt=utc_now())


def sessions_of(user: User) -> QuerySet[SignedIn]:
    """Those that have not ended, the last used first."""
    return SignedIn.objects.filter(person=user, session__in=_live().values("session_key")).order_by("-seen", "-pk")


def session_end(user: User, number: int) -> bool:
    """End one session of this person; whether there was such a one."""
    row = SignedIn.objects.filter(person=user, pk=number).first()
    if row is None:
        return False
    row.delete()
    return bool(Session.objects.filter(pk=row.session).delete()[0])


def others_end(user: User, but: str | None) -> int:
    """End all sessions of this person but the one of this key; how many there were."""
    keys = list(sessions_of(user).exclude(session=but or "").values_list("session", flat=True))
    SignedIn.objects.filter(session__in=keys).delete()
    return Session.objects.filter(pk__in=keys).delete()[0]


def all_end(*, user: User, origin: Origin) -> int:
    """End all sessions of somebody else, whose device is lost or not theirs alone any more; how many there were."""
    ended = others_end(user, None)
    if ended:
        fact = Fact("sessions.ended", {"person": user.get_username(), "sessions": ended})
        record_control([fact], origin, utc_now())
    return ended


def provider_ended(issuer: str, subject: str, named: str) -> list[User]:
    """End the sessions into which this provider let somebody: that which it names, or else all of this subject of its.
    Of whom a session ended."""
    rows = SignedIn.objects.filter(issuer=issuer).select_related("person")
    if named:
        rows = rows.filter(named=named)
    if subject:
        rows = rows.filter(person__identities__issuer=issuer, person__identities__subject=subject)
    found = list(rows)
    Session.objects.filter(pk__in=[row.session for row in found]).delete()
    SignedIn.objects.filter(pk__in=[row.pk for row in found]).delete()
    return list({row.person_id: row.person for row in found}.values())


def session_seen(key: str | None) -> None:
    """Somebody has done something in this session."""
    SignedIn.objects.filter(session=key or "").update(seen=utc_now())


def confirm(request: HttpRequest) -> None:
    """Whoever sits there has just shown that it is they."""
    request.session[CONFIRMED] = int(time.time())


def is_fresh(request: HttpRequest, seconds: int = FRESH_FOR) -> bool:
    """Whether they have within so many seconds."""
    return time.time() - float(request.session.get(CONFIRMED, 0)) < seconds
