"""How are limits kept over any number of workers?

Each actor has one row that is counted up before a call and settled after it, by conditional updates: calls at once,
calls a minute, money of the month, and the circuit breaker. What a dead worker had taken is given back when its job is
let go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, LiteralString

from django.db import transaction

from audit.db.sql import Part, asked, cursor, do
from orchestration.actors import spending
from orchestration.actors.card import Price, card_of_text
from orchestration.actors.contract import Answer
from orchestration.actors.routing import Candidate
from orchestration.actors.spending import month_of

PROBE: Final = timedelta(minutes=6)
"""How long one call may try whether a circuit can be closed, before another one may."""

OFFERING: LiteralString = """
select a.id, a.key, a.name, a.kind, a.card::text, a.enabled, coalesce(v.version, ''), coalesce(v.id, 0), v.state,
       coalesce(v.share, 0), coalesce(g.running, 0),
       case when g.minute = date_trunc('minute', %(now)s::timestamptz) then g.minute_calls else 0 end,
       coalesce(g.failures, 0), g.open_until, coalesce(g.probe_until > %(now)s, false),
       case when g.month = %(month)s then g.spent + g.reserved else 0 end, b.amount, coalesce(b.beyond, ''),
       coalesce(s.spent + s.reserved, 0), c.amount, coalesce(c.beyond, ''),
       array(select w.id from orchestration_actorversion w where w.actor_id = a.id and w.state = 'shadow')
from orchestration_actor a
left join orchestration_actorversion v on v.actor_id = a.id and v.state in ('in-use', 'share')
left join orchestration_gauge g on g.actor_id = a.id
left join orchestration_budget b on b.scope = 'actor:' || a.key and b.currency = a.card->'price'->>'currency'
left join orchestration_budget c on c.scope = 'case-type:' || %(case_type)s
                                and c.currency = a.card->'price'->>'currency'
left join orchestration_spending s on s.scope = c.scope and s.currency = c.currency and s.month = %(month)s
where a.capability = %(capability)s order by a.rank, a.key, v.state desc
"""
"""The actors that offer a capability, as they are at the moment `now` in `month`, for a case of a type."""

RESERVE: LiteralString = """
with taken as (
    insert into orchestration_gauge as g (actor_id, running, minute, minute_calls, failures, month, spent, reserved)
    select a.id, 1, date_trunc('minute', %(now)s::timestamptz), 1, 0, %(month)s::date, 0, %(reserve)s::numeric
    from orchestration_actor a where a.id = %(actor)s and a.enabled for share
    on conflict (actor_id) do update set
        running = g.running + 1, minute = excluded.minute, month = excluded.month,
        minute_calls = case when g.minute = excluded.minute then g.minute_calls + 1 else 1 end,
        spent = case when g.month = excluded.month then g.spent else 0 end,
        reserved = case when g.month = excluded.month then g.reserved else 0 end + excluded.reserved,
        probe_until = case when g.open_until is null then null else %(probe)s::timestamptz end
    where (%(concurrency)s::int is null or g.running < %(concurrency)s)
      and (%(rate)s::int is null or g.minute is distinct from excluded.minute or g.minute_calls < %(rate)s)
      and (g.open_until is null
           or (g.open_until <= %(now)s and (g.probe_until is null or g.probe_until <= %(now)s)))
      and (%(budget)s::numeric is null
           or case when g.month = excluded.month then g.spent + g.reserved else 0 end + excluded.reserved
              <= %(budget)s)
    returning actor_id)
update orchestration_job j
set actor = %(key)s, mode = %(mode)s, began = %(now)s, deadline = %(deadline)s, reserved = %(reserve)s
from taken where j.id = %(job)s
returning j.id
"""

SETTLED: LiteralString = """
gauge as (
    update orchestration_gauge set
        running = greatest(running - 1, 0),
        failures = case when %(gauge_ok)s then 0 when %(gauge_failed)s then failures + 1 else failures end,
        open_until = case when %(gauge_ok)s then null
                          when %(gauge_failed)s and failures + 1 >= %(gauge_most)s
                               then %(gauge_now)s::timestamptz + %(gauge_pause)s
                          else open_until end,
        probe_until = null,
        spent = spent + %(gauge_cost)s,
        reserved = greatest(reserved - %(gauge_reserved)s, 0)
    where actor_id = %(gauge_actor)s
    returning 1)"""

RELEASED: LiteralString = """
update orchestration_gauge g set running = greatest(g.running - 1, 0), probe_until = null,
       reserved = greatest(g.reserved - %(reserved)s, 0)
