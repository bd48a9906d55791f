"""With which statement is a page of the inbox read?

By the order of the list, top rows of each of the person's groups by an index, where few or all fit; from the cases that
fit a filter or a reference, where those are few; by the values of a field, where the list is ordered by it: walked by
their index where the list is long, looked up for each row where it is short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier

from casework.access.reach import READERS
from casework.lists.asked import Order
from casework.lists.fitting import values_of

TABS: Final = {
    "mine": "Mine", "groups": "My groups", "unassigned": "Unassigned", "soon": "Due soon", "all": "All",
    "snoozed": "Snoozed",
}  # fmt: skip
STATES: Final = {"pending": "Pending", "blocked": "Blocked", "approaching": "Approaching", "completed": "Completed"}
"""The same tasks by how they stand, whoever has them, and those that were done."""
COMPLETED: Final = "completed"
LISTS: Final = TABS | STATES
APART: Final = frozenset(("snoozed", COMPLETED))
"""Lists that are not read from what is offered."""

_MINE: Final = """
{head} select t.due, t.id {also} from orchestration_humantask t
where t.assignee_id = %(person)s and t.state in ('open', 'suspended') {sight}
      and (t.due, t.id) {beyond} (%(due)s, %(task)s) {until} {fits}
      and t.id not in (select unnest(%(hidden)s::bigint[]))
order by t.due {order}, t.id {order} limit {most} {tail}"""
_SNOOZED: Final = """
select t.due, t.id from orchestration_humantask t
where t.id = any(%(snoozed)s::bigint[]) and t.state in ('open', 'suspended') {theirs} {fits}
      and (t.due, t.id) {beyond} (%(due)s, %(task)s)
order by t.due {order}, t.id {order} limit {most}"""
_DONE: Final = """
select p.* from (
    select m.user_id from auth_user_groups m where m.group_id = any(%(colleagues_in)s::int[])
    union select %(person)s) colleague(id)
cross join lateral (
    select t.ended, t.id from orchestration_humantask t
    where t.assignee_id = colleague.id and t.state = 'completed' and t.ended > %(since)s
          and (t.ended, t.id) {beyond} (%(due)s, %(task)s) {fits}
          and exists (select from casework_case f join casework_listedcase l on l.case_id = f.id
                      where f.instance_id = t.instance_id and l.reader = any(array(
                          select r.reader from ({readers}) r)))
    order by t.ended {order}, t.id {order} limit {most}) p"""
"""By somebody, or by who is in a group of theirs, in cases of their list: the newest of each."""
_OFFERED: Final = """
select c.* from unnest(%(groups)s::bigint[]) as g(id)
cross join lateral (
    {head} select c.due, c.task_id {also} from orchestration_taskcandidate c {task}
    where c.group_id = g.id {free} and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {until} {fits}
          and c.task_id not in (select unnest(%(hidden)s::bigint[]))
    order by c.due {order}, c.task_id {order} limit {most} {tail}) c
union all (
    {head} select c.due, c.task_id {also} from orchestration_taskcandidate c {task}
    where c.user_id = %(person)s {free} and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {until} {fits}
          and c.task_id not in (select unnest(%(hidden)s::bigint[]))
          and (%(whole)s::bool or c.unit = any(%(below)s::bigint[]))
    order by c.due {order}, c.task_id {order} limit {most} {tail})
union all (
    select c.* from unnest(%(groups_in)s::bigint[], %(units_in)s::bigint[]) as g(id, unit)
    cross join lateral (
        {head} select c.due, c.task_id {also} from orchestration_taskcandidate c {task}
        where c.group_id = g.id and c.unit = g.unit and c.unit <> 0 {free}
              and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {until} {fits}
              and c.task_id not in (select unnest(%(hidden)s::bigint[]))
        order by c.due {order}, c.task_id {order} limit {most} {tail}) c)"""
"""Of groups that hold everywhere; by name; of groups that hold in some units alone, for each of these by its index."""
TROUBLED: Final = "{} in (select n.instance_id from orchestration_incident n where n.resolved is null)"
"""Whether something in the case failed and nobody has decided about it."""
TASK_TROUBLED: Final = TROUBLED.format("t.instance_id")
OFFER_TROUBLED: Final = TROUBLED.format("c.instance_id")
_OF_TROUBLED: Final = """
{head} select distinct c.due, c.task_id {also} from orchestration_taskcandidate c {task}
where {troubled} and {theirs} and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {fits}
      and c.task_id not in (select unnest(%(hidden)s::bigint[]))
order by c.due {order}, c.task_id {order} limit {most} {tail}"""
"""Found from what failed: this is little beside what is open."""
_WALK: Final[LiteralString] = """
select distinct on (due, id) p.* from ({tab}) p(due, id {names}) order by due {order}, id {order} limit {most}"""
_SHARED_WALK: Final[LiteralString] = """
parts(due, id {names}, place) as materialized ({tab}),
cut as materialized (
    select due, id from parts where place = {share} order by due {order}, id {order} limit 1),
