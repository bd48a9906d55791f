"""Which machine actors are there, what can each do, and how is each of them now?

One row an actor for a list of fifty, in a handful of statements whatever their number; what else is known of one stands
on its page (`casework.actors.actor_page`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from casework.actors.incidents import failed_by_capability
from casework.actors.words import SOURCES, kind_words, leaving_words, price_words
from orchestration.actors.card import Card, card_of
from orchestration.models import Actor, ActorVersion, AgentRun, Gauge, Job, Stop

SPAN: Final = timedelta(days=7)
AT_FIRST: Final = timedelta(days=365)
"""Within what time of coming in everything is looked at, until somebody sets a day."""
NEW_JOBS_GET: Final = (ActorVersion.State.IN_USE, ActorVersion.State.SHARE)
STATES: Final[Mapping[str, str]] = {
    "work": "In work",
    "trouble": "In trouble",
    "off": "Switched off",
    "none": "No version in use",
}
GROUPINGS: Final[Mapping[str, str]] = {"kind": "Kind", "capability": "What they can do"}

HEALTH: Final = """
select actor, version, count(*), count(*) filter (where outcome = 'failed'),
       percentile_cont(0.5) within group (order by latency_ms), avg(confidence), max(started)
from orchestration_actorcall where started > %(since)s and actor <> '' group by actor, version"""


@dataclass(frozen=True, slots=True)
class Health:
    """Of calls in the last seven days; `latency_ms` is the median, of the version that was called most."""

    calls: int
    failures: int
    latency_ms: float
    confidence: float | None
    last: datetime


@dataclass(frozen=True, slots=True)
class ActorRow:
    """`running`: calls under way; `calls_now`: in this minute. `held`: jobs that wait until it is let loose. `came`:
    when the version in use came in. `drift`: moved or drifted, where that was asked
    (`casework.actors.ledger.drift.signed`)."""

    key: str
    name: str
    kind: str
    capability: str
    origin: str
    owner: str
    rank: int
    enabled: bool
    card: Card
    version: str
    health: Health | None
    failed: int
    running: int = 0
    calls_now: int = 0
    held: int = 0
    open_until: datetime | None = None
    stopped_with: str = ""
    today: date = date.min
    came: datetime | None = None
    drift: str = ""

    @property
    def is_ready(self) -> bool:
        return self.enabled and bool(self.version)

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if not self.enabled:
            return "off"
        if not self.version:
            return "none"
        return "trouble" if self.open_until is not None else "work"

    @property
    def kind_words(self) -> str:
        return kind_words(self.kind)

    @property
    def source_words(self) -> str:
        return SOURCES[self.card.source]

    @property
    def leaving_words(self) -> str:
        return leaving_words(self.card)

    @property
    def price_words(self) -> str:
        return price_words(self.card.price)

    @property
    def review_by(self) -> date | None:
        """The day that somebody set, else a year after the version in use came in; None where none is in use."""
        return self.card.review_by or first_review(self.came)

    @property
    def review_overdue(self) -> bool:
        return self.review_by is not None and self.review_by < self.today


def first_review(came: datetime | None) -> date | None:
    """By when what came in then is looked at, where nobody has set a day."""
    return None if came is None else came.date() + AT_FIRST


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the list is wanted. `group`: how its rows are put together."""

    text: str = ""
    capability: str = ""
    kind: str = ""
    state: str = ""
    overdue: bool = False
    group: str = "kind"

    def takes(self, row: ActorRow) -> bool:
        text = self.text.casefold()
        return (
            (not text or any(text in one.casefold() for one in (row.key, row.name, row.owner, row.origin)))
            and self.capability in ("", row.capability)
            and self.kind in ("", row.kind)
            and self.state in ("", row.state)
            and (not self.overdue or row.review_overdue)
        )


def actor_list(now: datetime) -> tuple[ActorRow, ...]:
    """Every actor, by capability and rank."""
    health, failed = by_actor(health_by_version(now - SPAN)), failed_by_capability()
    found = ActorVersion.objects.filter(state__in=NEW_JOBS_GET).order_by("-state")
    versions = {actor: (version, came) for actor, version, came in found.values_list("actor", "version", "created")}
    gauges = {gauge.actor_id: gauge for gauge in Gauge.objects.all()}
    held, stopped, none = _held(), _stopped(), ("", None)
    return tuple(
        ActorRow(
            actor.key, actor.name, actor.kind, actor.capability, actor.origin, actor.owner, actor.rank, actor.enabled,
            card_of(actor.card), versions.get(actor.pk, none)[0], health.get(actor.key),
            failed.get(actor.capability, 0), held=held.get(actor.key, 0), stopped_with=stopped.get(actor.key, ""),
            today=now.date(), came=versions.get(actor.pk, none)[1], **gauged(gauges.get(actor.pk), now),
        )
        for actor in Actor.objects.all()
    )  # fmt: skip


def grouped(rows: Iterable[ActorRow], by: str, names: Mapping[str, str]) -> list[tuple[str, list[ActorRow]]]:
    """The rows under their kind, or under what they can do, as `names` calls it."""
    found: dict[str, list[ActorRow]] = {}
    for row in rows:
        found.setdefault(row.kind_words if by == "kind" else names.get(row.capability, row.capability), []).append(row)
    return sorted(found.items(), key=lambda one: one[0].casefold())


def gauged(gauge: Gauge | None, now: datetime) -> dict[str, Any]:
    """How much of an actor is in use now, by the fields of a row."""
    if gauge is None:
        return {}
    minute = now.replace(second=0, microsecond=0)
    return {
        "running": gauge.running,
        "calls_now": gauge.minute_calls if gauge.minute == minute else 0,
        "open_until": gauge.open_until,
    }


def by_actor(versions: Mapping[tuple[str, str], Health]) -> dict[str, Health]:
    """The same of each actor, over its versions."""
    found: dict[str, Health] = {}
    for (actor, _), one in versions.items():
        before = found.get(actor)
        if before is None:
            found[actor] = one
            continue
        most = max(before, one, key=lambda each: each.calls)
        found[actor] = Health(
            before.calls + one.calls, before.failures + one.failures, most.latency_ms, most.confidence,
            max(before.last, one.last),
        )  # fmt: skip
    return found


def health_by_version(since: datetime) -> dict[tuple[str, str], Health]:
    """How the calls since then went, by actor and version."""
    with connection.cursor() as cursor:
        cursor.execute(HEALTH, {"since": since})
        return {(row[0], row[1]): Health(*row[2:]) for row in cursor.fetchall()}


def _held() -> dict[str, int]:
    held = Job.objects.filter(state=Job.State.HELD, ended=None).exclude(asks_a_person()).values_list("actor")
    return dict(held.annotate(Count("pk")).order_by())


def asks_a_person() -> Exists:
    """Of a job: whether it is an agent's that waits until a person has decided, not until its actor is let loose."""
    waiting = AgentRun.objects.filter(state=AgentRun.State.WAITING)
    return Exists(waiting.filter(instance=OuterRef("instance"), job=OuterRef("job")))


def _stopped() -> dict[str, str]:
    """Key of an actor -> the reason for which it was stopped together with others."""
    return {key: stop.reason for stop in Stop.objects.all() for key in stop.actors}
