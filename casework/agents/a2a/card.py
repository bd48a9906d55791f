"""What does this product say of itself to agents outside, so that they can pin it? (A2A 1.0, 8)

The card says so to anybody, signed by a key of this installation.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from orchestration.actors.kinds.remote_agent.cards import signed

Json = dict[str, Any]
VERSION: Final = "1.0"
KEY_FOR: Final = b"the key that signs the agent card, 1"
JSON_TYPE: Final = "application/json"


@require_safe
def card(request: HttpRequest) -> JsonResponse:
    """What is offered to agents outside, signed."""
    base = f"{request.scheme}://{request.get_host()}"
    return JsonResponse(signed(_card(base), card_key(), "casewright-1"))


def _card(base: str) -> Json:
    address = base + reverse("api-a2a-send").removesuffix("/message:send")
    return {
        "name": "Casewright", "version": "1", "provider": {"organization": "Casewright", "url": base},
        "description": "Brings cases in and says how far they are, as the person whose token it is asked with.",
        "supportedInterfaces": [{"url": address, "protocolBinding": "HTTP+JSON", "protocolVersion": VERSION}],
        "capabilities": {"streaming": True, "pushNotifications": bool(settings.AGENT_HOSTS)},
        "securitySchemes": {"token": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}},
        "securityRequirements": [{"schemes": {"token": {"list": []}}}],
        "defaultInputModes": [JSON_TYPE], "defaultOutputModes": [JSON_TYPE],
        "skills": [{
            "id": "bring-a-case-in", "name": "Bring a case in", "tags": ["case"],
            "description": "One data part, `case_type` and `data`. The task is the case.",
        }],
    }  # fmt: skip


def card_key() -> Ed25519PrivateKey:
    """Of this installation, for cards alone: it changes with the installation's secret."""
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(settings.SECRET_KEY.encode(), KEY_FOR, "sha256"))
