"""What does an identity provider say of who came back from it, and may it be believed (OpenID Connect Core 1.0)?

Pure: the code flow with PKCE (S256), state and nonce. Signatures are checked by PyJWT, with algorithms of public keys
alone, whatever the token or the provider names. Why no django-allauth: decision 10.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt

from orchestration.ground.refusals import Refused

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_DIFFER: Final = 60
"""Seconds by which the provider's clock may be wrong."""
LOGOUT_GOOD_FOR: Final = 120
"""Seconds for which a logout token is taken that names no end, as providers that follow a draft send them."""
MOST_GROUPS: Final = 1000
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Provider:
    """Its addresses. `ends`: where its own session is ended, or "". `says_issuer`: its answers name it (RFC 9207)."""

    issuer: str
    authorizes: str
    gives_tokens: str
    keys: str
    ends: str
    says_issuer: bool
    basic: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """That a session at the provider ended: of whom (`subject`), which (`session`, as it names it); one is empty where
    the provider leaves it out. `name`: of the token, good until `until` (seconds)."""

    subject: str
    session: str
    name: str
    until: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in that is under way: what only this browser's session and the provider know of it."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Claims:
    """Who it is. `email` stands only where the provider has verified it. `shown`: how they signed in (`amr`, `acr`)."""

    subject: str
    name: str
    first: str
    last: str
    email: str
    groups: frozenset[str]
    shown: frozenset[str]
    signed_in: int
    session: str = ""


def provider_read(issuer: str, document: Any, *, tls: bool) -> Provider | Refused:
    """From its discovery document. `tls`: it is at https alone."""
    if not isinstance(document, Mapping) or document.get("issuer") != issuer:
        return Refused("provider", "The provider’s own description names another issuer.")
    named = {name: document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    named["end_session_endpoint"] = document.get("end_session_endpoint") or ""
    schemes = ("https",) if tls else ("https", "http")
    for name, address in named.items():
        if not isinstance(address, str) or (address and _scheme(address) not in schemes):
            return Refused("provider", f"The provider’s own description has no {name} that may be used.")
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer, str(named["authorization_endpoint"]), str(named["token_endpoint"]), str(named["jwks_uri"]),
        str(named["end_session_endpoint"]), document.get("authorization_response_iss_parameter_supported") is True,
        "client_secret_basic" in methods,
    )  # fmt: skip


