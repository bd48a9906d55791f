"""Which open tasks is this person asked for?

The first page costs the same among a thousand open tasks and a million: the top rows of each of the person's groups,
and of what is offered to them by name, are read from `TaskCandidate` by its index and merged. Pages follow one another
by (due, task), counts are capped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connection
from psycopg.sql import SQL, Composed

from casework.access import permissions
from casework.cases.past_rows import Former, former_of
from casework.cases.references import key_of
from casework.tasks.columns import Column
from casework.tasks.row import Found, TaskRow, task_row

PAGE: Final = 50
CAP: Final = 1000
SOON: Final = timedelta(hours=24)
TABS: Final = {"mine": "Mine", "groups": "My groups", "unassigned": "Unassigned", "soon": "Due soon", "all": "All"}

_MINE = """
select t.due, t.id from orchestration_humantask t
where t.assignee_id = %(person)s and t.state = 'open' and (t.due, t.id) {beyond} (%(due)s, %(task)s) {until}
order by t.due {order}, t.id {order} limit %(limit)s"""
_OFFERED = """
select c.due, c.task_id from unnest(%(groups)s::bigint[]) as g(id)
cross join lateral (
    select c.due, c.task_id from orchestration_taskcandidate c
    where c.group_id = g.id {free} and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {until}
    order by c.due {order}, c.task_id {order} limit %(limit)s) c
union all (
    select c.due, c.task_id from orchestration_taskcandidate c
    where c.user_id = %(person)s {free} and (c.due, c.task_id) {beyond} (%(due)s, %(task)s) {until}
    order by c.due {order}, c.task_id {order} limit %(limit)s)"""
_FOUND = """
select t.due, t.id from casework_case f join orchestration_humantask t on t.instance_id = f.instance_id
where f.reference_key like %(reference)s and t.state = 'open'
  and (t.due, t.id) {beyond} (%(due)s, %(task)s)
  and (t.assignee_id = %(person)s or exists (
       select from orchestration_taskcandidate c
       where c.task_id = t.id and (c.group_id = any(%(groups)s::bigint[]) or c.user_id = %(person)s)))
order by t.due {order}, t.id {order} limit %(limit)s"""
_ROWS = """
with found(due, id) as ({found}),
     top as (select distinct due, id from found order by due {order}, id {order} limit %(limit)s)
select t.id, t.name, t.due, t.priority, t.assignee_id, u.username, u.first_name, u.last_name, f.id, f.title,
       f.reference, f.state, i.definition_id, i.data, t.created, t.form, t.definition_item,
       array(select g.name::text from orchestration_taskcandidate c join auth_group g on g.id = c.group_id
             where c.task_id = t.id order by g.name), i.id
