"""Which cases may this person see?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import orjson
from django.contrib.auth.models import User

from audit.sealed_values import NOTHING_READ, is_sealed
from casework.access import permissions
from casework.cases.case_row import BY_HAND, NEEDS_ATTENTION
from casework.cases.glance import Glance, Words, headline, in_one_line
from casework.cases.past_rows import Former, former_of
from casework.cases.read.case_view import in_lists, row_mask, title_in
from casework.cases.read.grouped import in_groups
from casework.cases.read.listed import Filters, Fits, Found, counted, listed
from casework.cases.read.values import InWords, values_in_words
from casework.cases.references import key_of
from casework.deadlines.read import Shown, nearest
from casework.lists.asked import NOTHING, Asked, Grouping
from casework.lists.columns import Cell, Column, cells
from casework.lists.commented import comments_on, filled
from casework.lists.fitting import fitting, sources
from casework.lists.grouping import Sized, regrouped, sized
from casework.models import Case
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.privacy.principal import Principal

PAGE: Final = 50
_INSTANCE: Final = "f.instance_id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list of cases that is shown or counted. `kind`: a case type's key; `which`: open, closed or all."""

    kind: str = ""
    state: str = ""
    which: str = "open"
    asked: Asked = NOTHING

    @property
    def filters(self) -> Filters:
        return Filters("", self.kind, self.state, self.which)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`headline`: what tells it from others; `kind`: what its type is called; `cells`: one for each column.
    `deadline`: its next one."""

    id: int
    title: str
    reference: str
    state: str
    closed: bool
    source: str
    created: datetime
    updated: datetime
    kind: str = ""
    headline: tuple[Words, ...] = ()
    cells: tuple[Cell, ...] = ()
    deadline: Shown | None = None

    @property
    def about(self) -> str:
        """The headline as one text; the title where there is none."""
        return in_one_line(self.headline) or self.title

    @property
    def values(self) -> dict[str, object]:
        """What each column shows, by its dotted place."""
        return {cell.path: cell.shown for cell in self.cells}


@dataclass(frozen=True, slots=True)
class CaseList:
    """`following`: what `after` is for the next page, empty on the last. `states`: names to choose from.

    A page may have fewer rows than asked for, or none, and one that follows: where many references begin alike, a
    search looks through a part of the list at a time. `groups`: the rows again, in their groups, where it is grouped.
    """

    rows: tuple[CaseRow, ...]
    states: tuple[str, ...]
    following: str
    groups: tuple[Sized[CaseRow], ...] = ()


def case_list(
    *,
    user: User,
    now: datetime,
    reference: str = "",
    kind: str = "",
    state: str = "",
    which: str = "open",
    after: str = "",
    asked: Asked = NOTHING,
    columns: Sequence[Column] = (),
    group: Grouping | None = None,
    limit: int = PAGE,
) -> CaseList:
    """A page of at most `limit` cases, the newest first, or in the order that is asked for. `kind`: a case type's key.
    `which`: open, closed or all. `asked`: filters and order by fields of the cases. `group`: the first rows of each
    group instead; a reference is sought in no group."""
    sought = Filters(key_of(reference), kind, state, which)
    person = permissions.principal(user, None, now)
    (fits,) = _fits([asked], person)
    if group is not None and not sought.reference and asked.within is None:
        groups = _groups(in_groups(permissions.readers(user), sought, fits, group, asked.order), person, columns)
        all_rows = _completed([row for each in groups for row in each.rows], columns, now)
        return CaseList(all_rows, _states(), "", regrouped(groups, all_rows))
    found = listed(permissions.readers(user), sought, after, limit + 1, fits, asked.order)
    rows = _rows(found, sought.reference, person, columns, limit + 1)
    shown = _completed([row for _, row in rows[:limit]], columns, now)
    return CaseList(shown, _states(), _following(rows, found, limit))


def _completed(rows: Sequence[CaseRow], columns: Sequence[Column], now: datetime) -> tuple[CaseRow, ...]:
    """With what is read for all rows together: the next deadline of each case, and its comments."""
    cases = {row.id for row in rows}
    left, said = nearest(cases, now), comments_on(cases, columns)
    return tuple(replace(row, deadline=left.get(row.id), cells=filled(row.cells, said.get(row.id))) for row in rows)


def case_counts(user: User, now: datetime, wanted: Sequence[Wanted]) -> list[int]:
    """How many cases each of these lists has for this person, at most `listed.CAP` + 1."""
    fits = _fits([each.asked for each in wanted], permissions.principal(user, None, now))
    return counted(permissions.readers(user), [(each.filters, fit) for each, fit in zip(wanted, fits, strict=True)])


def _fits(asked: Sequence[Asked], person: Principal) -> list[Fits]:
    fittings = [fitting(each, person, f"list{number}_") for number, each in enumerate(asked)]
    return [
        Fits(each.probe(_INSTANCE), source, each.values)
        for each, source in zip(fittings, sources(fittings), strict=True)
    ]  # fmt: skip


Placed = tuple[str, CaseRow]
"""A row, behind `after` of what follows it."""


def _groups(
    found: Sequence[tuple[str, int, int]], person: Principal, columns: Sequence[Column]
) -> tuple[Sized[CaseRow], ...]:
    rows = _shown([case for *_, case in found], person, columns)
    return sized((value, size, rows[case]) for value, size, case in found if case in rows)


def _shown(numbers: Sequence[int], person: Principal, columns: Sequence[Column]) -> dict[int, CaseRow]:
    """The rows of these cases, by number; two statements."""
    cases = Case.objects.select_related("instance", "unit").defer("instance__items").in_bulk(numbers)
    former = former_of(case.instance_id for case in cases.values())
    return {number: _row(case, person, former.get(case.instance_id, {}), columns) for number, case in cases.items()}


def _rows(found: Found, sought: str, person: Principal, columns: Sequence[Column], wanted: int) -> list[Placed]:
    """The first rows that show what is sought. One whose reference is masked is found by its mask alone: a search that
    knew more than the reader would tell the reference letter by letter."""
    rows: list[Placed] = []
    for begin in range(0, len(found.cases), wanted):
        page = found.cases[begin : begin + wanted]
        shown = _shown([one for one, _ in page], person, columns)
        made = ((place, shown[number]) for number, place in page if number in shown)
        rows += [(place, row) for place, row in made if key_of(row.reference).startswith(sought)]
        if len(rows) >= wanted:
            break
    return rows[:wanted]


def _following(rows: Sequence[Placed], found: Found, limit: int) -> str:
    """`after` of the next page; a search that has not looked through the whole list goes on where it ended."""
    return rows[limit - 1][0] if len(rows) > limit else found.looked_to


def _states() -> tuple[str, ...]:
    """The named states of the case types that are deployed, and those of cases that left their way."""
    named = (state.name for _, case_type in newest_types() for state in case_type.states)
    return tuple(dict.fromkeys((*named, NEEDS_ATTENTION, *BY_HAND.values())))


def _row(case: Case, person: Principal, former: Former, columns: Sequence[Column]) -> CaseRow:
    definition, data = case.instance.definition_id, bytes(case.instance.data)
    person = permissions.of_case(person, case.pk)
    masked = row_mask(definition, data, person, former)
    data = NOTHING_READ if is_sealed(data) else in_lists(definition, case.instance_id, data, is_over=case.closed)
    try:
        case_type = by_definition(definition)
        seen = headline(Glance(case_type, orjson.loads(data), person, masked, _words(definition)))
        kind = case_type.name
    except Faulty:  # a version that cannot be read any more
        seen, kind = (), case.case_type
    return CaseRow(
        case.pk, title_in(masked, case.title), masked(case.reference), case.state, case.closed, masked(case.source),
        case.created, case.updated, kind, seen,
        cells(columns, definition, data, person, masked, case.unit.name if case.unit else None),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _words(definition: int) -> InWords:
    return values_in_words(by_definition(definition))
