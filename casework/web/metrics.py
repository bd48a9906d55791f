"""How does a monitoring system see how things stand? `/metrics` tells Prometheus (text format 0.0.4).

What all processes share is read from the database when it is asked for; how long requests take, each web process tells
of itself. For who has the token of CASEWRIGHT_METRICS_TOKEN, and for administrators and auditors who have signed in.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, ProcessCollector, generate_latest

from casework.access import permissions
from casework.web.metrics_read import Standing

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REGISTRY.register(Standing())
REQUESTS: Final = Histogram(
    "casewright_request_seconds", "How long pages and the API took to answer, in this web process.",
    ["method", "route", "status"], buckets=BUCKETS, registry=REGISTRY,
)  # fmt: skip
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe_request(method: str | None, route: str, status: int, seconds: float) -> None:
    """Count an answer. `route`: the pattern of its address, of which there are as many as pages."""
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """200 with all metrics; 401 for who may not know them."""
    if not (_has_token(request) or _may_see(request)):
        refused = "Sign in as an administrator or auditor, or send the token: Authorization: Bearer TOKEN\n"
        return HttpResponse(
            refused, status=401, content_type="text/plain; charset=utf-8", headers={"WWW-Authenticate": "Bearer"}
        )
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    wanted, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    return bool(wanted) and compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _may_see(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and (permissions.may_publish(user) or permissions.may_audit(user))
