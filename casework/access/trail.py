"""What is kept of who came in, who did not, what was denied, and who read of many cases at once?

On the access chains, which no case owns (what concerns one case stands in its own history). A name that was typed at
sign-in is kept only where somebody has it: else it may be a password in the wrong field.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import structlog
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest

from audit.services import Fact, Origin, record_access
from casework.access.addresses import client_address
from casework.access.models import ApiToken
from orchestration.ground.clock import utc_now

log = structlog.get_logger()

NOBODY: Final = "person:?"
"""The actor of what somebody did who has not signed in, or did not show that it was they."""
UNKNOWN: Final = "Somebody unknown"
LOCKED_AGAIN_AFTER: Final = 15
"""Seconds."""
LIST_AGAIN_AFTER: Final = timedelta(minutes=10)
TOKEN_AGAIN_AFTER: Final = timedelta(hours=1)
"""So that a program's thousand calls an hour do not cost a thousand events."""


def signed_in(*, request: HttpRequest | None, user: User) -> None:
    _keep("access.signed_in", user, {"address": client_address(request)})


def signed_out(*, request: HttpRequest | None, user: User | None) -> None:
    if user is not None:
        _keep("access.signed_out", user, {"address": client_address(request)})


def session_ended_there(*, request: HttpRequest, user: User, provider: str) -> None:
    """The provider said that their session ended, and so did theirs here."""
    _keep("access.signed_out", user, {"address": client_address(request), "provider": provider})


def sign_in_failed(*, request: HttpRequest | None, name: str, locked: bool = False) -> None:
    """`locked`: it was not even looked at, after too many others; of such, one in a while is kept."""
    if locked and not cache.add(f"locked:{client_address(request)}", 1, LOCKED_AGAIN_AFTER):
        return
    known = User.objects.filter(username=name[:150].replace("\0", "")).first()
    _keep("access.sign_in_failed", known, {"address": client_address(request), "locked": locked})


def token_refused(request: HttpRequest) -> None:
    _keep("access.token_refused", None, {"address": client_address(request), **_where(request)})


def token_used(request: HttpRequest, token: ApiToken) -> None:
    """A program came in by a token; once in a while from each address, whatever it asks for then."""
    address = client_address(request)
    if cache.add(f"token-used:{token.pk}:{address}", 1, TOKEN_AGAIN_AFTER.total_seconds()):
        _keep("access.token_used", token.person, {"token": token.name, "address": address})


def denied(request: HttpRequest, sentence: str) -> None:
    """Somebody asked for what they may not do or see, of no single case."""
    _keep_if_possible("access.denied", request, {"what": sentence})


def unproven(request: HttpRequest, sentence: str) -> None:
    """A request in somebody's session that does not prove to come from a page of ours: it may be another's."""
    _keep_if_possible("access.denied", request, {"what": sentence}, behalf=get_user(request).get_username())


def unseen(request: HttpRequest, what: str) -> None:
    """Somebody asked for a case or task that is there, and that they may not see."""
    _keep_if_possible("access.unseen", request, {"what": what})


def list_read(request: HttpRequest, name: str) -> None:
    """Somebody read a list of cases or tasks; once in a while rather than at every click."""
    if getattr(request, "viewing", None) is not None:  # told as a page that was viewed; the other has read nothing
        return
    seconds = LIST_AGAIN_AFTER.total_seconds()
    if cache.add(f"list-read:{getattr(request.user, 'pk', None)}:{name}", 1, seconds):
        _keep_if_possible("list.read", request, {"list": name})


def view_begun(request: HttpRequest, *, viewer: User, seen_as: str, reason: str) -> None:
    """Somebody begins to view the product as another does (`casework.viewing`)."""
    _keep("view.begun", viewer, {"as": seen_as, "reason": reason, "address": client_address(request)})


def view_looked(request: HttpRequest, *, viewer: User, seen_as: str, refused: bool, status: int) -> None:
    told = {"as": seen_as, "refused": refused, "status": status, **_where(request)}
    _keep("view.looked", viewer, told)


def view_ended(request: HttpRequest, *, viewer: User, seen_as: str, why: str) -> None:
    _keep("view.ended", viewer, {"as": seen_as, "note": why})


def downloaded(request: HttpRequest, what: str) -> None:
    _keep_if_possible("definition.downloaded", request, {"what": what})


def _keep_if_possible(action: str, request: HttpRequest, detail: dict[str, Any], behalf: str = "") -> None:
    """What was answered already is answered, also where the database is out of reach."""
    user = getattr(request, "user", None)
    try:
        _keep(action, user, {**detail, "address": client_address(request), **_where(request)}, behalf)
    except DatabaseError:
        log.exception("access not kept", action=action)


def _keep(action: str, user: User | AnonymousUser | None, detail: dict[str, Any], behalf: str = "") -> None:
    name = user.get_username() if user is not None and user.is_authenticated else ""
    origin = Origin(f"person:{name}" if name else NOBODY, behalf, cause="sign-in" if "sign" in action else "request")
    record_access([Fact(action, detail)], origin, utc_now())


def _where(request: HttpRequest) -> dict[str, Any]:
    """The kind of address that was asked, and the numbers in it: no text that somebody typed."""
    match = request.resolver_match
    if match is None:
        return {"method": request.method}
    numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)}
    return {"method": request.method, "route": match.route, **numbers}


@receiver(user_logged_in, dispatch_uid="casework.access.trail")
def _came_in(sender: type, request: HttpRequest | None, user: User, **more: Any) -> None:
    signed_in(request=request, user=user)


@receiver(user_logged_out, dispatch_uid="casework.access.trail")
def _went_out(sender: type, request: HttpRequest | None, user: User | None, **more: Any) -> None:
    signed_out(request=request, user=user)


@receiver(user_login_failed, dispatch_uid="casework.access.trail")
def _failed(sender: type, credentials: dict[str, Any], request: HttpRequest | None = None, **more: Any) -> None:
    sign_in_failed(request=request, name=str(credentials.get("username", "")))
