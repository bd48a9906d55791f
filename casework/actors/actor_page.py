"""What is there to know of one actor?

Its card in words, what goes in and comes out, who asks for it and which rules look at how sure it is, how its calls
went day by day, what is under way, held or failed, its versions, and what was changed by whom.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from casework.actors.capability_names import declared_capability
from casework.actors.read import SPAN, ActorRow, Health, actor_list, asks_a_person, health_by_version
from casework.studio.decision_table_edit import ANY
from casework.studio.model_overview import Asker, askers
from casework.studio.rule_versions import tables_by_file
from orchestration.actors import kinds
from orchestration.actors.kinds.declared import FILE_KINDS, file_schemas
from orchestration.actors.kinds.named import missing
from orchestration.actors.kinds.text_model.schemas import schemas
from orchestration.models import Actor, ActorVersion, AgentRun, Definition, Job, Stop

CALLED: Final = {
    "ece": "calibration error", "held_out": "held out for the test", "auc": "AUC", "brier": "Brier score",
    "share": "share where it was so",
}  # fmt: skip
TYPES: Final = {"string": "text", "array": "list"}
MOST_JOBS: Final = 50
DAYS: Final = """
select date_trunc('day', started)::date, count(*), count(*) filter (where outcome = 'failed'),
       count(*) filter (where outcome = 'contained'), percentile_cont(0.5) within group (order by latency_ms),
       percentile_cont(0.95) within group (order by latency_ms)
from orchestration_actorcall where actor = %(actor)s and started > %(since)s group by 1 order by 1 desc"""


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: int
    version: str
    state: str
    state_words: str
    share: int
    active: bool
    created: datetime
    registered_by: str
    note: str
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
class Day:
    day: date
    calls: int
    failures: int
    contained: int
    median_ms: float
    slow_ms: float


@dataclass(frozen=True, slots=True)
class Work:
    """A job that this actor has, or that waits for it: by number, without a word of its case."""

    number: int
    state: str
    step: str
    since: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class ActorPage:
    """`missing`: what the file of the version in use names and is not there, a sentence each."""

    row: ActorRow
    declared: Declared | None
    askers: tuple[Asker, ...]
    watched: tuple[Watched, ...]
    versions: tuple[VersionRow, ...]
    days: tuple[Day, ...]
    work: tuple[Work, ...]
    stop: Stop | None
    shared_with: tuple[ActorRow, ...]
    missing: tuple[str, ...]

    @property
    def is_fetched(self) -> bool:
        """Whether workers outside do its work."""
        return kinds.is_fetched(self.row.kind)

    @property
    def may_be_given(self) -> bool:
        """Whether others could do now what is held for it."""
        able = any(one.enabled for one in self.shared_with)
        return not self.row.enabled and self.row.held > 0 and able

    @property
    def instructions(self) -> list[tuple[str, str]]:
        """What stands on the card for those who work with it."""
        card = self.row.card
        return [
            ("What it is for", card.purpose),
            ("What it is not for", card.limits),
            ("Measured accuracy", card.accuracy or self._measured),
            ("Known failures", card.failures),
            ("Procedure", card.procedure),
        ]

    @property
    def _measured(self) -> str:
        """What was measured when the version in use was made, where the card says nothing of its own."""
        found = next((one for one in self.versions if one.active and one.metrics), None)
        told = () if found is None else (f"{name} {value}" for name, value in found.metrics)
        return "" if found is None else f"When version {found.version} was made: {', '.join(told)}."


def actor_page(actor: Actor, now: datetime) -> ActorPage:
    rows = actor_list(now)
    row = next(one for one in rows if one.key == actor.key)
    asked = tuple(askers().get(actor.capability, ()))
    health = health_by_version(now - SPAN)
    versions = ActorVersion.objects.filter(actor=actor).defer("artefact").order_by("-created", "-pk")
    return ActorPage(
        row, _declared(actor), asked, tuple(dict.fromkeys(watch for asker in asked for watch in _watched(asker))),
        tuple(_version(one, health.get((actor.key, one.version))) for one in versions), _days(actor.key, now),
        _work(actor.key), next((one for one in Stop.objects.all() if actor.key in one.actors), None),
        tuple(one for one in rows if one.capability == actor.capability and one.key != actor.key), _unmet(actor),
    )  # fmt: skip


def _unmet(actor: Actor) -> tuple[str, ...]:
    active = actor.versions.filter(state=ActorVersion.State.IN_USE).first() if actor.kind in FILE_KINDS else None
    return () if active is None else missing(actor.kind, bytes(active.artefact))


def _work(key: str) -> tuple[Work, ...]:
    jobs = Job.objects.filter(actor=key, ended=None).exclude(state__in=(Job.State.WAITING, Job.State.INCIDENT))
    found = jobs.defer("input").annotate(asks=asks_a_person()).order_by("-pk")[:MOST_JOBS]
    return tuple(Work(job.pk, _stands(job), job.name or job.definition_item, job.began, job.attempts) for job in found)


def _stands(job: Any) -> str:
    return AgentRun.State.WAITING.label.capitalize() if job.asks else str(job.get_state_display())


def _days(key: str, now: datetime) -> tuple[Day, ...]:
    since = (now - SPAN + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"actor": key, "since": since})
        return tuple(Day(*row) for row in cursor.fetchall())


def _declared(actor: Actor) -> Declared | None:
    """The actor's own schemas where its kind says them without being run; else those of the contract."""
    active = actor.versions.filter(state=ActorVersion.State.IN_USE).first()
    artefact = None if active is None else bytes(active.artefact)
    found = schemas(actor.kind, artefact) or file_schemas(actor.kind, artefact or b"")
    contract = declared_capability(actor.capability)
    if found is not None:
        return declared(found.input, found.output)
    return None if contract is None else declared(contract.input or {}, contract.output or {})


