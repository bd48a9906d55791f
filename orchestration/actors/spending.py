"""How does the budget of a case type hold over any number of workers?

What a call is expected to cost is reserved in one row a case type, month and currency before the call, by a conditional
update, and settled in the statement that takes the result into the case; what a dead worker had reserved is given back
when its job is let go. Always after the actor's own row, in this order, so that nobody waits for each other.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import LiteralString

from audit.db.sql import Part, cursor
from orchestration.actors.routing import Candidate
from orchestration.models import Job

TAKE: LiteralString = """
insert into orchestration_spending as s (scope, month, currency, spent, reserved)
select 'case-type:' || d.key, %(month)s::date, %(currency)s::text, 0, %(amount)s::numeric
from orchestration_job j join orchestration_instance i on i.id = j.instance_id
join orchestration_definition d on d.id = i.definition_id
where j.id = %(job)s
  and not exists (select from orchestration_budget b where b.scope = 'case-type:' || d.key
                  and b.currency = %(currency)s::text and b.amount < %(amount)s::numeric)
on conflict (scope, month, currency) do update set reserved = s.reserved + excluded.reserved
where not exists (select from orchestration_budget b where b.scope = s.scope and b.currency = s.currency
                  and b.amount < s.spent + s.reserved + excluded.reserved)
returning 1
"""
SETTLED: LiteralString = """
spent as (
    insert into orchestration_spending as s (scope, month, currency, spent, reserved)
    select 'case-type:' || d.key, %(spent_month)s::date, %(spent_currency)s::text, %(gauge_cost)s::numeric, 0
    from orchestration_instance i join orchestration_definition d on d.id = i.definition_id
    where i.id = %(spent_instance)s and (select count(*) from gauge) >= 0
    on conflict (scope, month, currency) do update
    set spent = s.spent + excluded.spent, reserved = greatest(s.reserved - %(gauge_reserved)s::numeric, 0))"""
GIVEN_BACK: LiteralString = """
update orchestration_spending s set reserved = greatest(s.reserved - %(amount)s::numeric, 0)
from orchestration_instance i, orchestration_definition d, orchestration_actor a
where i.id = %(instance)s and d.id = i.definition_id and a.key = %(actor)s
  and s.scope = 'case-type:' || d.key and s.month = %(month)s::date and s.currency = a.card->'price'->>'currency'
"""


def month_of(now: datetime) -> date:
    """The first day of the month, which is how a month is written down."""
    return now.date().replace(day=1)


def is_counted(chosen: Candidate, cost: Decimal | None = None) -> bool:
    """Whether a call of it costs money of which somebody knows the currency: as expected, or as it did in the end."""
    return chosen.card.price is not None and bool(chosen.cost or cost)


def take(job: int, chosen: Candidate, now: datetime) -> bool:
    """Reserve what a call is expected to cost for the case type of its job; False where that is beyond its budget."""
    assert chosen.card.price is not None
    with cursor() as plain:
        wanted = {"job": job, "amount": chosen.cost, "currency": chosen.card.price.currency, "month": month_of(now)}
        return plain.execute(TAKE, wanted).fetchone() is not None


def settled(chosen: Candidate, instance: int, began: datetime) -> Part:
    """What counts the cost in place of what was reserved; goes with `gauges.settled`, whose parameters it shares."""
    assert chosen.card.price is not None
    return SETTLED, {
        "spent_instance": instance, "spent_month": month_of(began), "spent_currency": chosen.card.price.currency,
    }  # fmt: skip


def give_back(job: Job) -> None:
    """Take back what was reserved for a call from which nobody came back."""
    if job.reserved and job.began is not None:
        given = {"amount": Decimal(job.reserved), "instance": job.instance_id, "actor": job.actor}
        with cursor() as plain:
            plain.execute(GIVEN_BACK, {**given, "month": month_of(job.began)})
