"""How is a worker outside let in?

By its token (`Authorization: Bearer cww_...`, RFC 6750), which belongs to one actor and opens nothing but the calls for
workers. A token that is none is kept, and an address that goes on with such is told to wait.
"""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from casework.access import sign_in_limits as limits
from casework.access import trail
from casework.access.addresses import client_address
from orchestration.actors.tokens import token_of
from orchestration.models import WorkerToken

SCHEME: Final = "bearer"


class NoWorker(exceptions.APIException):
    status_code = 401
    default_code = "not-authenticated"
    default_detail = (
        "Send the header `Authorization: Bearer <token>` with a token that is good. "
        "An administrator makes one on the page of the actor's workers."
    )


class WorkerAuthentication(BaseAuthentication):
    """Nobody of ours is signed in; `request.auth` is the token, with its actor."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, WorkerToken]:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        token = token_of(secret.strip()) if scheme.lower() == SCHEME and secret.strip() else None
        if token is None:
            self._refuse(request, secret)
            raise NoWorker()
        return AnonymousUser(), token

    def _refuse(self, request: Request, secret: str) -> None:
        if not secret:
            return
        if wait := limits.attempt("", client_address(request)):
            raise exceptions.Throttled(wait)
        trail.token_refused(request)


class WorkerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its __init_subclass__
    target_class = WorkerAuthentication
    name = "workerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": SCHEME, "description": "The token of an outside worker."}


class WorkerRate(SimpleRateThrottle):
    """So many calls a minute of one token."""

    scope = "worker"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"worker-calls:{token_in(request).pk}"


class WorkerView(APIView):
    """A call for outside workers alone: people and their programs have no token of this kind."""

    authentication_classes = [WorkerAuthentication]
    permission_classes = []
    throttle_classes = [WorkerRate]


def token_in(request: Request) -> WorkerToken:
    """Whose token the request carries."""
    return cast(WorkerToken, request.auth)