def _scheme(address: str) -> str:
    """Of an address that has a host; empty: it is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.scheme if parts.hostname else ""


def flow_new() -> Flow:
    return Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def address_to_sign_in(provider: Provider, flow: Flow, *, client: str, back: str, scope: str, again: bool) -> str:
    """Where the browser goes. `again`: they have to show who they are, though the provider knows them still."""
    asked = {
        "response_type": "code", "client_id": client, "redirect_uri": back, "scope": scope, "state": flow.state,
        "nonce": flow.nonce, "code_challenge": flow.challenge, "code_challenge_method": "S256",
    } | ({"prompt": "login", "max_age": "0"} if again else {})  # fmt: skip
    joined = "&" if urlsplit(provider.authorizes).query else "?"
    return f"{provider.authorizes}{joined}{urlencode(asked)}"


def answer_wrong(provider: Provider, answer: Mapping[str, str]) -> str:
    """Why what the browser brought back is not looked at any further; empty: it is."""
    if (provider.says_issuer or "iss" in answer) and answer.get("iss") != provider.issuer:
        return "The answer came from another provider than the one that was asked."
    if "error" in answer:
        return "The provider did not let you in, or you stopped there."
    return "" if answer.get("code") else "The provider’s answer has no code."


def claims_of(token: str, keys: Any, *, provider: Provider, client: str, nonce: str, groups: str) -> Claims | Refused:
    """What an ID token says, where it is signed by the provider, for us, now, and for this sign-in. `groups`: the claim
    that names them. The code of a refusal is `key` where the provider may have newer keys."""
    try:
        found = _decoded(token, keys, provider.issuer, client)
    except _NoKey:
        return Refused("key", "The provider’s token is signed with a key that it does not publish.")
    except (jwt.PyJWTError, ValueError, TypeError):
        return Refused("token", "The provider’s token is not signed by it, not for us, or not of now.")
    if not hmac.compare_digest(str(found.get("nonce", "")).encode(), nonce.encode()):
        return Refused("token", "The provider’s token is of another sign-in.")
    audience, party = found["aud"], found.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (None, client):
        return Refused("token", "The provider’s token is for another party.")
    if not _text(found["sub"]):
        return Refused("token", "The provider’s token names nobody.")
    return _claims(found, groups)


def ended_of(token: str, keys: Any, *, provider: Provider, client: str) -> Ended | Refused:
    """What a logout token says (OpenID Connect Back-Channel Logout 1.0, 2.6), where it is signed by the provider, for
    us and now. No token of a sign-in is one."""
    try:
        found = _decoded(token, keys, provider.issuer, client, needed=("iss", "aud", "iat", "jti"))
        kind = str(jwt.get_unverified_header(token).get("typ", "logout+jwt")).lower()
    except _NoKey:
        return Refused("key", "The provider’s token is signed with a key that it does not publish.")
    except (jwt.PyJWTError, ValueError, TypeError):
        return Refused("token", "The provider’s token is not signed by it, not for us, or not of now.")
    events, subject, session = found.get("events"), _text(found.get("sub")), _text(found.get("sid"))
    says_so = isinstance(events, Mapping) and isinstance(events.get(LOGOUT), Mapping)
    if not says_so or "nonce" in found or kind not in ("logout+jwt", "jwt") or not (subject or session):
        return Refused("token", "The token says of no session that it ended.")
    name, until = _text(found["jti"]), int(found.get("exp", found["iat"] + LOGOUT_GOOD_FOR))
    if until + CLOCKS_DIFFER < time.time():
        return Refused("token", "The provider’s token is not of now.")
    return Ended(subject, session, name, until) if name else Refused("token", "The token has no name.")


class _NoKey(Exception):
    pass


def _decoded(
    token: str, keys: Any, issuer: str, client: str, needed: Sequence[str] = ("iss", "sub", "aud", "exp", "iat")
) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise jwt.InvalidAlgorithmError
    key = _key(keys, header)
    found: dict[str, Any] = jwt.decode(
        token, key, algorithms=[header["alg"]], audience=client, issuer=issuer, leeway=CLOCKS_DIFFER,
        options={"require": list(needed)},
    )  # fmt: skip
    return found


def _key(keys: Any, header: Mapping[str, Any]) -> Any:
    """The key that the token names, or the only one of its kind."""
    try:
        known = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    except (jwt.PyJWTError, AttributeError, TypeError):
        raise _NoKey from None
    known = [key for key in known if key.key_type != "oct"]
    named = [key for key in known if key.key_id == header.get("kid")] if "kid" in header else known
    if len(named) != 1:
        raise _NoKey
    return named[0].key


def _claims(found: Mapping[str, Any], groups: str) -> Claims:
    email = _text(found.get("email"), 254) if found.get("email_verified") is True else ""
    amr = found.get("amr")
    shown = {*_texts(amr), *_texts([found.get("acr")])}
    moment = found.get("auth_time", 0)
    return Claims(
        found["sub"], _text(found.get("preferred_username"), 150), _text(found.get("given_name"), 150),
        _text(found.get("family_name"), 150), email, frozenset(_texts(found.get(groups))), frozenset(shown),
        moment if isinstance(moment, int) else 0, _text(found.get("sid")),
    )  # fmt: skip


def _texts(given: Any) -> list[str]:
    return [text for one in given[:MOST_GROUPS] if (text := _text(one))] if isinstance(given, list) else []


def _text(given: Any, most: int = 255) -> str:
    """A text that can be kept and shown, or ""."""
    fits = isinstance(given, str) and len(given) <= most and given.isprintable()
    return given.strip() if fits else ""
