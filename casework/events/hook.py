"""Where does another system hand in an event? (Standard Webhooks, CloudEvents)

Without a session: its signature says who sends it. The answer says what was done, and what is wrong where it was not.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orchestration.ground.refusals import Refused
from orchestration.messaging.inlets import MOST_BYTES, receive
from orchestration.models import Inlet

STATUS: Final = {"size": 413, "signature": 401, "secret": 503, "event": 422}


@csrf_exempt
@require_POST
def hook(request: HttpRequest, key: str) -> JsonResponse:
    """202 taken, 200 taken before; else what is wrong. An address that is closed, or none, is told from no other."""
    inlet = Inlet.objects.filter(key=key, enabled=True).first()
    if inlet is None:
        return JsonResponse({"detail": "No events are taken at this address."}, status=404)
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return JsonResponse({"detail": f"An event has at most {MOST_BYTES} bytes."}, status=413)
    outcome = receive(inlet, {name.lower(): value for name, value in request.headers.items()}, request.body)
    if isinstance(outcome, Refused):
        said = "Its secret is not known here." if outcome.code == "secret" else outcome.message
        return JsonResponse({"detail": said}, status=STATUS[outcome.code])
    return JsonResponse({"event": outcome.event, "again": outcome.again}, status=200 if outcome.again else 202)
