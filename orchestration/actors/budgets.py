"""How much may the work of an actor, or for the cases of a type, cost in a month, and who has said so?

Each change is on the control chain, which verification holds against the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from audit.services import Fact, Origin, record_control
from orchestration.actors.spending import month_of
from orchestration.ground import clock
from orchestration.models import Budget

_USED = """
select b.scope, b.amount, b.currency, b.warn_at, b.beyond,
       coalesce(case when g.month = %(month)s then g.spent end, s.spent, 0),
       coalesce(case when g.month = %(month)s then g.reserved end, s.reserved, 0),
       a.card->'price'->>'currency'
from orchestration_budget b
left join orchestration_actor a on b.scope = 'actor:' || a.key
left join orchestration_gauge g on g.actor_id = a.id
left join orchestration_spending s on s.scope = b.scope and s.month = %(month)s and s.currency = b.currency
order by b.scope"""


@dataclass(frozen=True, slots=True)
class Use:
    """A budget and how much of it is used in this month. `priced_in`: the currency of its actor's price."""

    scope: str
    amount: Decimal
    currency: str
    warn_at: int
    beyond: str
    spent: Decimal
    reserved: Decimal
    priced_in: str | None = None

    @property
    def share(self) -> float:
        """Of the amount, with what is reserved; 1 where the amount is nothing."""
        return float((self.spent + self.reserved) / self.amount) if self.amount else 1.0

    @property
    def warns(self) -> bool:
        return self.share * 100 >= self.warn_at

    @property
    def is_used_up(self) -> bool:
        return self.share >= 1


def used(now: datetime) -> tuple[Use, ...]:
    """Every budget as it stands; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"month": month_of(now)})
        return tuple(Use(*row) for row in cursor.fetchall())


def budget_set(
    scope: str, amount: Decimal, currency: str, origin: Origin, *, warn_at: int = 80, beyond: str = Budget.Beyond.PERSON
) -> bool:
    """Have a scope (`actor:KEY`, `case-type:KEY`) cost at most so much a month; whether that changed anything."""
    wanted = {"amount": amount, "currency": currency, "warn_at": warn_at, "beyond": str(beyond)}
    with transaction.atomic():
        before = Budget.objects.select_for_update().filter(scope=scope).first()
        if before is not None and all(getattr(before, name) == value for name, value in wanted.items()):
            return False
        row, _ = Budget.objects.update_or_create(scope=scope, defaults=wanted)
        record_control([Fact("budget.changed", {"scope": scope} | told(row))], origin, clock.utc_now())
    return True


def budget_remove(scope: str, origin: Origin) -> bool:
    """Let a scope cost what it does; whether there was a budget."""
    with transaction.atomic():
        gone, _ = Budget.objects.filter(scope=scope).delete()
        if gone:
            record_control([Fact("budget.changed", {"scope": scope, "amount": None})], origin, clock.utc_now())
    return bool(gone)


def told(row: Budget) -> dict[str, Any]:
    """A budget as the chain tells of it."""
    return {
        "amount": f"{row.amount:.2f}", "currency": row.currency, "warn_at": row.warn_at, "beyond": str(row.beyond),
    }  # fmt: skip


def budgets_apart(changes: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """What the rows say otherwise than the chain (action and detail of each change), in sentences."""
    wanted: dict[str, dict[str, Any]] = {}
    for action, detail in changes:
        if action == "budget.changed":
            rest = {name: value for name, value in detail.items() if name != "scope"}
            wanted.pop(detail["scope"], None)
            wanted |= {detail["scope"]: rest} if rest["amount"] is not None else {}
    for row in Budget.objects.order_by("scope"):
        if wanted.pop(row.scope, None) != told(row):
            yield f"the budget of {row.scope} is not what the last change made it"
    for scope in wanted:
        yield f"{scope} should have a budget, but has none"