def declared(input: Mapping[str, Any], output: Mapping[str, Any]) -> Declared:
    """Two schemas in words, and as they are."""
    shown = (json.dumps(schema, indent=2, ensure_ascii=False) for schema in (input, output))
    return Declared(tuple(_places(input)), tuple(_places(output)), *shown)


def _places(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, below in schema.get("properties", {}).items():
        yield Field(name, _kind(below), name in schema.get("required", ()))


def _kind(schema: Mapping[str, Any]) -> str:
    """A type with its bounds: "number from 0 to 1", "one of: negative, neutral, positive"."""
    if choices := schema.get("enum"):
        named = [str(choice) for choice in choices if choice is not None]
        return f"one of {len(named)}: {', '.join(named)}{' (or nothing)' if None in choices else ''}"
    words = _type_words(schema.get("type", "anything"))
    if "minimum" in schema and "maximum" in schema:
        words += f" from {schema['minimum']} to {schema['maximum']}"
    if most := schema.get("maxLength") or schema.get("maxItems"):
        words += f" of at most {most:,} {'characters' if 'maxLength' in schema else 'entries'}"
    return f"{words}, {level}" if (level := schema.get("x-classification")) else words


def _type_words(type: str | Sequence[str]) -> str:
    """A type, or a choice of them, of which `null` is nothing at all: "integer (or nothing)"."""
    types = [type] if isinstance(type, str) else list(type)
    named = [TYPES.get(one, one) for one in types if one != "null"] or ["nothing"]
    return " or ".join(named) + (" (or nothing)" if len(types) > 1 and "null" in types else "")


def _watched(asker: Asker) -> Iterator[Watched]:
    """Columns of decision tables that read the confidence of what this step brings."""
    definition = Definition.objects.get(pk=asker.definition)
    for found in tables_by_file(definition):
        for index, column in enumerate(found.table.inputs):
            if any(f"{output}.confidence" in column.expression for output in asker.outputs):
                cells = dict.fromkeys(row.inputs[index] for row in found.table.rows if row.inputs[index] != ANY)
                yield Watched(asker.case_type, asker.definition, found.table.decision, column.name, tuple(cells))


def _version(row: ActorVersion, health: Health | None) -> VersionRow:
    return VersionRow(
        row.pk, row.version, row.state, str(row.get_state_display()), row.share, row.active, row.created,
        row.registered_by, row.note, tuple(figures(row.metrics)), health,
    )  # fmt: skip


def figures(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The plain figures among a model's metrics."""
    plain = [(name, value) for name, value in metrics.items() if isinstance(value, int | float | str)]
    return [
        (CALLED.get(name, name.replace("_", " ")), f"{value:.3g}" if isinstance(value, float) else str(value))
        for name, value in plain
    ]
