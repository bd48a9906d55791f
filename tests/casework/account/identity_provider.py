"""An identity provider that says what a test has it say, also what an honest one never would."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from orchestration.actors.hosts.client import Got, Sent

ISSUER = "https://id.example.org"
CLIENT = "casewright"
SETTINGS: dict[str, Any] = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": CLIENT, "OIDC_NAME": "the house"}


class IdentityProvider:
    """`says`: claims of the next tokens, beside those that have to be there; `lies`: instead of these."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {"sub": "u-1"}
        self.lies: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.described: dict[str, Any] = {}
        self.asked: list[Sent] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.rotate("one")

    def rotate(self, name: str, *, published: bool = True) -> None:
        """It signs with another key from now on."""
        self.name, self.key = name, rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if published:
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            self.keys = {"keys": [public | {"kid": name, "use": "sig"}]}

    def exchange(self, sent: Sent, *_: Any) -> Got:
        self.asked.append(sent)
        status, body = 200, json.dumps(self._answer(sent)).encode()
        if body == b"null":
            status, body = 400, b'{"error": "invalid_grant"}'
        return Got(status, {}, body, sent.url)

    def _answer(self, sent: Sent) -> Any:
        match urlsplit(sent.url).path:
            case "/.well-known/openid-configuration":
                ends = {"authorization_endpoint": "/sign-in", "token_endpoint": "/token", "jwks_uri": "/keys",
                        "end_session_endpoint": "/out"}  # fmt: skip
                return {"issuer": ISSUER} | {name: ISSUER + path for name, path in ends.items()} | self.described
            case "/keys":
                return self.keys
        form = dict(parse_qsl(sent.content.decode()))
        asked = self.codes.pop(form["code"], None)  # good for once
        proof = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        asked = asked if asked is not None and asked["code_challenge"] == proof else None
        return None if asked is None else {"access_token": "x", "id_token": self.token(asked["nonce"])}

    def token(self, nonce: str) -> str:
        now = int(timezone.now().timestamp())
        claims = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, "auth_time": now}
        claims = {name: value for name, value in (claims | self.says | self.lies).items() if value is not None}
        key: Any = {"none": None, "HS256": b"0" * 32}.get(self.algorithm, self.key)
        return jwt.encode(claims, key, self.algorithm, headers={"kid": self.name})

    def ended(self, **says: Any) -> str:
        """A logout token: that the session `sid`, or all of `sub`, ended."""
        now = int(timezone.now().timestamp())
        claims = {
            "iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "l-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **says,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key: Any = {"HS256": b"0" * 32}.get(self.algorithm, self.key)
        return jwt.encode(claims, key, self.algorithm, headers={"kid": self.name, "typ": "logout+jwt"})

    def code_for(self, address: str) -> dict[str, str]:
        """Somebody signs in there: what their browser brings back from the address that it was sent to."""
        asked = {name: texts[0] for name, texts in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{ISSUER}/sign-in?") and asked["code_challenge_method"] == "S256", address
        code = f"code-{len(self.asked)}-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def sign_in(self, browser: Client, query: str = "") -> Any:
        """From our page to theirs and back."""
        sent = browser.get(f"/login/provider/{query}")
        assert sent.status_code == 302, sent.content
        return browser.get("/login/provider/back/", self.code_for(sent["Location"]))


@contextmanager
def provider_at_hand() -> Iterator[IdentityProvider]:
    cache.clear()
    provider = IdentityProvider()
    with patch("casework.access.oidc_provider.exchange", provider.exchange):
        yield provider
    cache.clear()
