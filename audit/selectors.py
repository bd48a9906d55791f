"""What does a history say?

Entries in clear: whoever shows them masks them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from audit.data_keys import KeyFault
from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.reading import Row
from audit.sealed_values import read

ERASED: dict[str, Any] = {"erased": True}
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its payload decoded; `detail` is `ERASED` where the payload was taken away."""

    sequence: int
    action: str
    actor: str
    on_behalf_of: str
    cause: str
    at: datetime
    definition: str
    hits: list[Any]
    detail: dict[str, Any]


def timeline(chain: int, *, actor: str = "", action: str = "", after: int = 0, limit: int = AT_ONCE) -> list[Entry]:
    """A chain's events in order, after a sequence number. `actor` and `action` match their beginnings."""
    found = AuditEvent.objects.filter(chain=chain, sequence__gt=after)
    if actor:
        found = found.filter(actor__startswith=actor)
    if action:
        found = found.filter(action__startswith=action)
    events = list(found.order_by("sequence")[:limit])
    wanted = [event.sequence for event in events]
    rows = AuditPayload.objects.filter(chain=chain, sequence__in=wanted).values_list("sequence", "body")
    bodies = {sequence: bytes(body) for sequence, body in rows}
    return [_entry(event, bodies.get(event.sequence)) for event in events]


_ENTRIES = """
select e.sequence, e.action, e.actor, e.on_behalf_of, e.cause, e.at, e.definition, e.rule_hits, p.body
from audit_auditevent e left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = %(chain)s and ((e.sequence > %(after)s and e.sequence <= %(until)s) or e.sequence = any(%(also)s))
order by e.sequence limit %(limit)s
"""


def entries_of(
    chain: int, *, after: int, until: int = 2**31 - 1, also: Iterable[int] = (), limit: int = AT_ONCE
) -> list[Entry]:
    """A chain's events after one and up to another, and those with the numbers `also`, in order: one statement."""
    bounds: dict[str, Any] = {"chain": chain, "after": after, "until": until, "also": list(also), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, bounds)
        return [_kept(row) for row in cursor.fetchall()]


_NEWEST = """
select c.id, e.sequence, e.action, e.actor, e.on_behalf_of, e.cause, e.at, e.definition, e.rule_hits, e.body
from unnest(%(chains)s::bigint[], %(after)s::bigint[]) as c(id, after) cross join lateral (
    select e.*, p.body from audit_auditevent e
    left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
    where e.chain = c.id and e.sequence > c.after and e.action = any(%(actions)s) and e.actor <> %(but)s
    order by e.sequence desc limit %(most)s) e
order by c.id, e.sequence desc
"""


def newest_of(after: Mapping[int, int], *, actions: Iterable[str], but: str, most: int) -> dict[int, list[Entry]]:
    """Of each chain the newest events of these actions after one, the newest first, without what the actor `but` did;
    one statement. Without those of a chain whose key is gone: one case spoils no list."""
    bounds: dict[str, Any] = {
        "chains": list(after), "after": list(after.values()), "actions": list(actions), "but": but, "most": most,
    }  # fmt: skip
    found: dict[int, list[Entry]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, bounds)
        for chain, *row in cursor.fetchall():
            with suppress(KeyFault):
                found.setdefault(chain, []).append(_kept(tuple(row)))
    return found


_BEFORE = """
select e.sequence, e.action, e.actor, e.on_behalf_of, e.cause, e.at, e.definition, e.rule_hits, p.body
from audit_auditevent e left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = %(chain)s and e.sequence < %(before)s and e.action = any(%(actions)s)
order by e.sequence desc limit %(limit)s
"""


def entries_before(chain: int, before: int, actions: Iterable[str], limit: int) -> list[Entry]:
    """The newest events of these kinds before one, in order: one statement."""
    bounds: dict[str, Any] = {"chain": chain, "before": before, "actions": list(actions), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, bounds)
        return [_kept(row) for row in reversed(cursor.fetchall())]


def _kept(row: tuple[Any, ...]) -> Entry:
    *told, hits, body = row
    detail = ERASED if body is None else read(body)
    sequence, action, actor, on_behalf_of, cause, at, definition = told
    rules = orjson.loads(hits) if hits else []
    return Entry(sequence, action, actor, on_behalf_of, cause, at, definition, rules, detail)


def entry_of(row: Row) -> Entry:
    """A link that was read with its payload, as an entry."""
    return _kept((*row[1:9], row[13]))


def _entry(event: AuditEvent, body: bytes | None) -> Entry:
    return Entry(
        event.sequence, event.action, event.actor, event.on_behalf_of, event.cause, event.at, event.definition,
        orjson.loads(event.rule_hits) if event.rule_hits else [], ERASED if body is None else read(body),
    )  # fmt: skip


def recent(action: str, most: int = 200) -> Iterator[dict[str, Any]]:
    """What the control chain says of the last events of this kind, the newest first."""
    found = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=action).order_by("-sequence")
    numbers = list(found.values_list("sequence", flat=True)[:most])
    rows = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__in=numbers).order_by("-sequence")
    return (read(row.body) for row in rows)
