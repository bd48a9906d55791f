"""How does an agent outside start a case here and follow it? (Agent2Agent, A2A 1.0 over HTTP+JSON)

As the person whose token it carries, with their rights and masks: a message brings a case in, and the case is the task.
The card says so to anybody, signed, so that who calls can pin it.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api import requests, shapes
from casework.cases.api.rendering import case_in_full, person
from casework.intake.api import brought_in
from casework.mcp.case_task import waiting
from casework.models import Case
from casework.web.api.docs import described, example
from casework.web.api.errors import error
from orchestration.actors.kinds.remote_agent.cards import signed

Json = dict[str, Any]
VERSION: Final = "1.0"
KEY_FOR: Final = b"the key that signs the agent card, 1"
JSON_TYPE: Final = "application/json"
WRONG_VERSION: Final = "Send the header A2A-Version: 1.0. Other versions are not spoken here."
ONE_PART: Final = {"message.parts": "One part is expected, `data` with case_type and data."}
NEW: Final = "Each message begins a case. Tasks of people are completed by the API or by MCP, not by a further message."
MESSAGE: Final = {
    "message": {
        "messageId": "m-1", "role": "ROLE_USER",
        "parts": [{"data": {"case_type": "complaint", "data": {"message": "Where is my refund?"}}}],
    }
}  # fmt: skip
WORKING: Final = {
    "id": "17", "contextId": "17", "status": {"state": "TASK_STATE_WORKING", "timestamp": "2026-11-29T10:00:00Z"},
    "artifacts": [], "metadata": {"state": "Being analysed"},
}  # fmt: skip


class Begins(requests.Sent):
    """What the part of a message holds: the case that begins."""

    case_type = s.CharField(max_length=64)
    data = requests.Mapping()  # type: ignore[assignment]


class Message(requests.Sent):
    messageId = s.CharField(max_length=100, help_text="Yours; the same again is the same case.")
    role = s.ChoiceField(choices=["ROLE_USER"])
    parts = s.ListField(child=requests.Mapping(), min_length=1, max_length=1, help_text="One, `data`: what begins.")
    contextId = s.CharField(required=False, default="", max_length=100, allow_blank=True)
    taskId = s.CharField(required=False, default="", max_length=100, allow_blank=True)
    metadata = requests.Mapping(required=False, default=dict, help_text="Read by nobody.")


class SendMessage(requests.Sent):
    message = Message()
    configuration = requests.Mapping(required=False, default=dict, help_text="Read by nobody: it answers at once.")


class TaskShape(s.Serializer[Any]):
    id = s.CharField(help_text="The number of the case.")
    contextId = s.CharField()
    status = shapes.ObjectField(
        help_text="`state`: WORKING, INPUT_REQUIRED (a task waits that you may do), COMPLETED; SUBMITTED where you may "
        "bring cases in and not look at them."
    )
    artifacts = s.ListField(child=shapes.ObjectField(), help_text="When it is completed: the case as you may see it.")
    metadata = shapes.ObjectField(help_text="`state`: for who may see the case, the named state that people speak of.")


class TaskAnswer(s.Serializer[Any]):
    task = TaskShape()


@require_safe
def card(request: HttpRequest) -> JsonResponse:
    """What is offered to agents outside, signed."""
    base = f"{request.scheme}://{request.get_host()}"
    return JsonResponse(signed(_card(base), _key(), "casewright-1"))


def _card(base: str) -> Json:
    address = base + reverse("api-a2a-send").removesuffix("/message:send")
    return {
        "name": "Casewright", "version": "1", "provider": {"organization": "Casewright", "url": base},
        "description": "Brings cases in and says how far they are, as the person whose token it is asked with.",
        "supportedInterfaces": [{"url": address, "protocolBinding": "HTTP+JSON", "protocolVersion": VERSION}],
        "capabilities": {"streaming": False, "pushNotifications": False},
        "securitySchemes": {"token": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}},
        "securityRequirements": [{"schemes": {"token": {"list": []}}}],
        "defaultInputModes": [JSON_TYPE], "defaultOutputModes": [JSON_TYPE],
        "skills": [{
            "id": "bring-a-case-in", "name": "Bring a case in", "tags": ["case"],
            "description": "One data part, `case_type` and `data`. The task is the case.",
        }],
    }  # fmt: skip


def _key() -> Ed25519PrivateKey:
    """Of this installation, for cards alone: it changes with the installation's secret."""
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(settings.SECRET_KEY.encode(), KEY_FOR, "sha256"))


class SendView(APIView):
    @described(
        "Bring a case in as an agent", {200: TaskAnswer}, 400, 403, 409, request=SendMessage, tags=["agents"],
        examples=(example("A complaint", MESSAGE, request=True), example("Under way", {"task": WORKING}, "200")),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A2A 1.0: needs the header `A2A-Version: 1.0`. The same message again gives the same task."""
        if wrong := _wrong_version(request):
            return wrong
        message = SendMessage.body(request)["message"]
        if message["taskId"]:
            return error(400, "unsupported", NEW)
        given = message["parts"][0].get("data")
        begins = Begins(data=given)
        if not begins.is_valid() or set(given) != set(begins.fields):
            return error(400, "invalid", "Correct what `errors` names and send it again.", ONE_PART)
        found = brought_in(person(request), begins.validated_data["case_type"], message["messageId"], given["data"])
        if found.status_code not in (200, 201):
            return found
        return Response({"task": _begun(request, found.data["id"])})


class TaskView(APIView):
    @described(
        "Follow a case as an agent", {200: TaskShape}, 400, 403, 404, tags=["agents"],
        examples=(example("Under way", WORKING, "200"),),
    )  # fmt: skip
    def get(self, request: Request, case: int) -> Response:
        """A2A 1.0: needs the header `A2A-Version: 1.0`."""
        found = permissions.case_for_user(person(request), case, "view")
        if wrong := _wrong_version(request):
            return wrong
        requests.Nothing.query(request)
        return Response(_task(request, found))


def _wrong_version(request: Request) -> Response | None:
    """None for 1.0; who names no version means one that is not spoken here."""
    spoken = request.headers.get("A2A-Version", "")
    return None if spoken.split(".")[:2] == ["1", "0"] else error(400, "version-not-supported", WRONG_VERSION)


def _begun(request: Request, number: int) -> Json:
    """The task that a message has begun: no more than its number for who may bring cases in and not look at them."""
    try:
        case = permissions.case_for_user(person(request), number, "view")
    except (permissions.Unseen, permissions.Denied):
        task = {"id": str(number), "contextId": str(number), "status": {"state": "TASK_STATE_SUBMITTED"}}
        return task | {"artifacts": [], "metadata": {}}
    return _task(request, case)


def _task(request: Request, case: Case) -> Json:
    """The case as a task of A2A, as this person may see it."""
    told = case_in_full(person(request), case).data
    state = "COMPLETED" if told["closed"] else "INPUT_REQUIRED" if waiting(told) else "WORKING"
    parts = [{"data": {name: told[name] for name in ("id", "title", "state", "data")}, "mediaType": JSON_TYPE}]
    return {
        "id": str(case.pk), "contextId": str(case.pk),
        "status": {"state": f"TASK_STATE_{state}", "timestamp": told["updated"]},
        "artifacts": [{"artifactId": "case", "parts": parts}] if told["closed"] else [],
        "metadata": {"state": told["state"]},
    }  # fmt: skip
