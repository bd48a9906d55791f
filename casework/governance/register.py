"""What was done in all cases and beside them: work of machines, reveals, denials, changes, by whom, when and by which
version?

Registers and a search over all histories, for those who may audit every case. They show links alone, not what an event
says: contents stand in the history of each case, masked; a field, a reason, or from when on something holds is looked
for in them (`searched`). Of
those that are opened for that, and of reveals, the reason stands beside, as whoever looks may read it.
Each action, or each of a person's, a version's or a rule's, is read along its index from its end, and a case by its own
chain, so a page costs what it shows, however many events there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User

from audit.actions import ACTIONS, ENGINE
from audit.db.sql import cursor
from audit.sealed_values import SEALED, read_or_none
from casework.cases.read.actor_names import actor_names
from casework.cases.read.timeline import actor_name
from casework.governance import searched
from orchestration.casetypes.effective import ANY_DAY, Days
from orchestration.view.events import EVENT_NAMES

PAGE: Final = 50

REVEALS: Final = "reveals"
REGISTERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "ai": ("Work of machines", ("actor.called", "actor.failed", "suggestion.judged", "suggestion.asked_first",
            "work.handed", "work.left",
            "work.by_hand", "source.withdrawn", "agent.planned", "agent.proposed", "agent.refused",
            "agent.lapsed", "agent.ended")),
    "rules": ("Decisions of rules", ("engine.DecisionEvaluated", "engine.DecisionTightened")),
    REVEALS: ("Reveals", ("field.revealed", "case.glass", "case.glass_reviewed", "subject.copied")),
    "denials": ("Denials", ("access.denied", "access.unseen", "access.token_refused", "command.refused")),
    "exports": ("Taken away", ("case.exported", "document.downloaded", "definition.downloaded", "evidence.written",
                             "subject.copied")),
    "people": (
        "Work of people",
        ("task.claimed", "task.released", "task.assigned", "task.priority", "task.due",
         "case.handed_over", "case.changed", "case.edited",
         "document.added", "document.checked", "item.removed", "agent.decided", "agent.undone", "agent.stopped",
         "letter.drafted", "letter.sent", "decision.contested", "contest.decided", "source.reviewed"),
    ),
    "changes": (
        "Rules and rights",
        ("definition.deployed", "role.changed", "unit.changed",
         "unit.refused", "token.changed", "client.changed", "identity.changed", "factor.changed",
         "sessions.ended", "directory.read",
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
    "all": ("Everything", (*ACTIONS, *(f"{ENGINE}{name}" for name in EVENT_NAMES))),
}  # fmt: skip
"""The registers by key: what they are called, and the actions that they hold."""

_NEWEST: Final[LiteralString] = """
    select v.* from audit_auditevent v
    where {which} and v.at < %(before)s and v.at >= %(since)s
    order by {order} desc limit {most}"""
_OF_UNIT: Final[LiteralString] = """ and exists (
    select from casework_case f join casework_businessunit b on b.id = any(f.units)
    where f.instance_id = v.chain and b.key = %(unit)s)"""
_OF_ACTIONS: Final[LiteralString] = (
    "(select found.* from unnest(%(actions)s::text[]) as wanted(action) cross join lateral ({newest}) found)"
)
_OF_RULES: Final[LiteralString] = """(
    with recursive hits(action, said) as (
        select w.action, (select left(v.rule_hits, 300) from audit_auditevent v where v.rule_hits <> ''
            and v.action = w.action order by left(v.rule_hits, 300) limit 1) from unnest(%(actions)s::text[]) w(action)
        union all
        select h.action, (select left(v.rule_hits, 300) from audit_auditevent v where v.rule_hits <> ''
            and v.action = h.action and left(v.rule_hits, 300) > h.said order by left(v.rule_hits, 300) limit 1)
        from hits h where h.said is not null)
    select found.* from hits wanted cross join lateral ({newest}) found
    where position(%(rule)s in wanted.said) > 0 or length(wanted.said) = 300)"""
"""Which rules hit together is said in few ways: each that can be meant is read along the index `audit_by_rule`, which
has the beginning of what is said."""
EVENTS: Final[LiteralString] = """
select e.chain, e.sequence, e.at, e.action, e.actor, e.on_behalf_of, e.definition, c.id
from {newest} e
left join casework_case c on c.instance_id = e.chain
order by e.at desc, e.chain, e.sequence desc limit %(most)s
"""
CONTENTS: Final[LiteralString] = """
select v.chain, v.sequence, v.at, v.action, v.actor, v.on_behalf_of, v.definition, c.id, v.cause, p.body
from {newest} v
join audit_auditpayload p on p.chain = v.chain and p.sequence = v.sequence
left join casework_case c on c.instance_id = v.chain
where case when substring(p.body for length(%(sealed)s::bytea)) = %(sealed)s then true else
    (%(name)s = '' or position(convert_to(%(name)s, 'UTF8') in p.body) > 0)
    and (%(words)s = '' or position(lower(%(words)s) in lower(v.cause)) > 0
         or position(lower(%(words)s) in lower(convert_from(p.body, 'UTF8'))) > 0) end
