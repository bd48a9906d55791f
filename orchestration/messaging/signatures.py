"""Was this sent by whom it says, and now? (Standard Webhooks)

HMAC-SHA256 over id, time and body, with a secret that both sides know; a time that is too far away is a replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

ID: Final = "webhook-id"
TIME: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"


def refusal(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why this is not taken as signed by who knows the secret; "" where it is. Times differ by at most five minutes."""
    if missing := [name for name in (ID, TIME, SIGNATURE) if not headers.get(name)]:
        return f"The headers {', '.join(missing)} are missing (Standard Webhooks)."
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except WebhookVerificationError as error:
        return f"The signature does not hold: {error}."
    except (ValueError, TypeError, OverflowError, EmptyWebhookSecretError):
        return "The signature, or its time, cannot be read."
    return ""


def signed(secret: str, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that show who sent this body, and when."""
    signature = Webhook(secret).sign(msg_id=id, timestamp=at, data=body.decode())
    return {ID: id, TIME: str(int(at.timestamp())), SIGNATURE: signature}
