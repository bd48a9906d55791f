"""Does /metrics tell a monitoring system how things stand, and nobody else?"""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from prometheus_client.parser import text_string_to_metric_families

from audit.services import Origin
from casework.runtime.locations import ROOT
from casework.web import metrics_read
from orchestration.actors.budgets import budget_set
from orchestration.actors.registry import card_change
from orchestration.engine.commands import ResolveIncident
from orchestration.ground import clock
from orchestration.models import ActorCall, Gauge
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.orchestration.machines import work_jobs
from tests.sql import statements

pytestmark = pytest.mark.django_db

TEST = Origin("system:test")
PRICED = {"price": {"amount": "0.5", "currency": "EUR", "per": "call"}}


@pytest.fixture
def token(client, settings):
    settings.METRICS_TOKEN = "let-me-see"
    client.defaults["HTTP_AUTHORIZATION"] = "Bearer let-me-see"
    return client


def samples(client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = client.get("/metrics").content.decode()
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def value(found, name: str, **labels: str) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("axel", 200), ("anna", 401), (None, 401)])
def test_metrics_are_for_administrators_and_auditors(people, client, who, status):
    if who:
        client.force_login(people[who])
    assert client.get("/metrics").status_code == status


def test_a_program_needs_the_token_and_without_a_token_set_none_is_right(client, settings):
    settings.METRICS_TOKEN = "let-me-see"
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer let-me-see").status_code == 200
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer let-me-sea").status_code == 401
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 401


def test_jobs_calls_costs_circuits_budgets_and_incidents_are_told(token, machines, open_case):
    card_change("intent", PRICED, TEST)
    budget_set("actor:intent", Decimal(2), "EUR", TEST)
    before = samples(token)
    open_case()
    work_jobs(open_case().instance_id)
    machines.fail("sentiment", temporary=False)
    failed = open_case()
    work_jobs(failed.instance_id)
    found = samples(token)
    assert value(found, "casewright_jobs", state="incident", capability="sentiment") == 1
    assert value(found, "casewright_jobs", state="waiting", capability="intent") == 1
    assert value(found, "casewright_queue_age_seconds", capability="intent") >= 0
    done = value(before, "casewright_calls_total", actor="intent", outcome="done") or 0
    assert value(found, "casewright_calls_total", actor="intent", outcome="done") == done + 2
    assert value(found, "casewright_calls_total", actor="sentiment", outcome="failed") == 1
    assert value(found, "casewright_call_cost_total", actor="intent", currency="EUR") == 1
    assert value(found, "casewright_calls_of_unknown_cost_total", actor="sentiment") == 2
    assert value(found, "casewright_call_seconds_bucket", actor="intent", le="+Inf") == 2
    assert value(found, "casewright_budget_used_ratio", scope="actor:intent") == 0.5
    assert sum(number for (name, _), number in found.items() if name == "casewright_incidents_open") == 1
    assert value(found, "casewright_breaker_open", actor="intent") == 0
    Gauge.objects.filter(actor__key="intent").update(open_until=clock.utc_now().replace(year=2999))
    again = ResolveIncident(failed.instance.incidents.get().incident, "retry")
    assert isinstance(services.send(failed.instance_id, again, TEST), Done)
    found = samples(token)
    assert value(found, "casewright_breaker_open", actor="intent") == 1
    assert value(found, "casewright_jobs", state="incident", capability="sentiment") is None


def test_each_call_is_counted_once_though_most_are_read_only_once(machines, analysed, monkeypatch):
    now = 0.0
    monkeypatch.setattr("casework.web.metrics_read.time.monotonic", lambda: now)
    ledger = metrics_read.Ledger()
    analysed()
    assert ledger.sums().calls["intent", "done"] == 1
    analysed()
    assert ledger.sums().calls["intent", "done"] == 2
    now = metrics_read.SETTLES + 1
    assert ledger.sums().calls["intent", "done"] == 2
    analysed()
    with statements() as sent:
        assert ledger.sums().calls["intent", "done"] == 3
    assert len(sent) == 2
    late = ActorCall.objects.filter(actor="intent").latest("pk")
    late.pk = None
    late.save()
    assert ledger.sums().calls["intent", "done"] == 4


def test_it_takes_the_same_few_statements_however_much_there_is(token, machines, analysed):
    def counted() -> int:
        with statements() as sent:
            token.get("/metrics")
        return len(sent)

    analysed()
    before = counted()
    for _ in range(3):
        analysed()
    assert counted() == before <= 8


def test_requests_are_told_by_the_pattern_of_their_address(token, people):
    token.force_login(people["anna"])
    token.get("/cases/999999/")
    found = samples(token)
    route = "cases/<number:case_id>/"
    assert value(found, "casewright_request_seconds_count", method="GET", route=route, status="404") >= 1
    assert not any("999999" in str(labels) for _, labels in found)


def test_every_query_of_the_dashboard_asks_for_what_is_told(token, machines, open_case, people):
    card_change("intent", PRICED, TEST)
    budget_set("actor:intent", Decimal(2), "EUR", TEST)
    open_case()
    work_jobs(open_case().instance_id)
    machines.fail("sentiment", temporary=False)
    work_jobs(open_case().instance_id)
    token.get("/healthz")
    labels: dict[str, set[str]] = {}
    for name, given in samples(token):
        labels.setdefault(name, set()).update(key for key, _ in given)
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(queries) >= 14
    for query in queries:
        asked = re.findall(r"\b(?:casewright|process)_\w+", query)
        assert asked and all(name in labels for name in asked), query
        by = {word for found in re.findall(r"by \(([^)]*)\)", query) for word in found.replace(" ", "").split(",")}
        chosen = set(re.findall(r"[{,](\w+)=", query))
        assert all((by | chosen) <= labels[name] for name in asked), query
