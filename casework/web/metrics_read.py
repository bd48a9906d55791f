"""How many jobs wait, how do calls go, which circuits are open, how much of the budgets is used?

Read from the database by a handful of statements for each time that somebody asks, whatever their number of rows: calls
are counted once (what was counted stays counted here), jobs and incidents by the indexes of those that are open.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from django.db import connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from orchestration.actors.budgets import used
from orchestration.ground import clock

SETTLES: Final = 60.0
"""Seconds after which no row with a smaller number comes any more: a step's transaction is over long before."""
MILLISECONDS: Final = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)

_CALLS = """
select id <= %(settled)s, actor, outcome, currency, width_bucket(latency_ms, %(bounds)s::float8[]), count(*),
       sum(latency_ms), sum(cost), count(*) filter (where cost is null)
from orchestration_actorcall where id > %(counted)s and actor <> '' group by 1, 2, 3, 4, 5"""
_LAST = "select coalesce(max(id), 0) from orchestration_actorcall"
_JOBS = """
select 'waiting', capability, count(*), extract(epoch from %(now)s - min(run_at))
from orchestration_job where state = 'waiting' group by capability
union all select 'running', capability, count(*), null
from orchestration_job where state = 'running' group by capability
union all select state, capability, count(*), null
from orchestration_job where state in ('offered', 'held') and actor <> '' and ended is null group by state, capability
union all select 'incident', capability, count(*), null
from orchestration_incident i join orchestration_job j on j.instance_id = i.instance_id and j.job = i.job
where i.resolved is null group by capability"""
_INCIDENTS = "select code, count(*) from orchestration_incident where resolved is null group by code"
_ACTORS = """
select a.key, a.enabled, coalesce(g.running, 0), coalesce(g.open_until > %(now)s, false)
from orchestration_actor a left join orchestration_gauge g on g.actor_id = a.id"""

Row = tuple[Any, ...]
with_every_reading: list[Callable[[], Iterator[Metric]]] = []
"""What other features tell when somebody asks."""


@dataclass
class Sums:
    """Calls added up: by actor and outcome, by actor and bucket of time, by actor and currency."""

    calls: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    buckets: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * (len(MILLISECONDS) + 1)))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cost: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    unknown: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, rows: Iterable[Row]) -> None:
        for actor, outcome, currency, bucket, count, milliseconds, cost, unknown in rows:
            self.calls[actor, outcome] += count
            self.buckets[actor][bucket] += count
            self.seconds[actor] += milliseconds / 1000
            self.unknown[actor] += unknown
            if cost is not None:
                self.cost[actor, currency] += float(cost)

    def copy(self) -> Sums:
        found = Sums()
        for name in ("calls", "seconds", "cost", "unknown"):
            getattr(found, name).update(getattr(self, name))
        found.buckets.update({actor: list(counts) for actor, counts in self.buckets.items()})
        return found


class Ledger:
    """The calls of the ledger, each row counted once and for all when no row before it can come any more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sums, self._counted = Sums(), 0
        self._seen: list[tuple[float, int]] = []

    def sums(self) -> Sums:
        """All calls up to now."""
        with self._lock:
            now = time.monotonic()
            settled = max((last for at, last in self._seen if at <= now - SETTLES), default=self._counted)
            wanted = {"settled": settled, "counted": self._counted, "bounds": list(MILLISECONDS)}
            (last,) = next(_rows(_LAST))
            rows = list(_rows(_CALLS, wanted))
            self._seen = [*(one for one in self._seen if one[1] > settled), (now, last)]
            self._sums.add(row[1:] for row in rows if row[0])
            self._counted = settled
            found = self._sums.copy()
        found.add(row[1:] for row in rows if not row[0])
        return found


class Standing:
    """Prometheus's collector of what the database says (`prometheus_client.registry.Collector`)."""

    def __init__(self) -> None:
        self._ledger = Ledger()

    def describe(self) -> list[Metric]:
        """Nothing: names are known without asking the database when the process starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _jobs()
        yield from _calls(self._ledger.sums())
        yield from _actors()
        yield from _budgets()
        incidents = GaugeMetricFamily("casewright_incidents_open", "Incidents that wait for a person.", labels=["code"])
        for code, count in _rows(_INCIDENTS):
            incidents.add_metric([code], count)
        yield incidents
        for told in with_every_reading:
            yield from told()


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("casewright_jobs", "Jobs that are not over.", labels=["state", "capability"])
    age = GaugeMetricFamily(
        "casewright_queue_age_seconds", "How long the job that is due longest has waited.", labels=["capability"]
    )
    for state, capability, count, waited in _rows(_JOBS, {"now": clock.utc_now()}):
        jobs.add_metric([state, capability], count)
        if waited is not None:
            age.add_metric([capability], max(float(waited), 0.0))
    return iter((jobs, age))


def _calls(sums: Sums) -> Iterator[Metric]:
    calls = CounterMetricFamily("casewright_calls", "Calls of machine actors.", labels=["actor", "outcome"])
    for labels, count in sums.calls.items():
        calls.add_metric(labels, count)
    took = HistogramMetricFamily("casewright_call_seconds", "How long calls of actors took.", labels=["actor"])
    for actor, counts in sums.buckets.items():
        took.add_metric([actor], _heaped(counts), sums.seconds[actor])
    cost = CounterMetricFamily(
        "casewright_call_cost", "What calls of known cost have cost.", labels=["actor", "currency"]
    )
    for labels, amount in sums.cost.items():
        cost.add_metric(labels, amount)
    unknown = CounterMetricFamily("casewright_calls_of_unknown_cost", "Calls of unknown cost.", labels=["actor"])
    for actor, count in sums.unknown.items():
        unknown.add_metric([actor], count)
    return iter((calls, took, cost, unknown))


def _heaped(counts: list[int]) -> list[tuple[str, float]]:
    """Buckets as Prometheus has them: each holds all that are smaller."""
    bounds = [*(str(bound / 1000) for bound in MILLISECONDS), "+Inf"]
    return [(bound, float(sum(counts[: place + 1]))) for place, bound in enumerate(bounds)]


def _actors() -> Iterator[Metric]:
    running = GaugeMetricFamily("casewright_actor_running", "Calls of an actor under way.", labels=["actor"])
    broken = GaugeMetricFamily("casewright_breaker_open", "1 where an actor's circuit is open.", labels=["actor"])
    enabled = GaugeMetricFamily("casewright_actor_enabled", "0 where an actor is switched off.", labels=["actor"])
    for key, is_enabled, under_way, is_open in _rows(_ACTORS, {"now": clock.utc_now()}):
        running.add_metric([key], under_way)
        broken.add_metric([key], float(is_open))
        enabled.add_metric([key], float(is_enabled))
    return iter((running, broken, enabled))


def _budgets() -> Iterator[Metric]:
    share = GaugeMetricFamily("casewright_budget_used_ratio", "Used of a budget of this month.", labels=["scope"])
    for one in used(clock.utc_now()):
        share.add_metric([one.scope], one.share)
    yield share


def _rows(statement: str, wanted: dict[str, Any] | None = None) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        yield from cursor.fetchall()
