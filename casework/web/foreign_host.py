"""What does a request get that names a host that is not ours?

A plain 400, before anything asks for the host again: a page in words would have to, for its links and its cookies.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

WORDS: Final = "This server does not answer for the host that was asked for.\n"


@sync_and_async_middleware
def refuse_foreign_host(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Nothing is looked up for a host that `ALLOWED_HOSTS` does not name."""
    if iscoroutinefunction(get_response):

        async def acall(request: HttpRequest) -> HttpResponseBase:
            if is_foreign(request):
                return _refused()
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return acall

    def call(request: HttpRequest) -> HttpResponseBase:
        return _refused() if is_foreign(request) else cast(HttpResponseBase, get_response(request))

    return call


def is_foreign(request: HttpRequest) -> bool:
    """Whether `ALLOWED_HOSTS` does not name the host, or it is none."""
    try:
        request.get_host()
    except DisallowedHost:
        return True
    return False


def _refused() -> HttpResponse:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HttpResponse(WORDS, status=400, content_type="text/plain; charset=utf-8", headers=headers)
