"""With which statement are the tasks of an inbox put into groups, or into the order of what to do next?

Both look at the first tasks of a list that are due (`inbox.CAP`), whatever its length: what is at risk is among these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composed, Identifier, Literal

from casework.lists.asked import Grouping, Order
from casework.lists.fitting import seen, values_of
from casework.lists.grouping import key_of, ranked
from casework.lists.owners import own_groupings
from casework.tasks.inbox_statements import Ordered, shown
from casework.tasks.row import AT_RISK
from orchestration.casetypes.case_type import CaseType

MARK: Final = "n~"
_INSTANCE: Final[LiteralString] = "t.instance_id"
_RISK: Final[LiteralString] = (
    "case when t.state = 'open' and t.due - %(now)s < (t.due - t.created) / {at_risk} then 0 else 1 end"
)
_TURN: Final[LiteralString] = """
select risk, hurry, due, id from (
    select {risk} as risk, -t.priority as hurry, t.due, t.id
    from (select distinct id from ({pool}) p(due, id)) p join orchestration_humantask t on t.id = p.id) turn
where (risk, hurry, due, id) > (%(risk)s::int, %(hurry)s::int, %(turn_due)s::timestamptz, %(turn_task)s::bigint)"""
_KEYED: Final[LiteralString] = """
select t.id, t.due, t.ended, -t.priority as hurry, {risk} as risk, {key} as key, {by} as by
from (select distinct id from ({pool}) p(due, id)) p join orchestration_humantask t on t.id = p.id"""
_NO_VALUE: Final[LiteralString] = "null::int"
_VALUE: Final[LiteralString] = "(select v.{held} from {values} v where v.instance_id = t.instance_id and {seen})"
_OWNER: Final[LiteralString] = (
    "coalesce((select u.username::text from auth_user u where u.id = t.assignee_id), {none})"
)  # fmt: skip
_KIND: Final[LiteralString] = (
    "(select f.case_type::text from casework_case f where f.instance_id = t.instance_id)"  # one row
)
_STATE: Final[LiteralString] = "(select f.state::text from casework_case f where f.instance_id = t.instance_id)"
_PRIORITY: Final[LiteralString] = (
    "case when t.priority > 50 then 'urgent' when t.priority < 50 then 'low' else 'normal' end"
)


@dataclass(frozen=True, slots=True)
class Going:
    """In which of its own orders an inbox goes: the first due at the top where neither is set."""

    latest_first: bool = False
    next_first: bool = False
    newest_first: bool = False
    """What was done last."""


def groupings_of_tasks(types: Sequence[CaseType]) -> tuple[Grouping, ...]:
    """By what an inbox can be grouped, beside fields of the cases."""
    return own_groupings(types, owner=_OWNER, kind=_KIND, state=_STATE, priority=_PRIORITY, instance=_INSTANCE)


def grouped(pool: Composed, group: Grouping, by: Order | None, going: Going, values: dict[str, Any]) -> Composed:
    """The first rows of each group, with value, place and size of the group behind each."""
    keyed = SQL(_KEYED).format(pool=pool, risk=_risk(), key=key_of(group, _INSTANCE), by=_by(by, values))
    found = ranked(keyed, _order(by, going), "id")
    return shown(found, Ordered(False), ("key", "place", "size"))


def _by(by: Order | None, values: dict[str, Any]) -> Composed:
    if by is None:
        return Composed([SQL(_NO_VALUE)])
    held, here = Identifier(by.column.held), values_of(by.column)
    return SQL(_VALUE).format(held=held, values=here, seen=seen(by.column, values))


def _order(by: Order | None, going: Going) -> Composed:
    if by is not None:
        return Composed([SQL("by desc nulls last, due, id" if by.descending else "by nulls last, due, id")])
    if going.newest_first:
        return Composed([SQL("ended desc, id desc")])
    if going.next_first:
        return Composed([SQL("risk, hurry, due, id")])
    return Composed([SQL("due desc, id desc" if going.latest_first else "due, id")])


def in_turn(pool: Composed) -> Composed:
    """The next tasks in the order of what to do next, with risk, urgency and due time behind each."""
    found = SQL(_TURN).format(pool=pool, risk=_risk())
    return shown(found, Ordered(False), ("risk", "hurry", "due"))


def _risk() -> Composed:
    return SQL(_RISK).format(at_risk=Literal(AT_RISK))


def turn_place(keys: Sequence[Any], task: int) -> str:
    """Where a task stands in that order, as an address has it."""
    risk, hurry, due = keys
    return f"{MARK}{risk}~{hurry}~{task}~{due.isoformat()}"


def turn_after(after: str) -> dict[str, Any]:
    """The parameters of what comes after this place; the beginning where it cannot be read."""
    try:
        risk, hurry, task, due = after.removeprefix(MARK).split("~", 3)
        place = int(risk), int(hurry), datetime.fromisoformat(due).astimezone(UTC), int(task)
    except (ValueError, OverflowError):
        place = -1, 0, datetime(1, 1, 2, tzinfo=UTC), 0
    if max(abs(place[0]), abs(place[1])) >= 2**31 or abs(place[3]) >= 2**63:
        place = -1, 0, datetime(1, 1, 2, tzinfo=UTC), 0
    return dict(zip(("risk", "hurry", "turn_due", "turn_task"), place, strict=True))
