"""Which token does another system give a connector by OAuth 2.0 (client credentials, RFC 6749, 4.4)?

A token is kept in the memory of the process that asked for it, until it ends by what the server said (`expires_in`;
Salesforce says nothing of it) or is refused. It is a secret like any other: shown nowhere, taken over from no answer.
"""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlencode

from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.addresses import Listed
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange
from orchestration.actors.kinds.http_connector.file import Connector
from orchestration.actors.kinds.http_connector.request import Request, base_address
from orchestration.ground.secrets import Secret, SecretMissing, secret

Json = Any

EARLY: Final = 30.0
"""Seconds before its end from which on a token is not used any more."""
MOST_KEPT: Final = 100
MOST_TOKEN: Final = 8_000
TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

_kept: dict[str, tuple[Secret, float]] = {}
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class Grant:
    """Where a token is asked for, by whom, and for what."""

    url: str
    client: Secret
    secret: Secret
    scope: str

    @property
    def key(self) -> str:
        parts = (self.url, self.client.reveal(), self.secret.reveal(), self.scope)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def grant_of(connector: Connector) -> Grant | None:
    """What the connector's file says about a token; None where it asks for none. Raises ActorError."""
    given = connector.auth.get("oauth2")
    if given is None:
        return None
    base = base_address(connector.server)
    if not base:
        base = "/".join(str(connector.url[0]).split("/", 3)[:3])
    url = given["token"] if not given["token"].startswith("/") else base + given["token"]
    try:
        return Grant(url, secret(given["client"]), secret(given["secret"]), given.get("scope", ""))
    except SecretMissing as missing:
        raise ActorError(str(missing), temporary=False) from None


def token_for(grant: Grant, listed: Iterable[Listed], bounds: Bounds, refused: Secret | None = None) -> Secret:
    """The token in hand, or a new one; never the one that was refused. Raises ActorError."""
    with _lock:
        found, until = _kept.get(grant.key, (None, 0.0))
    if found is not None and time.monotonic() < until and (refused is None or found.reveal() != refused.reveal()):
        return found
    token, seconds = _asked(grant, listed, bounds)
    with _lock:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[grant.key] = (token, time.monotonic() + seconds)
    return token


def bearing_token(request: Request, token: Secret) -> Request:
    """The request with the token in it."""
    credentials = {**request.sent.credentials, "Authorization": f"Bearer {token.reveal()}"}
    return Request(replace(request.sent, credentials=credentials), (*request.secrets, token))


def _asked(grant: Grant, listed: Iterable[Listed], bounds: Bounds) -> tuple[Secret, float]:
    """A new token and for how many seconds it is good. Client and secret go as RFC 6749, 2.3.1 wants them."""
    pair = f"{quote(grant.client.reveal(), safe='')}:{quote(grant.secret.reveal(), safe='')}"
    basic = {"Authorization": "Basic " + b64encode(pair.encode()).decode()}
    wanted = {"grant_type": "client_credentials"} | ({"scope": grant.scope} if grant.scope else {})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        got = exchange(Sent("POST", grant.url, headers, urlencode(wanted).encode(), basic), listed, bounds)
    except WireFault as fault:
        raise ActorError(f"No token could be had: {fault}", temporary=fault.temporary) from None
    if got.status != 200:
        # No token, no call: what was to be asked was certainly not done, so that asking again does nothing twice.
        again = got.status in TEMPORARY
        raise ActorError(f"No token could be had: the answer was {got.status}.", temporary=again)
    return _read(got.content)


def _read(content: bytes) -> tuple[Secret, float]:
    try:
        told = json.loads(content)
        token, kind = told["access_token"], told.get("token_type", "Bearer")
        seconds = float(told.get("expires_in") or float("inf"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ActorError("The answer to the request for a token is none.", temporary=False) from None
    fits = isinstance(token, str) and 0 < len(token) <= MOST_TOKEN and token.isascii() and token.isprintable()
    if not fits or str(kind).lower() != "bearer":
        raise ActorError("The token that came back is none that could be used.", temporary=False)
    return Secret("token", token), max(seconds - EARLY, 0.0)
