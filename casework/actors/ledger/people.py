"""What did the work of people cost, by the time that it took?

An estimate by time, and called so wherever it is shown: minutes from taking a task (where nobody took it before it was
done: from its opening) to its completion, at most eight hours a task, times what an hour of the person's group is taken
to cost. Never by person: groups have a rate, and groups are what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Count, F, FloatField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce, Least, TruncDate

from audit.services import Fact, Origin, record_control
from casework.access import permissions
from casework.actors.ledger.money import Money
from casework.actors.ledger.read import NO_UNIT, Wanted, in_unit, sees_all
from casework.models import GroupRate
from orchestration.ground import clock
from orchestration.models import HumanTask

LONGEST: Final = timedelta(hours=8)
"""What a task can count for: who leaves one open over night has not worked on it all night."""
KEYS: Final[dict[str, str]] = {
    "day": "day", "case-type": "instance__case__case_type", "unit": "instance__case__unit__name",
    "case": "instance__case",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """Tasks that people completed: the estimate of their time and of what that cost."""

    key: str
    label: str
    tasks: int
    hours: float
    cost: Money


class Seconds(Func):
    """A span of time in seconds."""

    template = "extract(epoch from %(expressions)s)"
    output_field = FloatField()


def tasks(user: User, wanted: Wanted) -> QuerySet[HumanTask]:
    """The completed tasks of that time that this person may know of."""
    done = HumanTask.objects.filter(state=HumanTask.State.COMPLETED, ended__gte=wanted.since, ended__lt=wanted.until)
    done = done.filter(assignee__isnull=False).order_by()
    if not sees_all(user):
        done = done.filter(permissions.listed_for(user, "instance__case"))
    if wanted.case_type:
        done = done.filter(instance__case__case_type=wanted.case_type)
    if wanted.unit:
        done = done.filter(in_unit(wanted.unit))
    return done if wanted.case is None else done.filter(instance__case=wanted.case)


def work(found: QuerySet[HumanTask], by: str) -> tuple[Work, ...]:
    """Added up by day, case type, unit, case or (any other word) the group whose rate counts; one statement."""
    rates = GroupRate.objects.filter(group__user=OuterRef("assignee")).order_by("-amount", "group__name")
    key = KEYS.get(by, "paid_as")
    took = Least(Seconds(F("ended") - Coalesce("claimed", "created")), Value(LONGEST.total_seconds()))
    rows = (
        found.annotate(
            day=TruncDate("ended"), took=took, rate=Subquery(rates.values("amount")[:1]),
            money=Subquery(rates.values("currency")[:1]), paid_as=Subquery(rates.values("group__name")[:1]),
        )
        .values(key, "money", "rate")
        .annotate(n=Count("pk"), seconds=Sum("took"))
    )  # fmt: skip
    return _added(rows, key)


def _added(rows: Iterable[Mapping[str, Any]], key: str) -> tuple[Work, ...]:
    found: dict[Any, Work] = {}
    for row in rows:
        before = found.get(row[key]) or Work(str(row[key] or ""), _label(key, row[key]), 0, 0.0, Money())
        hours = row["seconds"] / 3600
        cost = Money({}, row["n"]) if row["rate"] is None else Money({row["money"]: _times(hours, row["rate"])})
        found[row[key]] = Work(
            before.key, before.label, before.tasks + row["n"], before.hours + hours, before.cost + cost
        )
    return tuple(sorted(found.values(), key=lambda one: (one.key if key == "day" else "", one.tasks), reverse=True))


def _times(hours: float, rate: Decimal) -> Decimal:
    return rate * Decimal(str(round(hours, 6)))


def _label(key: str, value: Any) -> str:
    if key == "instance__case":
        return f"Case {value}"
    nothing = {"paid_as": "no group with a rate", KEYS["unit"]: NO_UNIT}.get(key, "not known")
    return str(value or nothing)


def together(rows: Iterable[Work]) -> Work:
    """The last row of a table."""
    found = list(rows)
    cost = sum((one.cost for one in found), Money())
    return Work("", "Together", sum(one.tasks for one in found), sum(one.hours for one in found), cost)


def rates() -> list[tuple[Group, GroupRate | None]]:
    """Every group of people with its rate, if it has one."""
    found = Group.objects.select_related("rate").order_by("name")
    return [(group, getattr(group, "rate", None)) for group in found]


def rate_set(group: Group, amount: Decimal | None, currency: str, origin: Origin) -> bool:
    """Say what an hour of this group is taken to cost, or (None) that nobody knows; whether that changed anything."""
    with transaction.atomic():
        before = GroupRate.objects.select_for_update().filter(group=group).first()
        told = None if before is None else (before.amount, before.currency)
        if told == (None if amount is None else (amount, currency)):
            return False
        if amount is None:
            GroupRate.objects.filter(group=group).delete()
        else:
            GroupRate.objects.update_or_create(group=group, defaults={"amount": amount, "currency": currency})
        detail = {"group": group.name, "rate": None if amount is None else [f"{amount:.2f}", currency]}
        record_control([Fact("rate.changed", detail)], origin, clock.utc_now())
    return True
