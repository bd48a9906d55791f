"""How does somebody sign in by an identity provider, link it with who they are here, and show once more who they are?

What is under way stands in the browser's session, for ten minutes and for one answer: a state that is of another
browser, another sign-in or used up leads nowhere, and where they go afterwards is a page of ours.
"""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from casework.access import oidc_provider, second_step, sessions, trail
from casework.access import sign_in_limits as limits
from casework.access.addresses import client_address
from casework.access.factors import has_second
from casework.access.identities import identity_link, identity_unlink
from casework.access.oidc import CLOCKS_DIFFER, Claims, Flow, address_to_sign_in, answer_wrong, flow_new
from casework.access.oidc_models import ExternalIdentity
from casework.access.permissions import origin_of
from casework.access.second_wall import SHOWN, stands
from casework.access.sign_in import in_words
from casework.access.step_up import asked_again
from casework.people.external import person_of
from casework.web.decorators import answered, person, writes
from orchestration.ground.refusals import Refused

UNDER_WAY: Final = "provider-under-way"
TOKEN: Final = "provider-token"  # noqa: S105 - the name under which the session keeps it, to end the provider's
BY_SAML: Final = "saml-signed-in"
"""The name under which the session keeps as whom a SAML provider let them in, and as what it names that session."""
GOOD_FOR: Final = 600
"""Seconds."""
MOST: Final = 5
"""Sign-ins that are under way in one browser, in as many windows."""
LOST: Final = Refused("state", "This sign-in was not begun here, has ended, or was used already. Begin again.")
LONGEST_TOKEN: Final = 10_000
USED: Final = "This token was used before."
OTHER: Final = Refused("other", "This is somebody else at the provider than who you are here.")


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider. `for`: link (it with who is signed in), again (they show who they are), or nothing: sign in."""
    _is_set()
    purpose = request.GET.get("for", "")
    if purpose in ("link", "again") and not request.user.is_authenticated:
        return redirect("login")
    if purpose == "link" and (asked := asked_again(request, reverse("account"))):
        return asked
    found = oidc_provider.provider()
    if isinstance(found, Refused):
        return refused_page(request, found)
    flow, target = flow_new(), request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    begun = {
        "nonce": flow.nonce, "verifier": flow.verifier, "at": int(time.time()), "for": purpose,
        "next": target if safe else "", "person": request.user.pk,
    }  # fmt: skip
    others = dict(list(request.session.get(UNDER_WAY, {}).items())[1 - MOST :])
    request.session[UNDER_WAY] = others | {flow.state: begun}
    return redirect(
        address_to_sign_in(
            found, flow, client=settings.OIDC_CLIENT_ID, back=_back(request), scope=settings.OIDC_SCOPE,
            again=purpose == "again",
        )
    )  # fmt: skip


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code or a reason why not."""
    _is_set()
    begun = _taken(request)
    if begun is None:
        return refused_page(request, LOST)
    outcome = _claims(request, begun)
    if isinstance(outcome, Refused):
        return refused_page(request, outcome, tried=True)
    claims, token = outcome
    match begun["for"]:
        case "link":
            return linked(request, begun, claims, settings.OIDC_ISSUER, settings.OIDC_NAME)
        case "again":
            return shown_again(request, begun, claims, settings.OIDC_ISSUER)
    request.session[TOKEN] = token
    request.session[sessions.LET_IN] = (settings.OIDC_ISSUER, claims.session)
    return came_in(request, begun, claims, settings.OIDC_ISSUER)


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """What was begun with this state, in this browser; used up with that."""
    under_way = request.session.get(UNDER_WAY, {})
    state = request.GET.get("state", "")
    begun: dict[str, Any] | None = under_way.pop(state, None) if state else None
    if begun is None:
        return None
    request.session[UNDER_WAY] = under_way
    return begun | {"state": state} if time.time() - begun["at"] < GOOD_FOR else None


def _claims(request: HttpRequest, begun: dict[str, Any]) -> tuple[Claims, str] | Refused:
    found = oidc_provider.provider()
    if isinstance(found, Refused):
        return found
    if wrong := answer_wrong(found, request.GET.dict()):
        return Refused("answer", wrong)
    flow = Flow(begun["state"], begun["nonce"], begun["verifier"])
    return oidc_provider.claims_for_code(found, flow, request.GET["code"][:4000], _back(request))


def came_in(request: HttpRequest, begun: dict[str, Any], claims: Claims, issuer: str) -> HttpResponse:
    """In, where somebody here is known by that, on to the second step where they have more to show."""
    user = person_of(claims, issuer)
    if isinstance(user, Refused):
        request.session.pop(sessions.LET_IN, None)
        return refused_page(request, user, tried=True)
    target, shown = begun["next"] or resolve_url(settings.LOGIN_REDIRECT_URL), _shows_second(claims)
    if request.user.is_authenticated and request.user.pk != user.pk:
        kept = {name: request.session[name] for name in (TOKEN, BY_SAML, sessions.LET_IN) if name in request.session}
        logout(request)
        request.session.update(kept)
    if has_second(user) and not shown:
        return second_step.begin(request, user, target)
    login(request, user, second_step.BACKEND)
    if shown:
        stands(request)
        request.session[SHOWN] = True
    return redirect(target)


