"""From which network address does a request come?"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest | None) -> str:
    """The client's address; behind a proxy that is trusted, as it says it. "" where there is none."""
    if request is None:
        return ""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
        if last := forwarded.rpartition(",")[2].strip():
            return last[:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]
