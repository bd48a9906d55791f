"""How does an agent outside learn that its request was not carried out? In the words of A2A 1.0 (11.6), beside ours.

Who names no version, or another than 1.0, is told so before anything is done.
"""

from __future__ import annotations

from typing import Any, Final

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.web.api.errors import error

WRONG_VERSION: Final = "Send the header A2A-Version: 1.0. Other versions are not spoken here."
DETAIL: Final = "type.googleapis.com/google.rpc.ErrorInfo"
STATUS: Final = {
    401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 405: "UNIMPLEMENTED", 409: "ABORTED",
    429: "RESOURCE_EXHAUSTED", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
}  # fmt: skip
"""Of all others, who asked is at fault (4xx) or we are."""
REASONS: Final = {
    "unsupported": "UNSUPPORTED_OPERATION", "version-not-supported": "VERSION_NOT_SUPPORTED",
    "not-cancelable": "TASK_NOT_CANCELABLE", "not-found": "TASK_NOT_FOUND",
}  # fmt: skip


class A2AView(APIView):
    """A call whose errors can be read by any client of A2A."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(response, Response) and response.status_code >= 400:
            response.data = in_its_words(response.status_code, response.data)
        return super().finalize_response(request, response, *args, **kwargs)


def in_its_words(status: int, told: dict[str, Any]) -> dict[str, Any]:
    """Our error, with that of A2A beside it."""
    code = str(told.get("code", "failed"))
    reason = REASONS.get(code, "INVALID_PARAMS" if status == 400 else code.replace("-", "_").upper())
    info = {"@type": DETAIL, "reason": reason, "domain": "a2a-protocol.org", "metadata": {}}
    fault = "INVALID_ARGUMENT" if status < 500 else "INTERNAL"
    given = {"code": status, "status": STATUS.get(status, fault), "message": told.get("message", "")}
    return {**told, "error": {**given, "details": [info]}}


def wrong_version(request: Request) -> Response | None:
    """None for 1.0; who names no version means one that is not spoken here."""
    spoken = request.headers.get("A2A-Version", "")
    return None if spoken.split(".")[:2] == ["1", "0"] else error(400, "version-not-supported", WRONG_VERSION)