def _shows_second(claims: Claims) -> bool:
    return bool(claims.shown & {*settings.OIDC_SECOND})


def linked(request: HttpRequest, begun: dict[str, Any], claims: Claims, issuer: str, called: str) -> HttpResponse:
    """They are that at the provider from now on, where they are still who began it."""
    if not request.user.is_authenticated or request.user.pk != begun["person"]:
        return refused_page(request, LOST)
    user = person(request)
    outcome = identity_link(person=user, issuer=issuer, subject=claims.subject, origin=origin_of(user))
    return answered(request, outcome, f"From now on {called} signs you in, too.", reverse("account"))


def shown_again(request: HttpRequest, begun: dict[str, Any], claims: Claims, issuer: str) -> HttpResponse:
    """They show that it is they, by a sign-in at the provider that is newer than the question."""
    theirs = ExternalIdentity.objects.filter(issuer=issuer, subject=claims.subject)
    if not (request.user.is_authenticated and theirs.filter(person=request.user.pk).exists()):
        return refused_page(request, OTHER)
    if claims.signed_in < begun["at"] - CLOCKS_DIFFER:
        return refused_page(request, Refused("stale", "The provider did not ask you again, so nothing is shown by it."))
    if has_second(person(request)) and not _shows_second(claims):
        return redirect(f"{reverse('account-again')}?{urlencode({'next': begun['next']})}")
    sessions.confirm(request)
    return redirect(begun["next"] or "account")


@writes
def unlink(request: HttpRequest) -> HttpResponse:
    """The provider signs them in no more (asks for a fresh sign-in)."""
    if again := asked_again(request, reverse("account")):
        return again
    user = person(request)
    outcome = identity_unlink(person=user, origin=origin_of(user))
    return answered(request, outcome, "You sign in by password alone.", reverse("account"))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out here; where the provider let them in, the page has the way out there, too."""
    token = request.session.get(TOKEN, "")
    logout(request)
    found = oidc_provider.provider() if token and oidc_provider.is_set() else None
    if found is None or isinstance(found, Refused) or not found.ends:
        return redirect(settings.LOGOUT_REDIRECT_URL)
    asked = {
        "id_token_hint": token, "client_id": settings.OIDC_CLIENT_ID,
        "post_logout_redirect_uri": request.build_absolute_uri(reverse("login")),
    }  # fmt: skip
    context = {"address": f"{found.ends}?{urlencode(asked)}", "provider": settings.OIDC_NAME}
    return render(request, "access/signed_out.html", context)


@csrf_exempt
@never_cache
@require_POST
def ended_there(request: HttpRequest) -> HttpResponse:
    """The provider says that a session ended (back-channel logout): 200 where it is ended here, too, or was none."""
    _is_set()
    found, token = oidc_provider.provider(), request.POST.get("logout_token", "")
    if isinstance(found, Refused):
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    said = oidc_provider.session_ended(found, token) if 0 < len(token) <= LONGEST_TOKEN else LOST
    if isinstance(said, Refused):
        return JsonResponse({"error": "invalid_request", "error_description": said.message}, status=400)
    good_for = max(said.until - time.time(), 1) + CLOCKS_DIFFER
    if not cache.add(f"oidc-logout:{sha256(said.name.encode()).hexdigest()}", 1, good_for):
        return JsonResponse({"error": "invalid_request", "error_description": USED}, status=400)
    for user in sessions.provider_ended(settings.OIDC_ISSUER, said.subject, said.session):
        trail.session_ended_there(request=request, user=user, provider=settings.OIDC_NAME)
    return HttpResponse(status=200)


def _is_set() -> None:
    if not oidc_provider.is_set():
        raise Http404("No identity provider is set up here.")


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("login-provider-back"))


def refused_page(request: HttpRequest, refused: Refused, *, tried: bool = False) -> HttpResponse:
    """The page that says why. `tried`: somebody came back from a sign-in that was begun here; that is kept, and an
    address that goes on is told to wait. An answer that nobody began here is worth nothing, also as a count: any other
    site can have a browser ask for this address."""
    wait = limits.attempt("", client_address(request)) if tried else 0
    if tried:
        who = request.user.get_username() if isinstance(request.user, User) else ""
        trail.sign_in_failed(request=request, name=who, locked=bool(wait))
    told = f"Too many attempts. Try again in {in_words(wait)}." if wait else refused.message
    context = {"told": told, "provider": settings.OIDC_NAME}
    response = render(request, "access/provider_refused.html", context, status=429 if wait else 403)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
