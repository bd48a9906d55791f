"""What is done to every request, whatever its view?

A log line, an id to find it by, a content security policy, and words where an address does not take what was sent.
"""

import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, cast

import structlog
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from casework.web.metrics import observe_request
from orchestration.ground.tracing import carried, rename

log = structlog.get_logger("casework.requests")

GetResponse = Callable[[HttpRequest], Any]


def _around(get_response: GetResponse, before: Callable[[HttpRequest], Any], after: Callable[..., None]) -> GetResponse:
    """One middleware for both kinds of server: `after(request, response, before(request))` around the view."""
    if iscoroutinefunction(get_response):

        async def acall(request: HttpRequest) -> HttpResponseBase:
            kept = before(request)
            response = await cast(Awaitable[HttpResponseBase], get_response(request))
            after(request, response, kept)
            return response

        return acall

    def call(request: HttpRequest) -> HttpResponseBase:
        kept = before(request)
        response = get_response(request)
        after(request, response, kept)
        return cast(HttpResponseBase, response)

    return call


@sync_and_async_middleware
def request_log(get_response: GetResponse) -> GetResponse:
    """One line per request: method, route (the pattern, not the address), status, milliseconds, and who by number."""

    def begin(request: HttpRequest) -> tuple[str, float, AbstractContextManager[None]]:
        page = carried(request.headers, str(request.method))
        page.__enter__()
        request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        return request_id, time.perf_counter(), page

    def end(
        request: HttpRequest, response: HttpResponseBase, begun: tuple[str, float, AbstractContextManager[None]]
    ) -> None:
        request_id, start, page = begun
        response.headers["X-Request-ID"] = request_id
        route = request.resolver_match.route if request.resolver_match else "(no such page)"
        seconds = time.perf_counter() - start
        took = round(seconds * 1000, 1)
        rename(f"{request.method} {route}")
        page.__exit__(None, None, None)
        observe_request(request.method, route, response.status_code, seconds)
        log.info(
            "request", method=request.method, route=route, status=response.status_code, ms=took, user=_user(request)
        )

    return _around(get_response, begin, end)


def _user(request: HttpRequest) -> int | None:
    """The signed-in person's or program's number, if the view looked at who it is; asking here would cost a query."""
    if (viewer := getattr(request, "viewer", None)) is not None:  # who sees it as another does (`casework.viewing`)
        return int(viewer.pk)
    by_token = request.__dict__.get("user")  # where REST framework has put it; else a promise that nobody has kept yet
    user = getattr(request, "_cached_user", None) if isinstance(by_token, SimpleLazyObject) else by_token
    return getattr(user, "pk", None)


@sync_and_async_middleware
def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Scripts, styles and connections only from this server, nothing inline (settings.CONTENT_SECURITY_POLICY)."""
    policy = "; ".join(f"{directive} {sources}" for directive, sources in settings.CONTENT_SECURITY_POLICY.items())

    def end(request: HttpRequest, response: HttpResponseBase, kept: None) -> None:
        response.headers.setdefault("Content-Security-Policy", policy)

    return _around(get_response, lambda request: None, end)


@sync_and_async_middleware
def method_page(get_response: GetResponse) -> GetResponse:
    """A page in place of an empty answer for who opens an address that only takes forms (405); OPTIONS is answered."""

    def end(request: HttpRequest, response: HttpResponseBase, kept: None) -> None:
        if response.status_code != 405 or not isinstance(response, HttpResponse) or response.content:
            return
        if request.method == "OPTIONS":
            response.status_code = 204
            response.headers.pop("Content-Length", None)
        elif request.method != "HEAD":
            response.content = render_to_string("405.html").encode()
            response.headers["Content-Type"] = "text/html; charset=utf-8"
            # It was counted before, as nothing; a server that believes it ends the connection in the middle.
            response.headers["Content-Length"] = str(len(response.content))

    return _around(get_response, lambda request: None, end)


@sync_and_async_middleware
def private_answers(get_response: GetResponse) -> GetResponse:
    """No page uses the device's sensors (Permissions-Policy); what the API answers is kept by no cache."""

    def end(request: HttpRequest, response: HttpResponseBase, kept: None) -> None:
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")

    return _around(get_response, lambda request: None, end)
