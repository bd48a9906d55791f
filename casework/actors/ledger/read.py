"""What did the calls of machines cost, by day, actor, case type, business unit or case, and which were they?

The actor ledger, added up by PostgreSQL from one index that holds all that is added (`call_added_up`): no day table
that could be behind. A person who is neither administrator nor auditor sees the calls of the cases that they may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from casework.access import permissions
from casework.access.unit_models import BusinessUnit
from casework.access.units import parts_of
from casework.actors.ledger.money import Money
from orchestration.casetypes.capability_titles import capability_title
from orchestration.models import ActorCall

MOST: Final = 200
"""Rows of a table that a page shows; the rest is added up in its last row."""
PAGE: Final = 50
GROUPS: Final = {"day": "Day", "actor": "Actor", "case-type": "Case type", "unit": "Business unit", "case": "Case"}
KEYS: Final[dict[str, Any]] = {
    "day": "day", "actor": "actor", "case-type": "case_type", "unit": "instance__case__unit__name",
    "case": "instance__case",
}  # fmt: skip
NO_UNIT: Final = "no unit"
"""What has no case is among it, too."""
FAILED: Final = Q(outcome__in=("failed", "lost", "refused", "contained"))
CALLED: Final = ~Q(actor="")
SHOWN: Final = (
    "pk", "instance", "job", "attempt", "actor", "version", "capability", "case_type", "started", "latency_ms",
    "queue_ms", "outcome", "mode", "asked_by", "cost", "currency", "input_reference", "output_digest",
)  # fmt: skip
FILED: Final = (*SHOWN, "usage", "route", "verdicts")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page asks for: calls that began in [since, until), of these only those that fit."""

    by: str
    since: datetime
    until: datetime
    actor: str = ""
    case_type: str = ""
    case: int | None = None
    outcome: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one day, actor, case type, business unit or case. `seconds`, `waited`: the mean of a call; None: not
    measured."""

    key: str
    label: str
    calls: int
    failed: int
    seconds: float | None
    waited: float | None
    cost: Money


def span(days: int, now: datetime) -> tuple[datetime, datetime]:
    """The last so many days with today, from midnight to midnight where the product stands."""
    today = timezone.localtime(now).date()
    return midnight(today - timedelta(days=days - 1)), midnight(today + timedelta(days=1))


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def sees_all(user: User) -> bool:
    """Whether the figures of all cases are theirs to see: administrators' and auditors'."""
    return permissions.may_publish(user) or permissions.may_audit(user)


def calls(user: User, wanted: Wanted) -> QuerySet[ActorCall]:
    """The calls that fit and that this person may see."""
    found = ActorCall.objects.filter(started__gte=wanted.since, started__lt=wanted.until).order_by()
    if not sees_all(user):
        found = found.filter(permissions.listed_for(user, "instance__case"))
    for name, value in {"actor": wanted.actor, "case_type": wanted.case_type, "outcome": wanted.outcome}.items():
        found = found.filter(**{name: value}) if value else found
    if wanted.unit:
        found = found.filter(in_unit(wanted.unit))
    return found if wanted.case is None else found.filter(instance__case=wanted.case)


def in_unit(name: str) -> Q:
    """Of what is about a case: those of the unit of this name, and of what is below it."""
    return Q(instance__case__units__overlap=list(BusinessUnit.objects.filter(name=name).values_list("pk", flat=True)))


def units_seen(user: User) -> list[str]:
    """The names of the units whose cases, or some of whose, this person sees; one statement."""
    return [
        unit.name for unit in BusinessUnit.objects.filter(parts_of(permissions.reach_seen(user).sight)).order_by("name")
    ]


def groups(found: QuerySet[ActorCall], by: str) -> tuple[Group, ...]:
    """Added up, the newest day or the most calls first. One statement."""
    merged: dict[Any, dict[str, Any]] = {}
    for row in summed(found, by).iterator():
        _merge(merged.setdefault(row[KEYS[by]], _empty()), row)
    made = [_group(by, key, parts) for key, parts in merged.items()]
    order = (lambda one: one.key) if by == "day" else (lambda one: (one.calls, one.key))
    return tuple(sorted(made, key=order, reverse=True))


def summed(found: QuerySet[ActorCall], by: str) -> QuerySet[ActorCall, dict[str, Any]]:
    """What is added, by key and currency. Moments are counted, not numbers of rows: those are not in the index."""
    if by == "day":
        found = found.annotate(day=TruncDate("started"))
    rows: QuerySet[ActorCall, dict[str, Any]] = found.values(KEYS[by], "currency").annotate(
        n=Count("started", filter=CALLED), failed=Count("started", filter=FAILED), ms=Sum("latency_ms", filter=CALLED),
        queue=Sum("queue_ms"), queued=Count("queue_ms"), sum=Sum("cost"),
        unknown=Count("started", filter=CALLED & Q(cost=None)),
    )  # fmt: skip
    return rows


def _empty() -> dict[str, Any]:
    return {"n": 0, "failed": 0, "ms": 0.0, "queue": 0.0, "queued": 0, "cost": Money()}


def _merge(into: dict[str, Any], row: dict[str, Any]) -> None:
    for name in ("n", "failed", "ms", "queue", "queued"):
        into[name] += row[name] or 0
    known = {} if row["sum"] is None else {row["currency"]: Decimal(row["sum"])}
    into["cost"] += Money(known, row["unknown"])


def _group(by: str, key: Any, parts: dict[str, Any]) -> Group:
    named = {"case": f"Case {key}", "actor": key or "no machine was called", "unit": key or NO_UNIT}
    label = named.get(by, str(key or "not known"))
    return Group(
        str(key), label, parts["n"], parts["failed"], parts["ms"] / parts["n"] / 1000 if parts["n"] else None,
        parts["queue"] / parts["queued"] / 1000 if parts["queued"] else None, parts["cost"],
    )  # fmt: skip


def together(rows: tuple[Group, ...]) -> Group:
    """The last row of a table."""
    calls = sum(one.calls for one in rows)
    seconds = sum((one.seconds or 0) * one.calls for one in rows)
    waited = sum((one.waited or 0) * one.calls for one in rows)
    return Group(
        "", "Together", calls, sum(one.failed for one in rows), seconds / calls if calls else None,
        waited / calls if calls else None, sum((one.cost for one in rows), Money()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """Single calls, the newest first. `following`: what `after` is for the next page."""

    rows: tuple[ActorCall, ...]
    following: str


def single(found: QuerySet[ActorCall], after: str = "", limit: int = PAGE) -> Page:
    """A page of calls, without what they gave."""
    rows = listed(found)
    at, _, number = after.partition("~")
    try:
        moment, last = datetime.fromisoformat(at), int(number)
    except ValueError:
        pass
    else:
        if moment.tzinfo is not None and last < 2**63:
            rows = rows.filter(Q(started__lt=moment) | Q(started=moment, pk__lt=last))
    got = tuple(rows[: limit + 1])
    last_one = got[limit - 1] if len(got) > limit else None
    return Page(got[:limit], "" if last_one is None else f"{last_one.started.isoformat()}~{last_one.pk}")


def listed(found: QuerySet[ActorCall]) -> QuerySet[ActorCall]:
    """In their order, with what a list shows of them and no content of a case."""
    return (
        found.annotate(case_id=F("instance__case"), version_of_case=F("instance__definition"))
        .only(*SHOWN)
        .order_by("-started", "-pk")
    )


def asked_for(row: ActorCall) -> str:
    """What one of them was asked for, as the version of its case calls it."""
    return capability_title(vars(row)["version_of_case"], row.capability)


def as_lines(found: QuerySet[ActorCall]) -> Iterator[list[str]]:
    """The single calls as a file has them, with their heading."""
    yield [
        "call", "started", "case", "case type", "actor", "version", "capability", "attempt", "outcome", "mode",
        "asked by", "queue ms", "latency ms", "cost", "currency", "input", "output sha256",
        "counted", "rule", "passed over", "verdicts",
    ]  # fmt: skip
    for row in listed(found).only(*FILED).iterator(2000):
        yield [
            str(row.pk), row.started.isoformat(), str(getattr(row, "case_id", None) or ""), row.case_type, row.actor,
            row.version, row.capability, str(row.attempt), row.outcome, row.mode, row.asked_by,
            "unknown" if row.queue_ms is None else f"{row.queue_ms:.1f}", f"{row.latency_ms:.1f}", cost_of(row),
            row.currency, row.input_reference, row.output_digest, *_why(row),
        ]  # fmt: skip


def _why(row: ActorCall) -> tuple[str, str, str, str]:
    """What was counted, by which rule this actor was chosen, who was passed over, what each guardrail said."""
    route = row.route or {}
    return (
        "; ".join(f"{name} {count}" for name, count in (row.usage or {}).items()), route.get("rule", ""),
        "; ".join(f"{actor}: {sentence}" for actor, sentence in route.get("passed", {}).items()),
        "; ".join(f"{one['stage']} {one['guardrail']} {one['outcome']}" for one in row.verdicts or ()),
    )  # fmt: skip


def cost_of(call: ActorCall) -> str:
    """What a call cost, in figures: "unknown" is no zero, and where no machine was called there is nothing."""
    if call.cost is not None:
        return f"{call.cost.normalize():f}"
    return "unknown" if call.actor else ""
