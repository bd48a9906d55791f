"""Which machine actors are there, which model versions do they have, and how well do they do?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from orchestration.models import Actor, ModelVersion

SPAN: Final = timedelta(days=7)
CALLED: Final = {"ece": "calibration error", "held_out": "held out for the test"}

_HEALTH = """
select actor, version, count(*), count(*) filter (where outcome = 'failed'),
       percentile_cont(0.5) within group (order by latency_ms), avg(confidence), max(started)
from orchestration_actorcall where started > %(since)s group by actor, version"""


@dataclass(frozen=True, slots=True)
class Health:
    """Of the calls of one version in the last seven days; `latency_ms` is the median."""

    calls: int
    failures: int
    latency_ms: float
    confidence: float | None
    last: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: int
    version: str
    active: bool
    created: datetime
    metrics: tuple[tuple[str, str], ...]
    health: Health | None


@dataclass(frozen=True, slots=True)
class ActorRow:
    key: str
    name: str
    kind: str
    capability: str
    origin: str
    owner: str
    enabled: bool
    versions: tuple[VersionRow, ...]

    @property
    def is_ready(self) -> bool:
        return self.enabled and any(version.active for version in self.versions)


def actor_list(now: datetime) -> tuple[ActorRow, ...]:
    """Every actor with its versions, the newest first. Three statements."""
    health = _health(now - SPAN)
    versions: dict[int, list[VersionRow]] = {}
    for row in ModelVersion.objects.defer("artefact").select_related("actor").order_by("-created", "-pk"):
        versions.setdefault(row.actor_id, []).append(_version(row, health.get((row.actor.key, row.version))))
    return tuple(
        ActorRow(
            actor.key, actor.name, actor.kind, actor.capability, actor.origin, actor.owner, actor.enabled,
            tuple(versions.get(actor.pk, ())),
        )
        for actor in Actor.objects.all()
    )  # fmt: skip


def _version(row: ModelVersion, health: Health | None) -> VersionRow:
    return VersionRow(row.pk, row.version, row.active, row.created, tuple(_figures(row.metrics)), health)


def _figures(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The plain figures among a model's metrics."""
    plain = [(name, value) for name, value in metrics.items() if isinstance(value, int | float | str)]
    return [
        (CALLED.get(name, name.replace("_", " ")), f"{value:.3g}" if isinstance(value, float) else str(value))
        for name, value in plain
    ]


def _health(since: datetime) -> dict[tuple[str, str], Health]:
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH, {"since": since})
        return {(row[0], row[1]): Health(*row[2:]) for row in cursor.fetchall()}
