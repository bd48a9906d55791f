"""Which cases stand in which group of the list, where it is grouped?

Of the newest cases of the list (`listed.CAP` and one), whatever its length: the first of each group, and how many it
has. Whoever has the open task of a case that is due first is its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg.sql import SQL, Composed, Identifier

from casework.cases.read import listed_statements as statements
from casework.cases.read.listed import CAP, beyond, source_of
from casework.cases.read.listed_statements import Filters, Fits
from casework.lists.asked import Grouping, Order
from casework.lists.fitting import seen, values_of
from casework.lists.grouping import ROWS, key_of, key_values, ranked
from casework.lists.owners import own_groupings
from orchestration.casetypes.case_type import CaseType

_INSTANCE: Final[LiteralString] = "f.instance_id"
_TASKS: Final[LiteralString] = "from orchestration_humantask t where t.instance_id = f.instance_id and t.state = 'open'"
_OWNER: Final[LiteralString] = f"""coalesce((
    select (select u.username::text from auth_user u where u.id = t.assignee_id) {_TASKS}
    order by t.due, t.id limit 1), {{none}})"""  # noqa: S608 - of texts that stand in the code
_PRIORITY: Final[LiteralString] = f"""coalesce((
    select case when max(t.priority) > 50 then 'urgent' when max(t.priority) < 50 then 'low'
                when max(t.priority) = 50 then 'normal' end {_TASKS}), {{none}})"""
_KEYED: Final[LiteralString] = """
select f.id, p.created, {key} as key, {by} as by
from ({pool}) p(created, case_id) join casework_case f on f.id = p.case_id"""
_VALUE: Final[LiteralString] = "(select v.{held} from {values} v where v.instance_id = f.instance_id and {seen})"
_ORDERED: Final[LiteralString] = "{ranked} order by key, place limit %(most)s"


def groupings_of_cases(types: Sequence[CaseType]) -> tuple[Grouping, ...]:
    """By what the list of cases can be grouped, beside fields of the cases."""
    return own_groupings(
        types, owner=_OWNER, kind="f.case_type::text", state="f.state::text", priority=_PRIORITY, instance=_INSTANCE
    )


def in_groups(
    readers: Sequence[int], asked: Filters, fits: Fits, group: Grouping, order: Order | None
) -> list[tuple[str, int, int]]:
    """Value and size of a group, and the number of a case in it: the first cases of each group, in their order."""
    values = {**fits.values, **statements.values(readers, asked), **beyond(""), **key_values(group)}
    values |= {"limit": CAP + 1, "cap": CAP + 1, "most": 2 * ROWS}
    fits = replace(fits, source=source_of(asked, fits, values))
    pool = statements.top(asked, fits) if fits.source is None else statements.few(asked, fits)
    keyed = SQL(_KEYED).format(pool=pool, key=key_of(group, _INSTANCE), by=_by(order, values))
    with connection.cursor() as cursor:
        cursor.execute(SQL(_ORDERED).format(ranked=ranked(keyed, _order(order), "id")), values)
        return [(value, size, case) for value, _, size, case in cursor.fetchall()]


def _by(order: Order | None, values: dict[str, Any]) -> Composed:
    if order is None:
        return Composed([SQL("null::int")])
    held, here = Identifier(order.column.held), values_of(order.column)
    return SQL(_VALUE).format(held=held, values=here, seen=seen(order.column, values))


def _order(order: Order | None) -> Composed:
    newest = SQL("created desc, id desc")
    if order is None:
        return Composed([newest])
    return Composed([SQL("by desc nulls last, " if order.descending else "by nulls last, "), newest])
