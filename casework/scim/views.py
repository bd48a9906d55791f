"""Where does a directory (an identity provider's provisioning) keep people and groups? Below `/scim/v2/`.

By the token of a service that may change people, with the scope for that and no limit to case types. A person's own
token does not do: what a directory did must not look like somebody's work.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import trail
from casework.access.client_models import ServicePrincipal
from casework.access.permissions import may_administer
from casework.access.sign_in import TokenAuthentication
from casework.access.within import limited_to
from casework.cases.api.rendering import person
from casework.scim.texts import can_stand
from casework.web.api.errors import handler as refused

log = structlog.get_logger()

ROOT = "/scim/v2"
TYPE = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class _AsItIs(BaseContentNegotiation):
    """The answer is SCIM's JSON whatever is asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)
class DirectoryView(APIView):
    authentication_classes = (TokenAuthentication,)
    content_negotiation_class = _AsItIs

    def get(self, request: Request, rest: str = "") -> HttpResponse:
        """Whatever SCIM has at this address."""
        by = person(request)
        if not (ServicePrincipal.objects.filter(person=by).exists() and may_administer(by)) or limited_to(by):
            raise PermissionDenied("A directory comes by the token of a service that may change people.")
        if request.method == "GET":
            trail.list_read(request, "directory")
        return _served(request._request, by, rest)

    post = put = patch = delete = get

    def handle_exception(self, exc: Exception) -> Response:
        """Ours, in SCIM's shape."""
        told = refused(exc, {"request": self.request, "view": self})
        body = {"schemas": [ERROR], "status": str(told.status_code), "detail": told.data["message"]}
        return Response(body, told.status_code, headers=dict(told.headers.items()), content_type=TYPE)


def _served(request: HttpRequest, by: Any, rest: str) -> HttpResponse:
    from scim2_models import InvalidValueException, SCIMException, UniquenessException
    from scim2_server.requests import ScimRequest

    from casework.scim.storage import handler, service

    asked = ScimRequest(
        "GET" if request.method == "HEAD" else str(request.method), request.build_absolute_uri(ROOT), f"/{rest}",
        request.GET.dict(), dict(request.headers.items()), request.body,
    )  # fmt: skip
    try:
        if not can_stand(request.GET.items(), request.body, rest):
            raise InvalidValueException(detail="There is a character among it that no text here can hold.")
        answer = handler(by).handle(asked)
    except IntegrityError:  # somebody else has made the same a moment ago
        answer = service().error_response(UniquenessException())
    except SCIMException as error:
        answer = service().error_response(error)
    except Exception as error:
        log.exception("scim request failed")
        answer = service().error_response(error)
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    response = HttpResponse(body, status=int(answer.status), headers=answer.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
