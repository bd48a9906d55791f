"""What was done in all cases and beside them: work of machines, reveals, denials, changes, by whom, when and by which
version?

Registers and a search over the links of all histories, for those who may audit every case. It reads the links alone,
never what an event says: contents stand in the history of each case, masked. Each action is read along its index from
its end, so a page costs what it shows, however many events there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.actions import ACTIONS
from audit.db.sql import cursor
from casework.cases.read.actor_names import actor_names
from casework.cases.read.timeline import actor_name

PAGE: Final = 50

REGISTERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "ai": ("Work of machines", ("actor.called", "actor.failed", "suggestion.judged", "work.handed", "work.by_hand",
            "agent.planned", "agent.proposed", "agent.refused", "agent.lapsed", "agent.ended")),
    "rules": ("Decisions of rules", ("engine.DecisionEvaluated",)),
    "reveals": ("Reveals", ("field.revealed", "case.glass", "case.glass_reviewed", "subject.copied")),
    "denials": ("Denials", ("access.denied", "access.unseen", "access.token_refused", "command.refused")),
    "exports": ("Taken away", ("case.exported", "document.downloaded", "definition.downloaded", "evidence.written",
                             "subject.copied")),
    "people": (
        "Work of people",
        ("task.claimed", "task.released", "task.assigned", "task.priority", "task.due", "case.changed", "case.edited",
         "document.added", "document.checked", "item.removed", "agent.decided", "agent.undone", "agent.stopped"),
    ),
    "changes": (
        "Rules and rights",
        ("definition.deployed", "role.changed", "token.changed", "client.changed", "identity.changed", "factor.changed",
         "actor.changed", "version.moved", "model.registered", "model.activated", "budget.changed",
         "capability.stopped", "assignment.changed", "rate.changed", "host.changed"),
    ),
    "proof": (
        "Proof", ("case.verified", "controls.fired", "checkpoint.taken", "checkpoint.begun_anew"),
    ),
    "erased": (
        "Keeping and erasing",
        ("content.erased", "erasure.searched", "erasure.asked", "erasure.agreed", "erasure.refused", "hold.placed",
         "hold.lifted", "retention.changed"),
    ),
}  # fmt: skip
"""The registers by key: what they are called, and the actions that they hold."""

EVENTS: Final = """
select e.chain, e.sequence, e.at, e.action, e.actor, e.on_behalf_of, e.definition, c.id
from (
    select found.* from unnest(%(actions)s::text[]) as wanted(action) cross join lateral (
        select v.chain, v.sequence, v.at, v.action, v.actor, v.on_behalf_of, v.definition
        from audit_auditevent v
        where v.action = wanted.action and v.at < %(before)s and v.at >= %(since)s
          and (%(actor)s = '' or v.actor = %(actor)s) and (%(chain)s::bigint is null or v.chain = %(chain)s)
          and (%(version)s = '' or v.definition = %(version)s)
          and (%(rule)s = '' or position(%(rule)s in v.rule_hits) > 0)
        order by v.at desc limit %(most)s) found) e
left join casework_case c on c.instance_id = e.chain
order by e.at desc, e.chain, e.sequence desc limit %(most)s
"""
CASE: Final = "select instance_id from casework_case where id = %s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: anything. `actor` as histories name it; `case`: the number of one."""

    register: str
    before: datetime
    since: datetime
    actor: str = ""
    case: int = 0
    version: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One event. `case`: its number, 0 for what belongs to no case."""

    sequence: int
    at: datetime
    who: str
    behalf: str
    action: str
    words: str
    version: str
    case: int


def found(wanted: Wanted) -> tuple[Found, ...]:
    """The newest events that fit, the newest first; one page. Two statements, three where a case is named."""
    with cursor() as plain:
        chain = _chain(plain.execute(CASE, [wanted.case]).fetchone()) if wanted.case else None
        rows = plain.execute(EVENTS, {
            "actions": list(REGISTERS[wanted.register][1]), "before": wanted.before, "since": wanted.since,
            "actor": wanted.actor, "chain": chain, "version": wanted.version, "rule": wanted.rule, "most": PAGE,
        }).fetchall()  # fmt: skip
    names = actor_names({row[4] for row in rows})
    return tuple(_found(row, names) for row in rows)


def _chain(row: tuple[Any, ...] | None) -> int:
    """Where there is no such case: a chain that there is not."""
    return -(2**40) if row is None else int(row[0])


def _found(row: Sequence[Any], names: Mapping[str, str]) -> Found:
    _, sequence, at, action, actor, behalf, version, case = row
    words = ACTIONS.get(action, "a rule decided")
    return Found(sequence, at, actor_name(actor, names), behalf, action, words, version, case or 0)