walk as materialized (
    select distinct on (due, id) p.* from parts p
    where coalesce((p.due, p.id) {within} (select due, id from cut), true) order by due {order}, id {order})"""
"""Of each part (a group, by name, one's own) as many as is its share; of these all up to where the first part is cut
off, since behind it tasks would be missing. So not as many are read of each group as are looked at in all."""
_OWN_COLUMN: Final = re.compile(r"\bt\.(?!instance_id\b)")
_BY_VALUE: Final = """
select v.{held} as value, v.instance_id as instance, t.id from {values} v
join orchestration_humantask t on t.instance_id = v.instance_id and t.state in ('open', 'suspended')
where {seen} and v.{held} is not null {beyond} {theirs} {fits}
order by v.{held} {order}, v.instance_id {order}, t.id {order} limit %(limit)s"""
_POOLED: Final = """
with pool as materialized ({pool})
select v.{held} as value, v.instance_id as instance, t.id from pool join orchestration_humantask t on t.id = pool.id
join {values} v on v.instance_id = t.instance_id
where {seen} and v.{held} is not null {beyond}
order by v.{held} {order}, v.instance_id {order}, t.id {order} limit %(limit)s"""
_BEYOND: Final = """
and (v.{held}, v.instance_id) {beyond}= (%(value)s, %(instance)s)
and (v.{held}, v.instance_id, t.id) {beyond} (%(value)s, %(instance)s, %(number)s)"""
_SHOWN: Final = """
with found({keys}, id) as ({found}),
     top as (select distinct {keys}, id from found order by {keys_in_order}, id {order} limit %(limit)s)
select t.id, t.name, t.due, t.priority, t.assignee_id, u.username, u.first_name, u.last_name, f.id, f.title,
       f.reference, f.state, i.definition_id, i.data, t.created, t.form, t.definition_item, t.state,
       array(select g.name::text from orchestration_taskcandidate c join auth_group g on g.id = c.group_id
             where c.task_id = t.id order by g.name),
       array(select v.words::text from casework_listedvalue v
             where v.instance_id = i.id and left(v.field, 1) = '#' order by v.words),
       (select b.name from casework_businessunit b where b.id = f.unit_id),
       t.ended, {troubled}, i.id, {keys_of_top}
from top join orchestration_humantask t on t.id = top.id
join orchestration_instance i on i.id = t.instance_id join casework_case f on f.instance_id = i.id
left join auth_user u on u.id = t.assignee_id
order by {top_in_order}, top.id {order}"""
_FULL: Final = """
exists (
    select from unnest(%(groups)s::bigint[]) as g(id) cross join lateral (
        select from orchestration_taskcandidate c
        where c.group_id = g.id {free} {until} and c.task_id not in (select unnest(%(hidden)s::bigint[]))
        order by c.due, c.task_id offset %(limit)s::bigint - 1 limit 1) c)"""
"""One group alone offers as many as are counted: whoever is in several long ones has them not merged to be told so."""
_CAPPED: Final = "(case when {full} then %(limit)s::bigint else {count} end)"
_COUNT: Final = "(select count(*) from (select distinct id from ({found}) p(due, id) limit %(limit)s) n)"
_COUNT_OF_DONE: Final = "(select count(*) from (select from ({found}) p limit %(limit)s) n)"
"""Each stands there once, and so no more are read than are counted."""

_NONE: Final = SQL("")
_PAGE: Final = SQL("%(limit)s")
_TO_TAKE: Final = "and not c.assigned and not c.suspended"
_FREE: Final = SQL(_TO_TAKE)
_SOON: Final = SQL("and c.due <= %(soon)s")
_OPEN: Final = SQL("and not c.suspended")
_OFFERS: Final = {
    "groups": (_NONE, _NONE), "unassigned": (_FREE, _NONE), "soon": (_FREE, _SOON), "all": (_NONE, _NONE),
    "pending": (_OPEN, _NONE), "blocked": (SQL("and c.suspended"), _NONE), "approaching": (_OPEN, _SOON),
}  # fmt: skip
"""Which of the offers of a group a tab has: free ones alone, or as they stand, and until when."""
_OPEN_SOON: Final = SQL("and t.due <= %(soon)s and t.state = 'open'")
_OWN: Final = {
    "all": _NONE, "soon": _OPEN_SOON, "pending": SQL("and t.state <> 'suspended'"),
    "blocked": SQL(f"and (t.state <> 'open' or {TASK_TROUBLED})"),
    "approaching": SQL("and t.due <= %(soon)s and t.state <> 'suspended'"),
}  # fmt: skip
"""Which of what somebody has stands beside these."""
SIGHT: Final = """(%(whole)s::bool or exists (
    select from casework_case f where f.instance_id = t.instance_id and f.unit_id = any(%(below)s::bigint[])))"""
_ASSIGNED: Final = f"t.assignee_id = %(person)s and {SIGHT}"
THEIRS: Final = """(
        c.group_id = any(%(groups)s::bigint[])
        or c.user_id = %(person)s and (%(whole)s::bool or c.unit = any(%(below)s::bigint[]))
        or exists (select from unnest(%(groups_in)s::bigint[], %(units_in)s::bigint[]) as g(id, unit)
                   where g.id = c.group_id and g.unit = c.unit))"""
"""Whether an offer is to this person."""
_CANDIDATE: Final = f"exists (select from orchestration_taskcandidate c where c.task_id = t.id {{free}} and {THEIRS})"
_ANY: Final = f"(({_ASSIGNED}) or {_CANDIDATE.format(free='')})"
_WHOSE: Final[dict[str, LiteralString]] = {
    "mine": _ASSIGNED,
    "groups": _CANDIDATE.format(free=""),
    "unassigned": _CANDIDATE.format(free=_TO_TAKE),
    "all": _ANY,
    "soon": f"t.due <= %(soon)s and t.state = 'open' and (({_ASSIGNED}) or {_CANDIDATE.format(free=_TO_TAKE)})",
    "snoozed": f"t.id = any(%(snoozed)s::bigint[]) and {_ANY}",
    "pending": f"t.state = 'open' and {_ANY}",
    "blocked": f"(t.state = 'suspended' or {TASK_TROUBLED}) and {_ANY}",
    "approaching": f"t.due <= %(soon)s and t.state = 'open' and {_ANY}",
}
_AWAKE: Final = SQL(" and t.id not in (select unnest(%(hidden)s::bigint[]))")
WITH_REFERENCE: Final = SQL(
    " and (select f.reference_key like %(reference)s from casework_case f where f.instance_id = t.instance_id)"
)
REFERENCES: Final = SQL("select f.instance_id from casework_case f where f.reference_key like %(reference)s")
"""The source of the tasks of cases whose reference begins so."""

_HELD: Final = """
select h.due, h.id from unnest(%(holders)s::bigint[]) as p(id) cross join lateral (
    select t.due, t.id from orchestration_humantask t
    where t.assignee_id = p.id and t.state in ('open', 'suspended') and {sight} {fits}
          and t.id not in (select unnest(%(hidden)s::bigint[]))
    order by t.due, t.id limit %(page)s) h"""
NUMBERED: Final = Composed(
    [SQL("select t.due, t.id from orchestration_humantask t where t.id = any(%(tasks)s::bigint[])")]
)
"""Tasks whose numbers are known."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read of tasks beside due time and number: of a task's row, of an offer's, and what it is called."""

    of_tasks: LiteralString
    of_offers: LiteralString
    names: LiteralString
    numbered: bool = False
    """Whether each row has its place in its part behind it."""

    @property
    def around(self) -> dict[str, SQL]:
        """What stands around a part."""
        head, tail = ("select n.*, row_number() over () from (", ") n") if self.numbered else ("", "")
        return {"head": SQL(head), "tail": SQL(tail)}


NO_MORE: Final = Columns("", "", "")
OF_CASES: Final = Columns(", t.instance_id", ", c.instance_id", ", instance_id")
_PLACED: Final = Columns(", t.instance_id", ", c.instance_id", ", instance_id", numbered=True)


@dataclass(frozen=True, slots=True)
class Ordered:
    """In which direction a list goes."""

    descending: bool

    @property
    def order(self) -> SQL:
        return SQL("desc" if self.descending else "asc")

    @property
    def beyond(self) -> SQL:
        return SQL("<" if self.descending else ">")

    @property
    def within(self) -> SQL:
        """Up to a place."""
        return SQL(">=" if self.descending else "<=")


def by_due(tab: str, going: Ordered, fits: Composed, most: Composable = _PAGE) -> Composed:
    """The tasks of a tab that fit, in order of what is due: `most` of each of its parts."""
    return _tab(tab, going, fits, most)


def held(fits: Composed) -> Composed:
    """The first due of what each of some people has (`holders`)."""
    return SQL(_HELD).format(sight=SQL(SIGHT), fits=fits)


def walk(tab: str, going: Ordered, most: Composable, columns: Columns = OF_CASES) -> Composed:
    """The first tasks of a tab beyond a place, whatever their cases say: due time, number, and what else is asked."""
    return SQL(_WALK).format(
        tab=_tab(tab, going, Composed([]), most, columns), names=SQL(columns.names), order=going.order, most=most
    )


def shared_walk(tab: str, going: Ordered, share: Composable) -> Composed:
    """The next tasks of a tab beyond a place, whatever their cases say, as parts of a statement: `walk`, and `cut`, the
    last of them where the list goes on. `share`: how many are read of each of its parts."""
    return SQL(_SHARED_WALK).format(
        tab=_tab(tab, going, Composed([]), share, _PLACED), names=SQL(_PLACED.names), order=going.order,
        within=going.within, share=share,
    )  # fmt: skip


def by_value(tab: str, by: Order, seen: Composed, fits: Composed, pooled: Composed | None, further: bool) -> Composed:
    """The tasks with a value in this field, in its order: of a pool, else of the whole tab, by the values' index.

    `further`: from a place on.
    """
    going, held = Ordered(by.descending), Identifier(by.column.held)
    beyond = SQL(_BEYOND).format(held=held, beyond=going.beyond) if further else _NONE
    parts = {"held": held, "seen": seen, "beyond": beyond, "order": going.order, "values": values_of(by.column)}
    if pooled is not None:
        ids = SQL("select distinct id from ({}) p(due, id)").format(pooled)
        return SQL(_POOLED).format(pool=ids, **parts)
    return SQL(_BY_VALUE).format(theirs=_theirs(tab), fits=fits, **parts)


def shown(found: Composed, going: Ordered, keys: tuple[LiteralString, ...] = ("due",)) -> Composed:
    """The rows of these tasks as the inbox shows them; `keys`: by what they are in order, and beyond it by number."""
    comma = SQL(", ")
    return SQL(_SHOWN).format(
        found=found, order=going.order, troubled=SQL(TROUBLED.format("i.id")),
        keys=comma.join(map(SQL, keys)),
        keys_in_order=comma.join(SQL(one) + SQL(" ") + going.order for one in keys),
        keys_of_top=comma.join(SQL("top.") + SQL(one) for one in keys),
        top_in_order=comma.join(SQL("top.") + SQL(one) + SQL(" ") + going.order for one in keys),
    )  # fmt: skip


def count(tab: str, fits: Composed) -> Composed:
    """How many tasks of a tab fit, up to a limit: an expression."""
    text = _COUNT_OF_DONE if tab == COMPLETED else _COUNT
    found = SQL(text).format(found=by_due(tab, Ordered(False), fits))
    if fits.as_string(None) or tab not in _OFFERS:
        return found
    free, until = _OFFERS[tab]
    return SQL(_CAPPED).format(full=SQL(_FULL).format(free=free, until=until), count=found)


def task_of(fits: Composed, number: LiteralString) -> Composable:
    """What a filter asks of `t`, the task of `c`: mostly its case alone, and then no row of it is read."""
    if _OWN_COLUMN.search(fits.as_string(None)):
        return SQL("join orchestration_humantask t on t.id = c.") + SQL(number)
    return SQL("cross join lateral (select c.instance_id) t(instance_id)")


def _theirs(tab: str) -> Composed:
    theirs = SQL(" and {}").format(SQL(_WHOSE[tab]))
    return theirs if tab == "snoozed" else theirs + _AWAKE


def _tab(tab: str, going: Ordered, fits: Composed, most: Composable, columns: Columns = NO_MORE) -> Composed:
    def mine(until: SQL = _NONE) -> Composed:
        parts = {"until": until, "fits": fits, "most": most, "also": SQL(columns.of_tasks)}
        return SQL(_MINE).format(
            beyond=going.beyond, order=going.order, sight=SQL(f" and {SIGHT}"), **columns.around, **parts
        )

    def of_offers(text: LiteralString, **parts: Composable) -> Composed:
        task = task_of(fits, "task_id") if fits.as_string(None) else _NONE
        return SQL(text).format(
            beyond=going.beyond, order=going.order, fits=fits, task=task, most=most,
            also=SQL(columns.of_offers), **columns.around, **parts,
        )  # fmt: skip

    def offered(free: SQL, until: SQL = _NONE) -> Composed:
        return of_offers(_OFFERED, free=free, until=until)

    def troubled() -> Composed:
        return of_offers(_OF_TROUBLED, theirs=SQL(THEIRS), troubled=SQL(OFFER_TROUBLED))

    match tab:
        case "mine":
            return mine()
        case "groups" | "unassigned":
            return offered(*_OFFERS[tab])
        case "snoozed":
            parts = {"theirs": _theirs(tab), "fits": fits, "most": most}
            return SQL(_SNOOZED).format(beyond=going.beyond, order=going.order, **parts)
        case "completed":
            return SQL(_DONE).format(beyond=going.beyond, order=going.order, fits=fits, most=most, readers=SQL(READERS))
        case "blocked":
            return SQL("({}) union ({}) union ({})").format(mine(_OWN[tab]), offered(*_OFFERS[tab]), troubled())
        case _:
            return SQL("({}) union ({})").format(mine(_OWN[tab]), offered(*_OFFERS[tab]))