order by v.at desc, v.chain, v.sequence desc limit %(most)s
"""
"""What is sealed says nothing to the database, and is no text to it: it is opened here, each, from the newest on."""
LOOKED: Final = 20_000
"""Of each kind of event so many of the newest ones are looked into for a field or a reason."""
AT_MOST: Final = 5_000
"""So many of these are opened, where they are sealed."""
OF_FIELDS: Final = frozenset({
    "field.revealed", "case.edited", "document.checked", "copies.healed", "copies.differ", "copy.asked", "copy.changed",
    "copy.refused", "engine.InstanceStarted", "engine.VariablesChanged",
})  # fmt: skip
"""Actions whose events name fields."""
OF_DATA: Final = frozenset({"engine.InstanceStarted", "engine.VariablesChanged"})
"""Actions whose events say data of their case, and so from when on they hold."""
CASE: Final = "select instance_id from casework_case where id = %s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: anything. `actor` as histories name it; `case`: the number of one; `field`: a place of
    the data, with dots; `reason`: words of what was given as a reason; `unit`: the key of the one to which
    its case belongs now, or of one above; `holds`: days from which on holds what the event brought (effective time)."""

    register: str
    before: datetime
    since: datetime
    actor: str = ""
    case: int = 0
    version: str = ""
    rule: str = ""
    action: str = ""
    field: str = ""
    reason: str = ""
    unit: str = ""
    holds: Days = ANY_DAY

    @property
    def actions(self) -> tuple[str, ...]:
        """Those whose events can be meant."""
        held = REGISTERS[self.register][1]
        held = tuple(one for one in held if self.action in ("", one))
        if self.field:
            held = tuple(one for one in held if one in OF_FIELDS)
        if self.holds:
            held = tuple(one for one in held if one in OF_DATA)
        return tuple(one for one in held if not one.startswith(ENGINE)) if self.reason else held

    @property
    def looks_in(self) -> bool:
        """Whether the contents of events have to be opened to know."""
        return bool(self.field or self.reason or self.holds)


@dataclass(frozen=True, slots=True)
class Found:
    """One event. `case`: its number, 0 for what belongs to no case. `reason`: that was given, where it was opened."""

    sequence: int
    at: datetime
    who: str
    behalf: str
    action: str
    words: str
    version: str
    case: int
    reason: str


