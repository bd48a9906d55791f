"""Where is it stuck: how many cases of a kind are in which state, for how long, and what do they wait for?

One statement over the open cases that the reader may see, the oldest first, up to MOST of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from audit.db.sql import cursor

MOST: Final = 10_000
"""Cases that are counted."""

STUCK: LiteralString = """
with open_cases as materialized (
    select c.instance_id, c.state, c.created from casework_case c
    where not c.closed and c.case_type = %(kind)s and exists (
        select 1 from casework_listedcase l where l.case_id = c.id and l.reader = any(%(readers)s))
    order by c.created limit %(most)s)
select o.state, count(*), min(o.created), count(t.since), min(t.since), count(j.since), min(j.since), count(i.since),
       min(i.since)
from open_cases o
left join lateral (
    select min(created) as since from orchestration_humantask
    where instance_id = o.instance_id and state in ('open', 'suspended')) t on true
left join lateral (
    select min(created) as since from orchestration_job
    where instance_id = o.instance_id and state in ('waiting', 'running', 'offered', 'held')) j on true
left join lateral (
    select min(opened) as since from orchestration_incident
    where instance_id = o.instance_id and resolved is null) i on true
group by o.state
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases wait for something, and since when the one that has waited longest does; None where none does."""

    cases: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A named state with its open cases. `people`, `machines`, `incidents`: those that wait for these."""

    name: str
    whole: Waiting
    people: Waiting
    machines: Waiting
    incidents: Waiting


def stuck(readers: Sequence[int], kind: str) -> tuple[Stage, ...]:
    """The states of a case type (its key) that have open cases; the one with the oldest case first."""
    with cursor() as plain:
        rows = plain.execute(STUCK, {"kind": kind, "readers": list(readers), "most": MOST}).fetchall()
    stages = (Stage(row[0], *(Waiting(row[at], row[at + 1]) for at in (1, 3, 5, 7))) for row in rows)
    return tuple(sorted(stages, key=lambda stage: (str(stage.whole.since), stage.name)))
