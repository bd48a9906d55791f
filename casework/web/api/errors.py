"""How does a program learn that its request was not carried out, and what to do about it?

Every error has one shape: `{"code", "message", "errors"}`: a word for programs, a sentence for people, and, where what
was sent is wrong, a sentence for each field. No value that was sent is repeated: it may be personal data. Names that
nobody knows are, cut and without characters that do not print, or nobody would find what they misspelt.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from audit.data_keys import KeyFault
from casework.access import trail
from casework.access.permissions import Denied, Unseen
from casework.web.decorators import sealed_off
from casework.web.errors import NO_MATCH
from orchestration.documents.store import AWAY, Away
from orchestration.ground.refusals import NO_SUCH, Refused

Json = Any

log = structlog.get_logger()

WRONG_INPUT = frozenset({"invalid", "faulty"})
"""Codes of refusals that better input would avoid (400); all others speak of the state that the case is in (409).
That a store is AWAY is no fault of the request (503)."""

LONGEST_NAME: Final = 80
DEEPEST: Final = 10
"""Names in the path of a wrong value."""


def refusal(refused: Refused, prefix: str = "") -> Response:
    """The answer for a refusal; `prefix` is where in the request the refused fields stand. Raises NotFound where what
    it was to be done to is not there."""
    if refused.code == NO_SUCH:
        raise exceptions.NotFound(refused.message)
    errors = {prefix + path: sentence for path, sentence in refused.errors.items()}
    wrong = refused.code in WRONG_INPUT
    away = refused.code == AWAY.code
    number: int = status.HTTP_503_SERVICE_UNAVAILABLE if away else status.HTTP_400_BAD_REQUEST if wrong else 409
    return error(number, refused.code, refused.message, errors)


def error(
    status_code: int,
    code: str,
    message: str,
    errors: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        {"code": code, "message": message, "errors": {_plain(path): told for path, told in (errors or {}).items()}},
        status=status_code,
        headers=dict(headers or {}),
    )


def _plain(path: str) -> str:
    """A dotted path of names, some of them perhaps another's, as it can be shown and logged."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path)
    return ".".join(name[:LONGEST_NAME] for name in printable.split(".", DEEPEST)[:DEEPEST])


def handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's exception handler: every exception becomes an error of our shape."""
    set_rollback()
    _keep(exc, context)
    match exc:
        case RequestDataTooBig():
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            return error(413, "too-large", f"The body has more than {most:,} bytes. Send less at once.")
        case exceptions.ValidationError():
            return error(400, "invalid", "Correct what `errors` names and send it again.", _by_field(exc.detail))
        case exceptions.Throttled():
            wait = str(ceil(exc.wait or 1))  # type: ignore[attr-defined]  # the stubs leave it out
            return error(429, "throttled", f"Too many requests. Go on in {wait} s.", headers={"Retry-After": wait})
        case exceptions.NotAuthenticated():
            told = "Say who you are: send the header `Authorization: Bearer <your token>`, or sign in."
            return error(401, "not-authenticated", told, headers={"WWW-Authenticate": "Bearer"})
        case exceptions.AuthenticationFailed():
            told = "This token is not valid, or has ended. Make another on the page Your account."
            return error(401, "not-authenticated", told, headers={"WWW-Authenticate": "Bearer"})
        case exceptions.PermissionDenied() | PermissionDenied():
            return error(403, "denied", _sentence(exc, "You may not do this. An administrator can give you the right."))
        case Http404() | exceptions.NotFound():
            return error(404, "not-found", _sentence(exc, "There is nothing here, or you may not see it."))
        case exceptions.APIException():
            return error(exc.status_code, exc.default_code.replace("_", "-"), str(exc.detail))
        case Away():
            return error(503, AWAY.code, str(exc))
        case KeyFault():
            return error(503, "sealed", sealed_off(exc))
    log.exception("api request failed")
    told = "Something went wrong on our side. Try again; if it stays, name the X-Request-ID of this answer to an admin."
    return error(500, "failed", told)


def _keep(exc: Exception, context: Mapping[str, Any]) -> None:
    """What was denied leaves a trace, as on the pages."""
    request = context["request"]
    if isinstance(exc, Unseen) and exc.what:
        trail.unseen(request, exc.what)
    elif isinstance(exc, exceptions.PermissionDenied | PermissionDenied) and not isinstance(exc, Denied):
        keep = trail.unproven if "CSRF" in str(exc) else trail.denied
        keep(request, str(exc))


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(request: Request) -> Response:
    """The answer at every address below `/api/` that is none."""
    raise Http404("There is no such address. Every address ends in a slash; /api/docs/ lists them.")


def _sentence(exc: Exception, otherwise: str) -> str:
    """Our own exceptions say a sentence; those of the framework do not say what to do."""
    told = str(exc)
    ours = type(exc) in (PermissionDenied, Denied, Http404, Unseen) and told.endswith(".") and not NO_MATCH.search(told)
    return told if ours or "CSRF" in told else otherwise


def _by_field(detail: Json, path: str = "") -> dict[str, str]:
    """REST framework's nested details -> dotted path: sentence."""
    if isinstance(detail, Mapping):
        nested = (_by_field(below, f"{path}.{name}" if path else str(name)) for name, below in detail.items())
        return {name: sentence for errors in nested for name, sentence in errors.items()}
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        return _by_field(dict(enumerate(detail)), path)
    told = " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
    return {path.removesuffix(".non_field_errors") or "body": told}