def found(wanted: Wanted, by: User) -> tuple[Found, ...]:
    """The newest events that fit, the newest first; one page. Two statements, three where a case is named; for reasons
    as many more as cases were found, to see what `by` may read of them there."""
    looks_in = wanted.looks_in
    opens = looks_in or wanted.register == REVEALS
    names = searched.names_of(wanted.field)
    if (wanted.field and not names) or (wanted.reason and len(wanted.reason) < searched.LEAST):
        return ()
    with cursor() as plain:
        chain = _chain(plain.execute(CASE, [wanted.case]).fetchone()) if wanted.case else None
        rows = plain.execute((CONTENTS if opens else EVENTS).format(newest=_newest(wanted, opens)), {
            "actions": list(wanted.actions), "before": wanted.before, "since": wanted.since,
            "actor": wanted.actor, "chain": chain, "version": wanted.version, "rule": wanted.rule,
            "most": AT_MOST if looks_in else PAGE, "looked": LOOKED if looks_in else PAGE,
            "name": names[-1] if names else "", "words": wanted.reason, "sealed": SEALED, "unit": wanted.unit,
        }).fetchall()  # fmt: skip
    reader = searched.Reader(by)
    if looks_in:
        rows = list(islice(_fitting(rows, names, wanted, reader), PAGE))
    known = actor_names({one for row in rows for one in (row[4], row[5])})
    return tuple(_found(row, known, _reason(row, reader) if opens else "") for row in rows)


def _newest(wanted: Wanted, looks_in: bool) -> LiteralString:
    """The newest events that can be meant, read by the index that leads to the fewest: of one case, of one person and
    kind, of one version and kind, of one kind where these rules decided, or of one kind."""
    most: LiteralString = "%(looked)s" if looks_in else "%(most)s"
    also: LiteralString = " and v.actor = %(actor)s" if wanted.actor else ""
    also += " and v.definition = %(version)s and v.definition <> ''" if wanted.version else ""
    also += " and v.rule_hits <> '' and position(%(rule)s in v.rule_hits) > 0" if wanted.rule else ""
    also += _OF_UNIT if wanted.unit else ""
    if wanted.case:
        which: LiteralString = "v.chain = %(chain)s and v.action = any(%(actions)s::text[])" + also
        return "(" + _NEWEST.format(which=which, order="v.sequence", most=most) + ")"
    also += " and left(v.rule_hits, 300) = wanted.said" if wanted.rule else ""
    newest = _NEWEST.format(which="v.action = wanted.action" + also, order="v.at", most=most)
    return (_OF_RULES if wanted.rule else _OF_ACTIONS).format(newest=newest)


def _fitting(rows: Sequence[Any], names: Sequence[str], wanted: Wanted, reader: searched.Reader) -> Iterator[Any]:
    """Those whose contents are about the field, hold from these days, and were given the reason, as far as this person
    may read it."""
    words, places = wanted.reason, searched.places_seen(reader.user) if wanted.holds else frozenset[str]()
    for row in rows:
        detail = read_or_none(row[9])
        if detail is None:  # nobody can say what it is about
            continue
        if names and not searched.touches(detail, names):
            continue
        if wanted.holds and not reader.reads_day(row[7] or 0, searched.written_from(detail, wanted.holds, places)):
            continue
        if words:
            text = searched.said(detail, row[8], words)
            if not text or not reader.reads(row[7] or 0, text, words):
                continue
        yield row


def _reason(row: Sequence[Any], reader: searched.Reader) -> str:
    text = searched.said(read_or_none(row[9]) or {}, row[8])
    return reader.as_read(row[7] or 0, text) if text else ""


def _chain(row: tuple[Any, ...] | None) -> int:
    """Where there is no such case: a chain that there is not."""
    return -(2**40) if row is None else int(row[0])


def words_of(action: str) -> str:
    """What an action is called; of the engine's events, the name of the event."""
    if action == f"{ENGINE}DecisionEvaluated":
        return "a rule decided"
    if action == f"{ENGINE}DecisionTightened":
        return "a business unit asked for more than a rule"
    return ACTIONS.get(action) or action.removeprefix(ENGINE)


def _found(row: Sequence[Any], names: Mapping[str, str], reason: str) -> Found:
    _, sequence, at, action, actor, behalf, version, case = row[:8]
    words = words_of(action)
    for_whom = actor_name(behalf, names) if behalf else ""
    return Found(sequence, at, actor_name(actor, names), for_whom, action, words, version, case or 0, reason)