from orchestration_actor a where a.id = g.actor_id and a.key = %(key)s
"""


def candidates(capability: str, now: datetime, draw: int, case_type: str = "") -> list[Candidate]:
    """The actors that offer it, by rank, as they are now and may be used for a case of this type; one statement.

    `draw` (0 to 99) says whether a version that gets a share of cases gets this one.
    """
    with cursor() as plain:
        rows = plain.execute(OFFERING, {
            "capability": capability, "now": now, "month": month_of(now), "case_type": case_type,
        }).fetchall()  # fmt: skip
    return candidates_of(rows, draw)


def offering_beside(capability: LiteralString, case_type: LiteralString) -> LiteralString:
    """`OFFERING` for a statement that knows both by expressions of its own."""
    return OFFERING.replace("%(capability)s", capability).replace("%(case_type)s", case_type)


def candidates_of(rows: Iterable[tuple[Any, ...]], draw: int) -> list[Candidate]:
    """The actors in rows of `OFFERING`."""
    found: dict[str, Candidate] = {}
    for row in rows:
        id, key, name, kind, card, enabled, version, version_id, state, share, *gauge = row
        if state == "share" and (draw >= share):
            version, version_id = "", 0
        before = found.get(key)
        if before is None or (version and not before.version) or (version and state == "share"):
            found[key] = Candidate(id, key, name, kind, card_of_text(card), enabled, version, version_id, *gauge)
    return list(found.values())


def reserve(job: int, chosen: Candidate, mode: str, now: datetime, deadline: datetime | None) -> bool:
    """Take a place with the actor for this job, and note both on its row; False where another worker was quicker
    or the actor was stopped meanwhile.

    Both that and the money of the case type, or neither.
    """
    if not spending.is_counted(chosen):
        return _taken(job, chosen, mode, now, deadline)
    with transaction.atomic():
        had = _taken(job, chosen, mode, now, deadline) and spending.take(job, chosen, now)
        if not had:
            transaction.set_rollback(True)
    return had


def _taken(job: int, chosen: Candidate, mode: str, now: datetime, deadline: datetime | None) -> bool:
    taken = asked(RESERVE, {
        "actor": chosen.id, "key": chosen.key, "job": job, "mode": mode, "now": now, "month": month_of(now),
        "reserve": chosen.cost or Decimal(0), "probe": now + PROBE, "concurrency": chosen.card.concurrency,
        "rate": chosen.card.rate, "budget": chosen.budget, "deadline": deadline,
    }).fetchone()  # fmt: skip
    return taken is not None


def settled(chosen: Candidate, now: datetime, *, failed: bool, ok: bool, cost: Decimal | None) -> Part:
    """What gives the place back, counts the money and moves the breaker; goes with the step of the result.

    `failed`: the actor itself could not answer for the moment; `ok`: it answered.
    """
    return SETTLED, {
        "gauge_actor": chosen.id, "gauge_ok": ok, "gauge_failed": failed, "gauge_now": now,
        "gauge_most": chosen.card.breaker_failures, "gauge_pause": timedelta(seconds=chosen.card.breaker_pause),
        "gauge_cost": cost or Decimal(0), "gauge_reserved": chosen.cost or Decimal(0),
    }  # fmt: skip


def settle(part: Part) -> None:
    """Settle by itself, where no step goes with it."""
    do([part])


def release(key: str, reserved: Decimal | None) -> None:
    """Give back what a worker had taken that did not come back."""
    with cursor() as plain:
        plain.execute(RELEASED, {"key": key, "reserved": reserved or Decimal(0)})


def cost_of(price: Price | None, answer: Answer | None, seconds: float) -> Decimal | None:
    """What a call cost; None: nobody knows. What the actor says itself counts before its price."""
    if answer is not None and answer.cost is not None:
        return answer.cost
    if price is None:
        return None
    match price.per:
        case "call":
            return price.amount
        case "minute":
            return price.amount * Decimal(str(round(seconds / 60, 6)))
    units = None if answer is None else answer.usage.get("units")
    return None if units is None else price.amount * Decimal(str(units))
