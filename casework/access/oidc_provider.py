"""How is the identity provider asked: for its description, its keys, and the token for a code?

By the environment (CASEWRIGHT_OIDC_...). Description and keys are kept for some minutes; a token that is signed with a
key of none of them has them read anew, once in a while, so that a provider that rotates its keys needs nobody here.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache

from casework.access.oidc import Claims, Ended, Flow, Provider, claims_of, ended_of, provider_read
from orchestration.actors.hosts.addresses import HostRefused, Listed, plain_host
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange
from orchestration.ground.refusals import Refused

log = structlog.get_logger()

KEPT: Final = 600
READ_ANEW: Final = 30
"""Seconds between two times that keys are read because a token names one that is not among them."""
BOUNDS: Final = Bounds(seconds=10.0, most_bytes=500_000)
SILENT: Final = Refused("provider", "The provider does not answer as it should. Try again in a while.")


def is_set() -> bool:
    """Whether people can sign in by a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def provider() -> Provider | Refused:
    """The one that is set."""
    issuer = settings.OIDC_ISSUER
    document = _kept(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if isinstance(document, Refused):
        return document
    found = provider_read(issuer, document, tls=settings.PRODUCTION)
    if isinstance(found, Refused):
        log.warning("oidc provider refused", why=found.message)
    return found


def claims_for_code(found: Provider, flow: Flow, code: str, back: str) -> tuple[Claims, str] | Refused:
    """What the provider says for a code that the browser brought, and the token that says it."""
    token = _token(found, flow, code, back)
    if isinstance(token, Refused):
        return token
    claims = _read(found, flow, token, _kept(found.keys))
    if isinstance(claims, Refused) and claims.code == "key" and cache.add(f"oidc-anew:{found.keys}", 1, READ_ANEW):
        cache.delete(_name(found.keys))
        claims = _read(found, flow, token, _kept(found.keys))
    if isinstance(claims, Refused):
        log.warning("oidc token refused", why=claims.message)
        return claims
    return claims, token


def session_ended(found: Provider, token: str) -> Ended | Refused:
    """What a logout token of the provider says."""
    outcome = _ended(found, token)
    if isinstance(outcome, Refused) and outcome.code == "key" and cache.add(f"oidc-anew:{found.keys}", 1, READ_ANEW):
        cache.delete(_name(found.keys))
        outcome = _ended(found, token)
    if isinstance(outcome, Refused):
        log.warning("oidc logout token refused", why=outcome.message)
    return outcome


def _ended(found: Provider, token: str) -> Ended | Refused:
    keys = _kept(found.keys)
    if isinstance(keys, Refused):
        return keys
    return ended_of(token, keys, provider=found, client=settings.OIDC_CLIENT_ID)


def _read(found: Provider, flow: Flow, token: str, keys: Any) -> Claims | Refused:
    if isinstance(keys, Refused):
        return keys
    return claims_of(
        token, keys, provider=found, client=settings.OIDC_CLIENT_ID, nonce=flow.nonce, groups=settings.OIDC_GROUPS_CLAIM
    )


def _token(found: Provider, flow: Flow, code: str, back: str) -> str | Refused:
    sent = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": flow.verifier,
        "client_id": settings.OIDC_CLIENT_ID,
    }  # fmt: skip
    secret, credentials = settings.OIDC_CLIENT_SECRET, {}
    if secret and found.basic:
        pair = f"{quote_plus(settings.OIDC_CLIENT_ID)}:{quote_plus(secret)}"
        credentials = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    elif secret:
        sent["client_secret"] = secret
    answer = _asked(found.gives_tokens, urlencode(sent), credentials)
    token = answer.get("id_token") if isinstance(answer, Mapping) else None
    if isinstance(token, str):
        return token
    return answer if isinstance(answer, Refused) else SILENT


def _kept(address: str) -> Any:
    """The document at an address of the provider, as it was some minutes ago at most."""
    found = cache.get(_name(address))
    if found is None:
        found = _asked(address)
        if not isinstance(found, Refused):
            cache.set(_name(address), found, KEPT)
    return found


def _name(address: str) -> str:
    return f"oidc:{quote_plus(address)[:200]}"


def _asked(address: str, form: str = "", credentials: Mapping[str, str] | None = None) -> Any:
    """What the provider answers (JSON), or why there is nothing of use."""
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
    sent = Sent("POST" if form else "GET", address, headers, form.encode(), credentials or {})
    try:
        got = exchange(sent, [_listed(address)], BOUNDS)
        found = json.loads(got.content)
    except (WireFault, HostRefused, ValueError, RecursionError) as error:
        log.warning("oidc provider silent", error=type(error).__name__)
        return SILENT
    if got.status == 200 and isinstance(found, Mapping):
        return found
    log.warning("oidc provider refused", status=got.status)
    return Refused("code", "The provider does not take this sign-in for valid. Begin again.") if form else SILENT


def _listed(address: str) -> Listed:
    """Its host may be called: who runs the product named the provider, and the provider its addresses."""
    return Listed(plain_host(urlsplit(address).hostname or ""), private=True)
