"""By when must something be done, in one case or in all that somebody sees?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, LiteralString

import orjson
from django.contrib.auth.models import User
from django.db.models import F
from psycopg.sql import SQL

from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.deadlines.models import Deadline
from casework.deadlines.standing import calendars, standing, with_all
from casework.lists import reading
from casework.lists.asked import Order
from casework.lists.columns import Column
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.casetypes.deadlines import Declared
from orchestration.deadlines.explaining import explained, office_words
from orchestration.deadlines.rule import BY_HAND, PAUSED, Event, events_of
from orchestration.ground.counts import counted

OPEN: Final = (Deadline.State.RUNNING, Deadline.State.PAUSED)
MOST: Final = 100
NEAR: Final = timedelta(days=2)
_TOLD: Final = ("key", "state", "due", "warned")
_NEAREST: Final[LiteralString] = """
select f.id, i.definition_id, d.events::text, d.key, d.state, d.due, d.warned
from casework_case f join orchestration_instance i on i.id = f.instance_id
join casework_deadline d on d.instance_id = i.id and d.state = any(%(open)s::text[])
where f.id = any(%(cases)s::bigint[]) order by d.due desc nulls first"""
DUE: Final = Column("due", "Due", "date")
STATE: Final = Column("state", "State of the case", "text")
ORDERS: Final = {DUE: "due", STATE: "instance__case__state"}
"""By what the list can be ordered: nothing that is masked for anybody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`left`: "3 days left", "5 hours late", "stands still" in words. `tone`: bad, wait, done or plain."""

    key: str
    title: str
    law: str
    state: str
    due: datetime | None
    left: str
    tone: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Listed:
    """A deadline of a case that the reader sees."""

    case: int
    title: str
    case_state: str
    deadline: Shown


def deadlines_of(case: Case, case_type: CaseType, now: datetime) -> tuple[Shown, ...]:
    """Of one case, what is due first at the top; nothing is asked where its type declares none."""
    if not case_type.deadlines:
        return ()
    declared = {one.key: one for one in case_type.deadlines}
    rows = Deadline.objects.filter(instance=case.instance_id, key__in=declared).order_by(F("due").asc(nulls_last=True))
    return tuple(shown(row, declared[row.key], now) for row in rows)


def nearest(cases: Collection[int], now: datetime) -> Mapping[int, Shown]:
    """Of each of these cases (by number) the open deadline that is due first; one statement, none for none."""
    if not cases:
        return {}
    read = reading.rows(SQL(_NEAREST), {"cases": list(cases), "open": [state.value for state in OPEN]})
    said = (
        (case, definition, Deadline(**dict(zip(_TOLD, told, strict=True)), events=orjson.loads(events)))
        for case, definition, events, *told in read
    )
    return {case: found for case, definition, row in said if (found := _declared(row, definition, now))}


def _declared(row: Deadline, definition: int, now: datetime) -> Shown | None:
    try:
        declared = {one.key: one for one in by_definition(definition).deadlines}.get(row.key)
    except Faulty:  # a version that cannot be read any more
        return None
    return None if declared is None else shown(row, declared, now)


def shown(row: Deadline, declared: Declared, now: datetime) -> Shown:
    left, tone = _left(row, now)
    return Shown(row.key, declared.title, declared.law, row.state, row.due, left, tone)


def _left(row: Deadline, now: datetime) -> tuple[str, str]:
    match row.state:
        case Deadline.State.MET:
            return "met", "done"
        case Deadline.State.LATE:
            return "done too late", "bad"
        case Deadline.State.ENDED:
            return "the case ended without it", "plain"
        case Deadline.State.PAUSED:
            stood = any(event["kind"] == PAUSED for event in row.events)
            return "stands still" if stood else "no end can be reckoned", "plain"
    assert row.due is not None
    if row.due < now:
        return f"{span_words(now - row.due)} late", "bad"
    return f"{span_words(row.due - now)} left", "wait" if row.warned or row.due - now < NEAR else "plain"


def span_words(span: timedelta) -> str:
    """ "3 days", "5 hours", "20 minutes"."""
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if span >= size:
            return counted(span // size, unit)
    return "less than a minute"


def listed(user: User, now: datetime, order: Order, start: int = 0) -> tuple[list[Listed], bool]:
    """The open ones of the cases that this person sees, at most MOST from this one on, and whether more follow. What
    has no end that is known stands last in either order."""
    found = Deadline.objects.filter(permissions.listed_for(user, "instance__case"), state__in=OPEN)
    field = ORDERS[order.column]
    by = F(field).desc(nulls_last=True) if order.descending else F(field).asc(nulls_last=True)
    rows = found.select_related("instance__case").defer("instance__items").order_by(by, "due", "pk")
    read = list(rows[start : start + MOST + 1])
    return list(_listed(read[:MOST], user, now)), len(read) > MOST


def order_of(sort: str) -> Order:
    """The order that an address asks for; the first due first where it asks for none that there is."""
    column = next((one for one in ORDERS if one.path == sort.removeprefix("-")), DUE)
    return Order(column, sort.startswith("-") and sort != "-" and column.path == sort[1:])


def _listed(read: Sequence[Deadline], user: User, now: datetime) -> Iterable[Listed]:
    former = former_of([row.instance_id for row in read])
    for row in read:
        case = row.instance.case
        deadline = _declared(row, row.instance.definition_id, now)
        who = permissions.of_case(permissions.principal(user, None, now), case.pk)
        text = row_mask(row.instance.definition_id, bytes(row.instance.data), who, former.get(row.instance_id, {}))
        if deadline is not None:
            yield Listed(case.pk, title_in(text, case.title), case.state, deadline)


@dataclass(frozen=True, slots=True)
class Explained:
    """One deadline with each term of it. `due`: when, by the clock of its office; empty while nobody can say."""

    shown: Shown
    due: str
    terms: tuple[str, ...]
    unit: str
    paused_by_hand: bool


def explanation(user: User, case: Case, key: str, now: datetime) -> Explained | None:
    """Why it is due then, as this person may read it; None where the case has none of that key."""
    declared = {one.key: one for one in by_definition(case.instance.definition_id).deadlines}.get(key)
    row = Deadline.objects.filter(instance=case.instance_id, key=key).first()
    if declared is None or row is None:
        return None
    events, known = events_of(row.events), calendars()
    found = standing(declared, events, known, bool(row.warned), bool(row.breached))
    known = dict(with_all(known, declared, events))
    read = _masked(events, user, case, now)
    terms = explained(declared.rule, declared.law, read, known, declared.calendar, found.reckoned)
    by_hand = [event.kind for event in events if event.cause == BY_HAND and event.kind in ("paused", "resumed")]
    due = office_words(row.due, events, known, declared.calendar) if row.due else ""
    return Explained(shown(row, declared, now), due, terms, declared.rule.unit, by_hand[-1:] == ["paused"])


def _masked(events: tuple[Event, ...], user: User, case: Case, now: datetime) -> tuple[Event, ...]:
    """What people gave as a reason may repeat what others may not see; their own they read as they wrote it."""
    if all(event.cause != BY_HAND for event in events):
        return events
    former, who = former_of([case.instance_id]).get(case.instance_id, {}), permissions.principal(user, case, now)
    text = row_mask(case.instance.definition_id, bytes(case.instance.data), who, former)
    read = (event.words if who.wrote(event.words) or event.cause != BY_HAND else text(event.words) for event in events)
    return tuple(replace(event, words=words) for event, words in zip(events, read, strict=True))
