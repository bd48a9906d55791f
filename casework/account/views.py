"""Where does somebody look after their own sign-in: password, where they are signed in, who they are again?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.access import oidc_provider, people, permissions, saml, sessions, tokens
from casework.access import sign_in_limits as limits
from casework.access.addresses import client_address
from casework.access.factors import has_second
from casework.access.passkeys import question
from casework.access.second_step import wait_or_wrong
from casework.access.sign_in import AWAY, in_words
from casework.ldap.backend import is_their_password, kept_by_directory
from casework.ldap.client import Away
from casework.people.worker_tasks import link_wanted
from casework.web.asked import number_in
from casework.web.decorators import person, reads, reads_and_writes, writes
from orchestration.ground.counts import counted

BACKEND = "django.contrib.auth.backends.ModelBackend"


@reads
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and where one is signed in."""
    user = person(request)
    context = {
        "clearance": permissions.clearance(user), "purposes": sorted(permissions.purposes(user)),
        "groups": permissions.groups_of(user).values(),
        "sessions": sessions.sessions_of(user), "here": request.session.session_key,
        "tokens": tokens.tokens_live(user), "second": has_second(user),
        "provider": settings.OIDC_NAME if oidc_provider.is_set() else "", "linked": user.identities.exists(),
        "saml": settings.SAML_NAME if saml.is_set() else "",
    }  # fmt: skip
    return render(request, "account/account.html", context)


@writes
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions (`session`, its number), or all others."""
    user, which = person(request), request.POST.get("session", "")
    if which == "others":
        ended = sessions.others_end(user, request.session.session_key)
        messages.success(request, f"You are signed out in {counted(ended, 'other place')}.")
    elif sessions.session_end(user, number_in(which)):
        messages.success(request, "You are signed out there.")
    else:
        messages.error(request, "This sign-in had ended already.")
    return redirect("account")


@reads_and_writes
def password(request: HttpRequest) -> HttpResponse:
    """Another password, for who knows the old one. All other sessions end."""
    user = person(request)
    if kept_by_directory(user):
        return render(request, "account/password.html", {"by_directory": True}, status=_nothing_done(request))
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "account/password.html", {"form": form})
    wait = limits.attempt(user.get_username(), client_address(request))
    if wait or not form.is_valid():
        if not wait and "old_password" not in form.errors:
            limits.came_in(user.get_username(), client_address(request))
        context = {"form": form, "wait": in_words(wait) if wait else ""}
        return render(request, "account/password.html", context, status=429 if wait else 400)
    limits.came_in(user.get_username(), client_address(request))
    people.password_set(user=user, password=form.cleaned_data["new_password1"], origin=permissions.origin_of(user))
    login(request, user, BACKEND)
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("account")


def _nothing_done(request: HttpRequest) -> int:
    return 409 if request.method == "POST" else 200


@reads_and_writes
def again(request: HttpRequest) -> HttpResponse:
    """The password once more, or the second factor of who has one, before what asks for a fresh sign-in."""
    user = person(request)
    target = (request.POST if request.method == "POST" else request.GET).get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    context: dict[str, Any] = {"next": target if safe else "", "second": has_second(user), "asked": "Your code"}
    if context["second"]:
        return _again_by_second(request, user, context)
    has_password = user.has_usable_password() or kept_by_directory(user)
    context |= {"password": has_password, "asked": "Your password" if has_password else "Show who you are"}
    context |= _providers_of(user)
    if request.method != "POST":
        return render(request, "account/again.html", context)
    wait = limits.attempt(user.get_username(), client_address(request))
    told = f"Too many attempts. Try again in {in_words(wait)}." if wait else _not_shown(request, user)
    if told:
        return render(request, "account/again.html", context | {"wrong": told}, status=429 if wait else 400)
    limits.came_in(user.get_username(), client_address(request))
    sessions.confirm(request)
    return redirect(context["next"] or "account")


def _providers_of(user: User) -> dict[str, str]:
    """By which providers they can show that it is they, as people call these."""
    issuers = set(user.identities.values_list("issuer", flat=True))
    by_oidc, by_saml = oidc_provider.is_set(), saml.is_set()
    return {
        "provider": settings.OIDC_NAME if by_oidc and settings.OIDC_ISSUER in issuers else "",
        "saml": settings.SAML_NAME if by_saml and settings.SAML_PROVIDER in issuers else "",
    }


def _not_shown(request: HttpRequest, user: User) -> str:
    """Why it is not shown that this is them; empty where it is."""
    try:
        return "" if is_their_password(user, request.POST.get("password", "")) else "This is not your password."
    except Away:
        limits.not_looked_at(user.get_username(), client_address(request))
        return AWAY


def _again_by_second(request: HttpRequest, user: User, context: dict[str, Any]) -> HttpResponse:
    wait = wait_or_wrong(request, user) if request.method == "POST" else 0
    if wait is None:
        sessions.confirm(request)
        return redirect(context["next"] or "account")
    context |= {"wrong": request.method == "POST", "wait": in_words(wait) if wait else ""}
    context["passkey"] = question(request, user)
    return render(request, "account/again.html", context, status=429 if wait else 400 if context["wrong"] else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """A link by mail for who has forgotten their password. The answer is the same whether anybody has the address."""
    context: dict[str, object] = {"mails": bool(settings.EMAIL_URL), "sent": False}
    if request.method != "POST" or not settings.EMAIL_URL:
        return render(request, "account/forgotten.html", context)
    email = request.POST.get("email", "").strip()[:254]
    wait = limits.attempt(f"reset {email}", f"reset {client_address(request)}")
    if wait:
        context["wait"] = in_words(wait)
        return render(request, "account/forgotten.html", context, status=429)
    link_wanted.delay(email, f"{request.scheme}://{request.get_host()}")
    return render(request, "account/forgotten.html", context | {"sent": True})
