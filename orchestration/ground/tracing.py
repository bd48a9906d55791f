"""How does one follow a page's work through steps and workers to an actor and back?

OpenTelemetry spans, where its packages are there (`pip install '.[observe]'`) and an endpoint is named
(OTEL_EXPORTER_OTLP_ENDPOINT); else nothing at all. A trace travels in the header of a nudge, never in a history. Spans
hold numbers, kinds and keys: no content of a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_tracer: Any = None


@contextmanager
def span(name: str, **about: str | int) -> Iterator[None]:
    """What is done inside, as a part of the trace that is under way."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, attributes=about):
        yield


@contextmanager
def carried(headers: Mapping[str, Any], name: str) -> Iterator[None]:
    """What is done inside, as a part of the trace that a message carries."""
    if _tracer is None:
        yield
        return
    from opentelemetry.propagate import extract

    kept = {key.lower(): value for key, value in headers.items() if isinstance(value, str)}
    with _tracer.start_as_current_span(name, context=extract(kept)):
        yield


def carrier() -> dict[str, str]:
    """What a message has to carry so that its receiver goes on with the trace; empty where there is none."""
    found: dict[str, str] = {}
    if _tracer is not None:
        from opentelemetry.propagate import inject

        inject(found)
    return found


def rename(name: str) -> None:
    """Give the span that is under way the name that is known only now."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().update_name(name)


def trace_to(provider: Any) -> None:
    """From now on, hand spans to this provider of tracers; None: to nobody."""
    global _tracer
    _tracer = None if provider is None else provider.get_tracer("casewright")


def trace_over_http(service: str) -> None:
    """Send spans to where OpenTelemetry's own variables say (OTLP over HTTP).

    Raises ImportError where its packages are not there.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace_to(provider)
