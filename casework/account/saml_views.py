"""How does somebody sign in by a SAML 2.0 identity provider, link it with who they are here, and show that once more?

The provider's page posts its answer from another site, with which no browser sends our session; so that page of ours
has a button, and only what it sends on from here is looked at, against the question that the session has asked.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from casework.access import saml, sessions, trail
from casework.access.step_up import asked_again
from casework.account import provider_views as provider
from orchestration.ground.refusals import Refused

ASKED: Final = "saml-asked"
SIGNED_IN: Final = provider.BY_SAML
INSTALL: Final = ".venv/bin/python -m pip install --require-hashes -r requirements-saml.txt"


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider. `for`: link (it with who is signed in), again (they show who they are), or nothing: sign in."""
    if refused := _not_here(request):
        return refused
    purpose, target = request.GET.get("for", ""), request.GET.get("next", "")
    if purpose in ("link", "again") and not request.user.is_authenticated:
        return redirect("login")
    if purpose == "link" and (asked := asked_again(request, reverse("account"))):
        return asked
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    state = secrets.token_urlsafe(32)
    address, question = saml.address_to_sign_in(*_own(request), state, again=purpose == "again")
    begun = {
        "question": question, "at": int(time.time()), "for": purpose, "next": target if safe else "",
        "person": request.user.pk,
    }  # fmt: skip
    others = dict(list(request.session.get(ASKED, {}).items())[1 - provider.MOST :])
    request.session[ASKED] = others | {state: begun}
    return redirect(address)


@csrf_exempt
@never_cache
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """From the provider's page, without our session: a page whose button sends the answer on. Nothing is looked at."""
    if refused := _not_here(request):
        return refused
    sent = {name: request.POST.get(name, "")[: saml.LONGEST] for name in ("SAMLResponse", "RelayState")}
    return render(request, "access/saml_back.html", sent | {"provider": settings.SAML_NAME})


@csrf_exempt
@never_cache
@require_POST
def come_in(request: HttpRequest) -> HttpResponse:
    """The answer with our session. What another site sends has none, and with that no question that it answers."""
    if refused := _not_here(request):
        return refused
    begun = _taken(request)
    if begun is None:
        return provider.refused_page(request, provider.LOST)
    claims = saml.claims_of(request.POST.get("SAMLResponse", ""), *_own(request), begun["question"])
    if isinstance(claims, Refused):
        return provider.refused_page(request, claims, tried=True)
    match begun["for"]:
        case "link":
            return provider.linked(request, begun, claims, settings.SAML_PROVIDER, settings.SAML_NAME)
        case "again":
            return provider.shown_again(request, begun, claims, settings.SAML_PROVIDER)
    request.session[sessions.LET_IN] = (settings.SAML_PROVIDER, claims.session)
    request.session[SIGNED_IN] = (claims.subject, claims.session)
    return provider.came_in(request, begun, claims, settings.SAML_PROVIDER)


@never_cache
@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Who we are, for the provider."""
    if refused := _not_here(request):
        return refused
    return HttpResponse(saml.metadata(*_own(request), _out(request)), content_type="application/samlmetadata+xml")


@never_cache
@require_safe
def ended_there(request: HttpRequest) -> HttpResponse:
    """The provider signs somebody out, whose browser comes by with its request, or comes back from our own."""
    if refused := _not_here(request):
        return refused
    if "SAMLResponse" in request.GET or not settings.SAML_SIGN_OUT:
        return redirect("login")
    names = ("SAMLRequest", "RelayState", "SigAlg", "Signature")
    asked = {name: request.GET[name][: saml.LONGEST] for name in names if name in request.GET}
    outcome = saml.ended_of(asked, *_own(request), _out(request))
    if isinstance(outcome, Refused):
        return provider.refused_page(request, outcome)
    ended, address = outcome
    if cache.add(f"saml-logout:{sha256(ended.name.encode()).hexdigest()}", 1, saml.KEPT):
        for user in sessions.provider_ended(settings.SAML_PROVIDER, ended.subject, ended.session):
            trail.session_ended_there(request=request, user=user, provider=settings.SAML_NAME)
    return redirect(address)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out here; where a SAML provider let them in that ends sessions, the page has the way out there, too."""
    address = way_out(request, request.session.get(SIGNED_IN, ()))
    if not address:
        return provider.sign_out(request)
    logout(request)
    return render(request, "access/signed_out.html", {"address": address, "provider": settings.SAML_NAME})


def way_out(request: HttpRequest, signed_in: Sequence[str]) -> str:
    """Where to end the provider's session, too; "" where it cannot be."""
    if not (signed_in and saml.is_set() and saml.is_installed()):
        return ""
    subject, session = signed_in
    return saml.address_to_sign_out(*_own(request), _out(request), subject, session)


def _out(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("login-saml-out"))


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    asked = request.session.get(ASKED, {})
    begun: dict[str, Any] | None = asked.pop(request.POST.get("RelayState", ""), None)
    if begun is None:
        return None
    request.session[ASKED] = asked
    return begun if time.time() - begun["at"] < provider.GOOD_FOR else None


def _own(request: HttpRequest) -> tuple[str, str]:
    """As whom the provider knows us, and where its page posts to."""
    names = ("login-saml-metadata", "login-saml-back")
    own, post = (request.build_absolute_uri(reverse(name)) for name in names)
    return own, post


def _not_here(request: HttpRequest) -> HttpResponse | None:
    """404 where none is set; a page that says so where what it needs is not installed."""
    if not saml.is_set():
        raise Http404("No SAML provider is set up here.")
    if saml.is_installed():
        return None
    told = f"What SAML needs is not installed on this server. Whoever runs it installs it by: {INSTALL}"
    return provider.refused_page(request, Refused("extra", told))
