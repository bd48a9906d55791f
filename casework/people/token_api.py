"""How does a program get a token for some minutes with its secret? By client credentials (RFC 6749, 4.4).

The answers have the names and codes of that document, so that any library for OAuth 2 can ask.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any, Final, cast
from urllib.parse import unquote_plus

from django.http import QueryDict
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import exceptions
from rest_framework import serializers as s
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from casework.access import sign_in_limits as limits
from casework.access import trail
from casework.access.addresses import client_address
from casework.access.clients import UNKNOWN, token_grant
from casework.web.api.docs import described, example
from casework.web.api.shapes import Error
from orchestration.ground.refusals import Refused

GRANT: Final = "client_credentials"
LONGEST: Final = 4000
STATUS: Final = {UNKNOWN.code: 401, "slow_down": 429}
TOKEN: Final = {"access_token": "cwt_mF9uB2…", "token_type": "Bearer", "expires_in": 600, "scope": "work"}


class TokenRequest(s.Serializer[Any]):
    grant_type = s.CharField(help_text="client_credentials")
    client_id = s.CharField(required=False, help_text="The service's sign-in name; or in `Authorization: Basic`.")
    client_secret = s.CharField(required=False, help_text="Its secret; or in `Authorization: Basic`.")
    scope = s.CharField(
        required=False,
        help_text="`read`, `work` or `administer`, and `case_type:KEY` for each case type; left out: all that it may.",
    )


class TokenAnswer(s.Serializer[Any]):
    access_token = s.CharField()
    token_type = s.CharField()
    expires_in = s.IntegerField(help_text="Seconds.")
    scope = s.CharField(help_text="What it may.")


class TokenError(Error):
    error = s.CharField(help_text="The word of RFC 6749, 5.2.")
    error_description = s.CharField()


def _error(code: str, told: str) -> dict[str, Any]:
    """In the words of RFC 6749, and in those of all our errors."""
    return {"error": code, "error_description": told, "code": code.replace("_", "-"), "message": told, "errors": {}}


_WRONG: Final = OpenApiResponse(
    TokenError, "What was asked cannot be given.",
    [OpenApiExample("Too wide", value=_error("invalid_scope", "This client may not have that scope."))],
)  # fmt: skip


class TokenView(APIView):
    authentication_classes: tuple[()] = ()
    permission_classes: tuple[()] = ()
    parser_classes = (FormParser,)
    throttle_classes = (AnonRateThrottle,)

    @described(
        "Get a token by a secret", {200: TokenAnswer, 400: _WRONG},
        request={"application/x-www-form-urlencoded": TokenRequest}, auth=[],
        examples=(example("For ten minutes", TOKEN, "200"),),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Client credentials (RFC 6749, 4.4): a service of its own asks for a token that lasts some minutes."""
        sent = cast(QueryDict, request.data)
        if any(len(sent.getlist(name)) > 1 for name in sent) or sum(len(text) for text in sent.values()) > LONGEST:
            return _wrong("invalid_request", "Something is sent twice, or is too long.")
        if sent.get("grant_type") != GRANT:
            return _wrong("unsupported_grant_type", f"grant_type has to be {GRANT}.")
        who = _client(request)
        if who is None:
            return _wrong("invalid_request", "Say who you are once: in the header, or by client_id and client_secret.")
        outcome = token_grant(client=who[0], secret=who[1], scope=str(sent.get("scope", "")))
        if isinstance(outcome, Refused):
            return _refused(request, outcome)
        told = {"access_token": outcome.token, "token_type": "Bearer", "expires_in": outcome.seconds}
        return Response(told | {"scope": outcome.scope}, headers={"Pragma": "no-cache"})


def _client(request: Request) -> tuple[str, str] | None:
    """The name and secret that were sent, one way; None where they were sent in two ways, or cannot be read."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    sent = cast(QueryDict, request.data)
    named, secret = str(sent.get("client_id", "")), str(sent.get("client_secret", ""))
    if not scheme:
        return named, secret
    if scheme.lower() != "basic" or secret:
        return None
    try:
        name, _, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    name = unquote_plus(name)
    return None if named and named != name else (name, unquote_plus(password))


def _refused(request: Request, refused: Refused) -> Response:
    if refused.code == UNKNOWN.code:
        if wait := limits.attempt("", client_address(request)):
            raise exceptions.Throttled(wait)
        trail.token_refused(request)
    return _wrong(refused.code, refused.message)


def _wrong(code: str, told: str) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="Casewright"'} if code == UNKNOWN.code else {}
    return Response(_error(code, told), status=STATUS.get(code, 400), headers=headers)
