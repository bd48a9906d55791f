"""What did one case cost so far, by its machines and by its people?

One statement, so that the case's page can say it. What people cost is an estimate by time, as everywhere in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from casework.actors.ledger.money import Money
from casework.actors.ledger.people import LONGEST

_COST = """
select 'machines', currency, sum(cost), count(*) filter (where cost is null), count(*), 0
from orchestration_actorcall where instance_id = %(instance)s and actor <> '' group by currency
union all
select 'people', rate.currency, sum(t.took / 3600 * rate.amount), count(*) filter (where rate.amount is null), count(*),
       sum(t.took)
from (select assignee_id, least(extract(epoch from ended - coalesce(claimed, created)), %(longest)s) took
      from orchestration_humantask
      where instance_id = %(instance)s and state = 'completed' and assignee_id is not null) t
left join lateral (
    select r.amount, r.currency from casework_grouprate r join auth_user_groups m on m.group_id = r.group_id
    join auth_group g on g.id = r.group_id where m.user_id = t.assignee_id order by r.amount desc, g.name limit 1
) rate on true group by rate.currency"""


@dataclass(frozen=True, slots=True)
class CaseCost:
    """`calls` of machines, `tasks` of people and the hours that these are taken to have needed."""

    machines: Money
    calls: int
    people: Money
    tasks: int
    hours: float


NO_COST: Final = CaseCost(Money(), 0, Money(), 0, 0.0)
"""Of a case of which nothing was counted."""


def case_cost(instance: int) -> CaseCost:
    with connection.cursor() as cursor:
        cursor.execute(_COST, {"instance": instance, "longest": LONGEST.total_seconds()})
        rows = cursor.fetchall()
    calls, tasks = ([row for row in rows if row[0] == who] for who in ("machines", "people"))
    return CaseCost(
        _money(calls), sum(row[4] for row in calls), _money(tasks), sum(row[4] for row in tasks),
        float(sum(row[5] for row in tasks)) / 3600,
    )  # fmt: skip


def _money(rows: Iterable[tuple[Any, ...]]) -> Money:
    return sum((Money({} if row[2] is None else {row[1]: Decimal(row[2])}, row[3]) for row in rows), Money())