from top join orchestration_humantask t on t.id = top.id
join orchestration_instance i on i.id = t.instance_id join casework_case f on f.instance_id = i.id
left join auth_user u on u.id = t.assignee_id
order by top.due {order}, top.id {order}"""
_COUNTS = """
select (select count(*) from (select id from ({mine}) m) x),
       (select count(*) from (select distinct task_id from ({groups}) m limit %(limit)s) x),
       (select count(*) from (select distinct task_id from ({unassigned}) m limit %(limit)s) x),
       (select count(*) from (select id from ({soon}) m limit %(limit)s) x),
       (select count(*) from (select id from ({all}) m limit %(limit)s) x)"""

_FREE = SQL("and not c.assigned")
_NONE = SQL("")
_BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), 0)
_END = (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), 2**62)


@dataclass(frozen=True, slots=True)
class InboxPage:
    """`counts`: open tasks by tab, at most CAP + 1. `following`: `after` of the next page, empty on the last one."""

    tab: str
    rows: tuple[TaskRow, ...]
    counts: Mapping[str, int]
    following: str


def inbox_page(
    *,
    user: User,
    tab: str,
    now: datetime,
    after: str = "",
    latest_first: bool = False,
    reference: str = "",
    columns: Sequence[Column] = (),
    limit: int = PAGE,
) -> InboxPage:
    """A page of at most `limit` tasks, the first due at the top. `reference`: only cases whose reference begins so."""
    groups = list(user.groups.values_list("pk", flat=True))
    values = _bounds(after, latest_first) | {
        "person": user.pk, "groups": groups, "limit": limit + 1, "soon": now + SOON,
        "reference": _prefix(key_of(reference)),
    }  # fmt: skip
    person = permissions.principal(user, None, now)
    statement = _page(tab, latest_first, bool(reference))
    found = _found(
        statement, values, key_of(reference),
        lambda row, past: task_row(Found(*row), past, user, person, now, columns),
    )  # fmt: skip
    rows = tuple(row for _, row in found[:limit])
    return InboxPage(tab, rows, _counts(values), found[limit - 1][0] if len(found) > limit else "")


def _found(
    statement: Composed, values: Mapping[str, Any], sought: str, shown: Callable[[Any, Former], TaskRow]
) -> list[tuple[str, TaskRow]]:
    """The first rows whose reference, as it is shown, begins with what is sought, each with its cursor.

    A search that looked at what is masked would tell it letter by letter.
    """
    found: list[tuple[str, TaskRow]] = []
    while True:
        rows = _read(statement, values)
        former = former_of(row[-1] for row in rows)
        page = [(_cursor(row), shown(row, former.get(row[-1], {}))) for row in rows]
        found += [(cursor, row) for cursor, row in page if key_of(row.reference).startswith(sought)]
        if len(page) < values["limit"] or len(found) >= values["limit"]:
            return found[: values["limit"]]
        values = {**values, **_bounds(page[-1][0], False)}


def _page(tab: str, latest_first: bool, searching: bool) -> Composed:
    """The statement of a tab's page."""
    order = SQL("desc") if latest_first else SQL("asc")
    beyond = SQL("<") if latest_first else SQL(">")
    found = SQL(_FOUND).format(beyond=beyond, order=order) if searching else _tab(tab, beyond, order)
    return SQL(_ROWS).format(found=found, order=order)


def _tab(tab: str, beyond: SQL, order: SQL) -> Composed:
    def mine(until: SQL = _NONE) -> Composed:
        return SQL(_MINE).format(beyond=beyond, order=order, until=until)

    def offered(free: SQL, until: SQL = _NONE) -> Composed:
        return SQL(_OFFERED).format(beyond=beyond, order=order, free=free, until=until)

    match tab:
        case "mine":
            return mine()
        case "groups":
            return offered(_NONE)
        case "unassigned":
            return offered(_FREE)
        case "all":
            return SQL("({}) union ({})").format(mine(), offered(_NONE))
        case _:
            soon = offered(_FREE, SQL("and c.due <= %(soon)s"))
            return SQL("({}) union ({})").format(mine(SQL("and t.due <= %(soon)s")), soon)


def _counts(values: Mapping[str, Any]) -> dict[str, int]:
    bounds = dict(zip(("due", "task"), _BEGINNING, strict=True))
    parts = {tab: _tab(tab, SQL(">"), SQL("asc")) for tab in TABS}
    rows = _read(SQL(_COUNTS).format(**parts), {**values, **bounds, "limit": CAP + 1})
    return dict(zip(TABS, rows[0], strict=True))


def _read(statement: Composed, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # Django's cursor hands it on to psycopg
        return list(cursor.fetchall())


def _prefix(reference: str) -> str:
    """A LIKE pattern for what begins with this text."""
    return reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _cursor(row: Any) -> str:
    return f"{row[2].isoformat()}~{row[0]}"


def _bounds(after: str, latest_first: bool) -> dict[str, Any]:
    """Where the page begins; at the beginning when `after` says nothing that can be read."""
    due, _, task = after.partition("~")
    try:
        found = datetime.fromisoformat(due).astimezone(UTC), int(task)
    except (ValueError, OverflowError):
        found = _END if latest_first else _BEGINNING
    return dict(zip(("due", "task"), found, strict=True))
