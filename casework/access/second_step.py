"""What comes after the right password, for who has more than a password?

The sign-in waits in the session for five minutes; nobody is signed in yet. Wrong codes are counted for the name apart
from wrong passwords, so that the right password does not wipe them out.
"""

from __future__ import annotations

import time
from typing import Final

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.access import sign_in_limits as limits
from casework.access import trail
from casework.access.addresses import client_address
from casework.access.codes import code_fits
from casework.access.passkeys import passkey_fits, question
from casework.access.sign_in import in_words

HALF: Final = "half-signed-in"
GOOD_FOR: Final = 300
"""Seconds."""
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


def begin(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Their password was right: ask for the rest."""
    request.session.cycle_key()
    half = {"person": user.pk, "at": int(time.time()), "to": target, "hash": user.get_session_auth_hash()}
    request.session[HALF] = half
    return redirect("login-second")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The code of the app or from paper, or the signature of a device."""
    user = _half(request)
    if user is None:
        request.session.pop(HALF, None)
        return redirect("login")
    if request.method != "POST":
        return _page(request, user)
    wait = wait_or_wrong(request, user)
    if wait is not None:
        trail.sign_in_failed(request=request, name=user.get_username(), locked=bool(wait))
        return _page(request, user, wait, wrong=True)
    target = request.session.pop(HALF)["to"]
    login(request, user, BACKEND)
    return redirect(target)


def wait_or_wrong(request: HttpRequest, user: User) -> int | None:
    """None where the second factor that was sent is right; else the seconds to wait until the next is looked at."""
    # Counted apart from passwords, under a name that nobody can type: a form takes no such character.
    name, address = f"second\0{user.get_username()}", client_address(request)
    wait = limits.attempt(name, address)
    if wait:
        return wait
    answer = request.POST.get("passkey", "")
    fits = passkey_fits(request, user, answer) if answer else code_fits(user, request.POST.get("code", "")[:40])
    if not fits:
        return 0
    limits.came_in(name, address)
    return None


def _half(request: HttpRequest) -> User | None:
    """Who has given the right password here, a short while ago, and has not got another since."""
    half = request.session.get(HALF)
    if not isinstance(half, dict) or time.time() - half["at"] > GOOD_FOR:
        return None
    user = User.objects.filter(pk=half["person"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == half["hash"] else None


def _page(request: HttpRequest, user: User, wait: int = 0, *, wrong: bool = False) -> HttpResponse:
    context = {"wait": in_words(wait) if wait else "", "wrong": wrong, "passkey": question(request, user)}
    response = render(request, "access/second.html", context, status=429 if wait else 400 if wrong else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
