"""Which machine actors are there, which model versions do they have, and how well do they do?

Beside that, what holds for each of them: what goes in and comes out by its schemas, which guardrails stand around a
call, how often it is tried, which steps ask for it and which rules look at how sure it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection

from casework.actors.incidents import failed_by_capability
from casework.studio.decision_table_edit import ANY
from casework.studio.model_overview import Asker, askers
from casework.studio.rule_versions import tables_by_file
from orchestration.actors.guardrails.size import DEFAULT as MAX_BYTES
from orchestration.actors.kinds.text_model.schemas import schemas
from orchestration.jobs import retry
from orchestration.models import Actor, ActorVersion, Definition, Job

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
class Field:
    """One place of a schema in words: `kind` says what may stand there."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A decision table that looks at how sure the actor was: its column and the cells that say something."""

    case_type: str
    definition: int
    table: str
    column: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What goes in and comes out, as places and as the schemas themselves."""

    takes: tuple[Field, ...]
    gives: tuple[Field, ...]
    input: str
    output: str


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
    declared: Declared | None
    askers: tuple[Asker, ...]
    watched: tuple[Watched, ...]
    failed: int

    @property
    def is_ready(self) -> bool:
        return self.enabled and any(version.active for version in self.versions)


def actor_list(now: datetime) -> tuple[ActorRow, ...]:
    """Every actor with its versions, the newest first."""
    health, asked, failed = _health(now - SPAN), askers(), failed_by_capability()
    versions: dict[int, list[VersionRow]] = {}
    for row in ActorVersion.objects.defer("artefact").select_related("actor").order_by("-created", "-pk"):
        versions.setdefault(row.actor_id, []).append(_version(row, health.get((row.actor.key, row.version))))
    return tuple(
        ActorRow(
            actor.key, actor.name, actor.kind, actor.capability, actor.origin, actor.owner, actor.enabled,
            tuple(versions.get(actor.pk, ())), _declared(actor), tuple(asked.get(actor.capability, ())),
            tuple(dict.fromkeys(watch for asker in asked.get(actor.capability, ()) for watch in _watched(asker))),
            failed.get(actor.capability, 0),
        )
        for actor in Actor.objects.all()
    )  # fmt: skip


def policy() -> tuple[tuple[str, str], ...]:
    """What holds for every call of every actor, in words; the figures are those that are carried out."""
    attempts = Job._meta.get_field("max_attempts").default
    waits = ", ".join(f"{retry.JOBS.pause(attempt).total_seconds():.0f} s" for attempt in range(1, attempts))
    return (
        ("Time limit", f"{settings.CELERY_TASK_SOFT_TIME_LIMIT} seconds a call"),
        ("Attempts", f"{attempts}, where trying again may help; {waits} between them"),
        ("When it fails for good", "the error event on its step leads on; without one an incident asks a person"),
        (
            "Before a call",
            f"it can do this; at most {MAX_BYTES // 1024} kB, as its schema says; personal data may go in",
        ),
        (
            "After a call",
            "as its schema says, no personal data in it, confidence from 0 to 1; else the call has failed",
        ),
    )


def _declared(actor: Actor) -> Declared | None:
    active = actor.versions.filter(state=ActorVersion.State.IN_USE).first()
    found = schemas(actor.kind, None if active is None else bytes(active.artefact))
    if found is None:
        return None
    shown = (json.dumps(schema, indent=2, ensure_ascii=False) for schema in (found.input, found.output))
    return Declared(tuple(_places(found.input)), tuple(_places(found.output)), *shown)


def _places(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, below in schema.get("properties", {}).items():
        yield Field(name, _kind(below), name in schema.get("required", ()))


def _kind(schema: Mapping[str, Any]) -> str:
    """A type with its bounds: "number from 0 to 1", "one of: negative, neutral, positive"."""
    if choices := schema.get("enum"):
        return f"one of {len(choices)}: {', '.join(map(str, choices))}"
    words = str(schema.get("type", "anything")).replace("string", "text").replace("array", "list")
    if "minimum" in schema and "maximum" in schema:
        words += f" from {schema['minimum']} to {schema['maximum']}"
    if most := schema.get("maxLength") or schema.get("maxItems"):
        words += f" of at most {most:,} {'characters' if 'maxLength' in schema else 'entries'}"
    return words


def _watched(asker: Asker) -> Iterator[Watched]:
    """Columns of decision tables that read the confidence of what this step brings."""
    definition = Definition.objects.get(pk=asker.definition)
    for found in tables_by_file(definition):
        for index, column in enumerate(found.table.inputs):
            if any(f"{output}.confidence" in column.expression for output in asker.outputs):
                cells = dict.fromkeys(row.inputs[index] for row in found.table.rows if row.inputs[index] != ANY)
                yield Watched(asker.case_type, asker.definition, found.table.decision, column.name, tuple(cells))


def _version(row: ActorVersion, health: Health | None) -> VersionRow:
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
