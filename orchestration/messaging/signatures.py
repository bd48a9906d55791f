"""Was this sent by whom it claims, and just now? (Standard Webhooks)

HMAC-SHA256 over id, time and body, with a secret that both sides know; a time that is too far away is a replay. While a
secret is changed there are two of it, with white space between: either is taken, and what goes out is signed by both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

ID: Final = "webhook-id"
TIME: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
PREFIX: Final = "whsec_"
UNREADABLE: Final = "The signature, or its time, cannot be read."


def refusal(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why this is not taken as signed by who knows the secret; "" where it is. Times differ by at most five minutes."""
    if missing := [name for name in (ID, TIME, SIGNATURE) if not headers.get(name)]:
        return f"The headers {', '.join(missing)} are missing (Standard Webhooks)."
    reasons = [_refusal(one, headers, body) for one in _secrets(secret)]
    return "" if "" in reasons else reasons[0]


def _secrets(said: str) -> list[str]:
    """One, or both while one is changed for another: white space parts them where each begins as secrets do."""
    parts = said.split()
    return parts if parts and all(one.startswith(PREFIX) for one in parts) else [said]


def _refusal(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except WebhookVerificationError as error:
        return f"The signature does not hold: {error}."
    except (ValueError, TypeError, OverflowError, EmptyWebhookSecretError):
        return UNREADABLE
    return ""


def signed(secret: str, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that show who sent this body, and when."""
    signatures = [Webhook(one).sign(msg_id=id, timestamp=at, data=body.decode()) for one in _secrets(secret)]
    return {ID: id, TIME: str(int(at.timestamp())), SIGNATURE: " ".join(signatures)}
