"""What do the descriptions of all the API's calls have in common?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.text import slugify
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from casework.web.api.shapes import Error

ERRORS: dict[int, tuple[str, str, str, dict[str, str]]] = {
    400: ("What was sent is wrong; `errors` says for each field why.", "invalid", "Please correct what is marked.",
          {"data.message": "This is empty."}),
    401: ("Nobody is signed in.", "not-authenticated",
          "Say who you are: send the header `Authorization: Bearer <your token>`, or sign in.", {}),
    403: ("You may see it, but not do this; the attempt is kept in the case's history.", "denied",
          "You may see this case, but not work case 17.", {}),
    404: ("There is no such thing, or you may not see it.", "not-found",
          "There is no such case, or you may not see it.", {}),
    409: ("Refused: the case or task is in another state. Read it again.", "taken",
          "Ben Bauer has taken this task. Choose another, or ask for it.", {}),
    429: ("Too many requests; `Retry-After` says for how many seconds to wait.", "throttled",
          "Too many requests. Go on in 7 s.", {}),
}  # fmt: skip


class NothingElse(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # its __init_subclass__
    """What a call takes is described as closed, as unknown names are refused."""

    target_class = "casework.cases.api.requests.Sent"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        found: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return found | {"additionalProperties": False}


def described(
    summary: str, answers: dict[Any, Any], *errors: int, request: Any = None, examples: tuple[OpenApiExample, ...] = (),
    **rest: Any,
) -> Callable[[Any], Any]:  # fmt: skip
    """A call's description: its answers by status (with the kind of content where it is no JSON), and the common errors
    that it can give."""
    failures = {code: _error(code) for code in (*errors, 401, 429)}
    return extend_schema(
        operation_id=slugify(summary).replace("-", "_"), summary=summary, request=request,
        responses=answers | failures, examples=list(examples), **rest,
    )  # fmt: skip


def example(name: str, value: Any, *statuses: str, request: bool = False) -> OpenApiExample:
    """An example of a request, or of the answer with these statuses."""
    return OpenApiExample(
        name, value=value, request_only=request, response_only=not request, status_codes=list(statuses) or None
    )


def _error(code: int) -> OpenApiResponse:
    told, word, message, errors = ERRORS[code]
    value = {"code": word, "message": message, "errors": errors}
    return OpenApiResponse(Error, told, [OpenApiExample(word, value=value)])
