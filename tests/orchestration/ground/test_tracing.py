"""Is what a page sets off one trace, through steps and workers to the actor and back?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from audit.models import AuditPayload
from orchestration.ground import tracing
from orchestration.jobs import runner
from orchestration.models import Job
from orchestration.shell import nudges
from tests.orchestration.jobs.test_jobs import work
from tests.orchestration.machines import machines

__all__ = ["machines", "work"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace_to(provider)
    yield exporter
    tracing.trace_to(None)


def test_page_nudge_job_actor_and_the_step_of_the_result_are_one_trace(
    spans: InMemorySpanExporter,
    work: Callable[[], Job],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    sent: list[nudges.Nudge] = []
    monkeypatch.setattr(nudges._workers, "put", sent.append)
    job = work()
    spans.clear()
    with django_capture_on_commit_callbacks(execute=True), tracing.carried({}, "GET"):
        tracing.rename("GET cases/")
        nudges.nudge_jobs(job.instance_id, [job.job])
    (nudge,) = sent
    with tracing.carried(dict(nudge.trace), "worker"):
        runner.run(*nudge.arguments)
    found = spans.get_finished_spans()
    assert [one.name for one in found] == ["GET cases/", "actor", "step", "job", "worker"]
    assert len({one.context.trace_id for one in found}) == 1
    actor = next(one for one in found if one.name == "actor")
    assert dict(actor.attributes) == {"actor": "filing", "version": "1"}
    trace = format(found[0].context.trace_id, "032x").encode()
    assert not any(trace in bytes(row.body) for row in AuditPayload.objects.filter(chain=job.instance_id))


def test_a_page_goes_on_with_the_trace_of_who_asks_for_it(spans: InMemorySpanExporter, client) -> None:
    client.get("/healthz", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    (page,) = [one for one in spans.get_finished_spans() if one.name == "GET healthz"]
    assert format(page.context.trace_id, "032x") == "a" * 32


def test_without_an_endpoint_nothing_is_traced_and_nothing_carried(work: Callable[[], Job]) -> None:
    assert tracing.carrier() == {}
    with tracing.span("step"), tracing.carried({"traceparent": "x"}, "page"):
        tracing.rename("other")
        assert tracing.carrier() == {}
