"""Which open tasks is this person asked for, which wait for their suspended case to go on, and which were done of late?

What segregation of duties keeps them from (`barred`) is in none of its lists and counts.

The first page costs the same among a thousand open tasks and a million: the top rows of each of the person's groups,
and of what is offered to them by name, are read from `TaskCandidate` by its index and merged. Pages follow one another
by (due, task), or by the values of a field that the list is ordered by; counts are capped. A filter that many cases fit
is asked of so many tasks a page (`walked`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Generic, TypeVar

from django.contrib.auth.models import User
from psycopg.sql import Composable, Composed

from casework.access import permissions
from casework.access.reach import EVERYWHERE, Reach
from casework.access.within import limited_to
from casework.cases.past_rows import Former, former_of
from casework.cases.references import key_of
from casework.deadlines.read import nearest
from casework.lists.asked import NOTHING, Asked, Grouping, Order
from casework.lists.columns import Column
from casework.lists.commented import comments_on, filled
from casework.lists.counts import AtLeast
from casework.lists.fitting import seen, without_value
from casework.lists.grouping import ROWS, Sized, key_values, regrouped, sized
from casework.lists.places import ValuePlace
from casework.lists.reading import rows as read_rows
from casework.tasks import inbox_statements as statements
from casework.tasks.barred import LeftOut, left_out
from casework.tasks.filtered import by_due, pool
from casework.tasks.grouped import Going, grouped, in_turn, turn_after, turn_place
from casework.tasks.inbox_counts import First, Wanted, counted, fits_of
from casework.tasks.inbox_statements import COMPLETED, LISTS, TABS, Ordered
from casework.tasks.row import Found, TaskRow, task_row
from casework.tasks.snooze import Asleep
from casework.tasks.walked import fitting_pool, is_walked, walked
from orchestration.privacy.principal import Principal

__all__ = ["CAP", "KEPT", "LISTS", "PAGE", "SOON", "TABS", "InboxPage", "TaskRow", "inbox_page"]

Row = TypeVar("Row")

PAGE: Final = 50
CAP: Final = 1000
SOON: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=30)
"""So long what was done stands in the list of it."""

_BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), 0)
_END = (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), 2**62)
_INSTANCE = "t.instance_id"


@dataclass(frozen=True, slots=True)
class InboxPage:
    """`counts`: tasks by list (`LISTS`), at most CAP + 1. `following`: `after` of the next page, empty on the last one;
    a page that is not full is followed where a filter was asked of as many tasks as it is for one page.

    `also`: as many as each of the other lists has that were asked for, at most CAP + 1. `groups`: the rows again, in
    their groups, where it is grouped: of the first CAP + 1 tasks of the list. `acts_for`: for whom
    the reader acts, by name. `looked`: how many tasks were looked at where it is followed and not full.
    """

    tab: str
    rows: tuple[TaskRow, ...]
    counts: Mapping[str, int]
    following: str
    also: tuple[int, ...] = ()
    groups: tuple[Sized[TaskRow], ...] = ()
    acts_for: tuple[str, ...] = ()
    looked: int = 0


@dataclass(frozen=True, slots=True)
class _Search:
    """What a page is sought by. `tab`: of which tasks. `reference`: how its key begins; `source`: of which cases, where
    those are few. `first`: the tasks of the first page, where they are known already."""

    tab: str
    asked: Asked
    fits: Composed
    source: Composable | None
    reference: str
    counts: Mapping[str, int]
    also: tuple[int, ...]
    values: Mapping[str, Any]
    first: Sequence[int] | None = None


Show = Callable[[Any, Former], TaskRow]
"""Makes the line of a row of the database for the reader."""
Placed = tuple[str, Any]
"""A row of the database, behind its place in the list."""


@dataclass(frozen=True, slots=True)
class _Read(Generic[Row]):
    """`looked_to`: the place that was looked to, where the list goes on behind it and less was found than asked for;
    `looked`: among how many tasks."""

    rows: list[tuple[str, Row]]
    looked_to: str = ""
    looked: int = 0


def inbox_page(
    *,
    user: User,
    tab: str,
    now: datetime,
    after: str = "",
    latest_first: bool = False,
    next_first: bool = False,
    group: Grouping | None = None,
    reference: str = "",
    columns: Sequence[Column] = (),
    asked: Asked = NOTHING,
    tabs_asked: Asked | None = None,
    also: Sequence[Wanted] = (),
    limit: int = PAGE,
) -> InboxPage:
    """A page of at most `limit` tasks, the first due at the top, or in the order that is asked for: then those whose
    case shows no such value come last. `next_first`: of the first CAP + 1 due those at risk, then the more urgent.
    `group`: the first rows of each group instead. `reference`: only cases whose reference begins so, in no group.

    `tabs_asked`: the filters by which the tabs are counted; None: those of the page. `also`: other lists to count.
    What was done has the newest at the top, or is ordered by a field.
    """
    newest_first = tab == COMPLETED and not reference
    latest_first, next_first = latest_first and not newest_first, next_first and not newest_first
    person, out = permissions.principal(user, None, now), left_out(user, now)
    only = tuple(sorted(limited_to(user)))
    asked, tabs_asked = replace(asked, only=only), replace(asked if tabs_asked is None else tabs_asked, only=only)
    counting = [
        *(Wanted(each, tabs_asked) for each in LISTS),
        *(replace(each, asked=replace(each.asked, only=only)) for each in also),
    ]
    is_first = not (after or latest_first or next_first or group or reference or asked.order)
    given = _given(user, out, now, limit)
    search = _search(tab, asked, key_of(reference), person, counting, is_first, given)
    going = Going(latest_first, next_first, newest_first)
    shown = partial(_shown, user=user, person=person, now=now, columns=columns, sleeping=out.sleeping)
    if group is not None and not search.reference and asked.within is None:
        page = _groups_of(search, group, going, shown)
    else:
        page = _rows_of(search, after, going, shown, limit)
    rows = _completed(page.rows, columns, now)
    return replace(page, tab=tab, rows=rows, groups=regrouped(page.groups, rows), acts_for=out.acts_for)


def held_rows(*, user: User, holders: Sequence[int], now: datetime, limit: int) -> dict[int, list[TaskRow]]:
    """The first due of what each of these people has, at most `limit`; whether the reader may see its case is asked
    elsewhere. As many statements for many as for one."""
    asked, out = replace(NOTHING, only=tuple(sorted(limited_to(user)))), left_out(user, now)
    person = permissions.principal(user, None, now)
    fits = fits_of([asked], person)
    here, _ = fits.parts(asked)
    many = {"holders": list(holders), "page": limit, "limit": limit * len(holders)}
    found = read_rows(
        statements.shown(statements.held(here), Ordered(False)),
        {**fits.values, **_given(user, out, now, limit), **many},
    )
    rows = [row for _, row in _placed(found)]
    former = former_of(row[-1] for row in rows)
    shown = partial(_shown, user=user, person=person, now=now, columns=(), sleeping=out.sleeping)
    told = _completed([shown(row, former.get(row[-1], {})) for row in rows], (), now)
    owned = list(zip((Found(*row).assignee for row in rows), told, strict=True))
    return {holder: [one for owner, one in owned if owner == holder] for holder in holders}


def _given(user: User, out: LeftOut, now: datetime, limit: int) -> dict[str, Any]:
    """What the statements are given of the reader, of the time and of how much is read."""
    return {
        "person": user.pk, **_held(permissions.reach_seen(user)), "people": [user.pk], "since": now - KEPT,
        "limit": limit + 1, "cap": CAP + 1, "page": limit + 1, "soon": now + SOON, "now": now,
        "snoozed": list(out.sleeping), "barred": list(out.barred), "hidden": [*out.barred, *out.sleeping],
    }  # fmt: skip


def _shown(
    row: Any, past: Former, *, user: User, person: Principal, now: datetime, columns: Sequence[Column],
    sleeping: Mapping[int, Asleep],
) -> TaskRow:  # fmt: skip
    found = task_row(Found(*row), past, user, person, now, columns)
    return replace(found, asleep=sleeping[found.id]) if found.id in sleeping else found


def _groups_of(search: _Search, group: Grouping, going: Going, shown: Show) -> InboxPage:
    """The first rows of each group."""
    groups = _in_groups(search, group, going, shown)
    rows = tuple(row for each in groups for row in each.rows)
    return InboxPage(search.tab, rows, search.counts, "", search.also, groups)


def _rows_of(search: _Search, after: str, going: Going, shown: Show, limit: int) -> InboxPage:
    """The next rows, and where the list goes on behind them."""
    found = _found(search, after, going, shown)
    rows = tuple(row for _, row in found.rows[:limit])
    following = found.rows[limit - 1][0] if len(found.rows) > limit else found.looked_to
    return InboxPage(search.tab, rows, search.counts, following, search.also, looked=found.looked)


def _held(reach: Reach) -> dict[str, Any]:
    """Where their groups offer them tasks, where others are in these, and where they see any."""
    return {
        "groups": reach.everywhere, "colleagues_in": list(reach.groups),
        "whole": EVERYWHERE in reach.sight, "below": sorted(reach.below),
        "groups_in": [group for group, _ in reach.in_units], "units_in": [unit for _, unit in reach.in_units],
    }  # fmt: skip


def _completed(rows: Sequence[TaskRow], columns: Sequence[Column], now: datetime) -> tuple[TaskRow, ...]:
    """With what is read for all rows together: the next deadline of each case, and its comments."""
    cases = {row.case for row in rows}
    left, said = nearest(cases, now), comments_on(cases, columns)
    return tuple(replace(row, deadline=left.get(row.case), cells=filled(row.cells, said.get(row.case))) for row in rows)


def _search(
    tab: str,
    asked: Asked,
    reference: str,
    person: Principal,
    counting: Sequence[Wanted],
    is_first: bool,
    given: Mapping[str, Any],
) -> _Search:
    """A reference is sought among all tasks of theirs, whatever the tab, also among those that sleep. `is_first`: what
    is due first is wanted, from the top."""
    fits = fits_of([asked, *(each.asked for each in counting)], person)
    values = {**fits.values, **given, "reference": _prefix(reference)}
    top = First(tab, asked) if is_first else None
    counts, first = counted(counting, fits, {**values, **_bounds("", False), "limit": CAP + 1}, top)
    here, source = fits.parts(asked)
    if reference and source is not None:
        here += statements.WITH_REFERENCE
    elif reference:
        source = Composed([statements.REFERENCES])
    if reference:
        values["hidden"] = values["barred"]
    by_tab, also = dict(zip(LISTS, counts, strict=False)), tuple(counts[len(LISTS) :])
    return _Search("all" if reference else tab, asked, here, source, reference, by_tab, also, values, first)


def _found(search: _Search, after: str, going: Going, shown: Show) -> _Read[TaskRow]:
    """The first rows whose reference, as it is shown, begins with what is sought, each with its cursor.

    A search that looked at what is masked would tell it letter by letter.
    """
    found: list[tuple[str, TaskRow]] = []
    wanted = search.values["limit"]
    while True:
        read = _page(search, after, going)
        former = former_of(row[-1] for _, row in read.rows)
        page = [(place, shown(row, former.get(row[-1], {}))) for place, row in read.rows]
        found += [(place, row) for place, row in page if key_of(row.reference).startswith(search.reference)]
        if len(page) < wanted or len(found) >= wanted:
            return _Read(found[:wanted], read.looked_to, read.looked)
        after = page[-1][0]


def _in_groups(search: _Search, group: Grouping, going: Going, shown: Show) -> tuple[Sized[TaskRow], ...]:
    values = {**search.values, **_start(search), **key_values(group), "limit": 2 * ROWS}
    pooled = _pool(search)
    rows = read_rows(grouped(pooled, group, search.asked.order, going, values), values)
    former = former_of(row[-4] for row in rows)
    return sized((value, size, shown(row, former.get(row[-1], {}))) for *row, value, _, size in rows)


def _pool(search: _Search) -> Composed:
    """The first tasks of the list, to be ordered anew."""
    if _is_long(search) and is_walked(search.tab, search.fits, search.source):
        return fitting_pool(search.tab, search.fits)
    return pool(search.tab, search.fits, search.source)


def _is_long(search: _Search) -> bool:
    """Whether the tab has more tasks than are looked at as a whole."""
    size = search.counts[search.tab]
    if search.tab == COMPLETED:
        return False
    return size > CAP or isinstance(size, AtLeast)


def _page(search: _Search, after: str, going: Going) -> _Read[Any]:
    """The next rows of the list, before anybody has looked at what they show."""
    if (by := search.asked.order) is None:
        return _by_turn(search, after) if going.next_first else _by_due(
            search, search.fits, after, Ordered(going.latest_first), search.values
        )  # fmt: skip
    rows: list[Placed] = []
    if not after or ValuePlace.is_one(after):
        rows, after = _by_value(search, by, ValuePlace.read(after, by.column)), ""
    if not (left := search.values["limit"] - len(rows)):
        return _Read(rows)
    values = dict(search.values)
    fits = search.fits + without_value(by.column, _INSTANCE, values)
    rest = _by_due(search, fits, after, Ordered(False), values)
    more = len(rest.rows) > left
    return _Read([*rows, *rest.rows[:left]], "" if more else rest.looked_to, rest.looked)


def _by_due(search: _Search, fits: Composed, after: str, going: Ordered, values: Mapping[str, Any]) -> _Read[Any]:
    if search.tab == COMPLETED:
        return _by_end(search, fits, after, values)
    values = {**values, **_bounds(after, going.descending)}
    if search.first is not None:
        numbered = statements.shown(statements.NUMBERED, going)
        return _Read(_placed(read_rows(numbered, {**values, "tasks": list(search.first)})))
    if not (_is_long(search) and is_walked(search.tab, fits, search.source)):
        found = by_due(search.tab, going, fits, search.source)
        return _Read(_placed(read_rows(statements.shown(found, going), values)))
    looked = walked(search.tab, going, fits, values, read_rows)
    rows = read_rows(statements.shown(statements.NUMBERED, going), {**values, "tasks": list(looked.tasks)})
    return _Read(_placed(rows), "" if looked.looked_to is None else due_place(*looked.looked_to), looked.looked)


def _by_end(search: _Search, fits: Composed, after: str, values: Mapping[str, Any]) -> _Read[Any]:
    """What was done, the newest first."""
    newest = Ordered(True)
    found = statements.shown(by_due(search.tab, newest, fits, search.source), newest, ("ended",))
    return _Read(_placed(read_rows(found, {**values, **_bounds(after, newest.descending)})))


def _start(search: _Search) -> dict[str, Any]:
    return _bounds("", search.tab == COMPLETED)


def _placed(rows: Sequence[Any]) -> list[Placed]:
    return [(due_place(row[-1], row[0]), row[:-1]) for row in rows]


def due_place(due: datetime, task: int) -> str:
    """Where a task stands in the order of what is due, as an address has it."""
    return f"{due.isoformat()}~{task}"


def _by_turn(search: _Search, after: str) -> _Read[Any]:
    values = {**search.values, **_bounds("", False), **turn_after(after)}
    rows = read_rows(in_turn(_pool(search)), values)
    return _Read([(turn_place(row[-3:], row[0]), row[:-3]) for row in rows])


def _by_value(search: _Search, by: Order, place: ValuePlace | None) -> list[Placed]:
    """The next tasks that have a value in the field of the order."""
    values = {**search.values, **_start(search), **(place.values if place else {})}
    pooled = None if search.source is None and _is_long(search) else _pool(search)
    found = statements.by_value(search.tab, by, seen(by.column, values), search.fits, pooled, place is not None)
    rows = read_rows(statements.shown(found, Ordered(by.descending), ("value", "instance")), values)
    return [(str(ValuePlace(row[-2], row[-1], row[0])), row[:-2]) for row in rows]


def _prefix(reference: str) -> str:
    """A LIKE pattern for what begins with this text."""
    return reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _bounds(after: str, latest_first: bool) -> dict[str, Any]:
    """Where the page begins; at the beginning when `after` says nothing that can be read."""
    due, _, task = after.partition("~")
    try:
        found = datetime.fromisoformat(due).astimezone(UTC), int(task)
    except (ValueError, OverflowError):
        found = _END if latest_first else _BEGINNING
    return dict(zip(("due", "task"), found, strict=True))
