"""With which headers does a connector show who it is?

Bearer token (RFC 6750), basic (RFC 7617), a key in a header of its own, or a signature (HMAC, RFC 2104) over parts of
the request, one a line. A token that has to be asked for first (OAuth 2.0) is put in when the request is sent: `token`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.ground.secrets import Secret, secret

Json = Any


@dataclass(frozen=True, slots=True)
class Signed:
    """What of a request can be signed."""

    method: str
    path: str
    body: bytes
    key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers, which nobody is shown, and the secrets in them."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[Secret, ...] = ()


def credentials(auth: Mapping[str, Json], signed: Signed) -> Credentials:
    """The headers that a file's `auth` asks for. Raises SecretMissing."""
    if not auth:
        return Credentials()
    (way, given), *_ = auth.items()
    if way == "oauth2":
        return Credentials({"Authorization": "Bearer"}, (secret(given["client"]), secret(given["secret"])))
    kept = secret(given["secret"])
    value = kept.reveal()
    match way:
        case "bearer":
            return Credentials({"Authorization": f"Bearer {value}"}, (kept,))
        case "basic":
            pair = base64.b64encode(f"{given['user']}:{value}".encode()).decode()
            return Credentials({"Authorization": f"Basic {pair}"}, (kept, Secret(kept.name, pair)))
        case "header":
            return Credentials({given["name"]: value}, (kept,))
    return Credentials(_signature(given, value, signed), (kept,))


def _signature(given: Mapping[str, Json], value: str, signed: Signed) -> dict[str, str]:
    at = str(int(signed.now.timestamp()))
    parts = {
        "method": signed.method.encode(), "path": signed.path.encode(), "timestamp": at.encode(), "body": signed.body,
        "body-digest": hashlib.sha256(signed.body).hexdigest().encode(), "idempotency-key": signed.key.encode(),
    }  # fmt: skip
    content = b"\n".join(parts[name] for name in given["over"])
    digest = hmac.new(value.encode(), content, given.get("algorithm", "sha256")).digest()
    text = digest.hex() if given.get("encoding", "hex") == "hex" else base64.b64encode(digest).decode()
    headers = {given["header"]: given.get("prefix", "") + text}
    return headers | ({given["timestamp"]: at} if "timestamp" in given else {})
