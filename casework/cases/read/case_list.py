"""Which cases may this person see?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.case_row import BY_HAND, NEEDS_ATTENTION
from casework.cases.past_rows import Former, former_of
from casework.cases.read.case_view import row_mask
from casework.cases.read.listed import Filters, Found, Place, listed
from casework.cases.references import key_of
from casework.models import Case
from casework.studio.rule_versions import newest_types
from orchestration.privacy.masking import Principal

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: int
    title: str
    reference: str
    state: str
    closed: bool
    source: str
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class CaseList:
    """`following`: what `after` is for the next page, empty on the last. `states`: names to choose from.

    A page may have fewer rows than asked for, or none, and one that follows: where many references begin alike, a
    search looks through a part of the list at a time.
    """

    rows: tuple[CaseRow, ...]
    states: tuple[str, ...]
    following: str


def case_list(
    *,
    user: User,
    now: datetime,
    reference: str = "",
    kind: str = "",
    state: str = "",
    which: str = "open",
    after: str = "",
    limit: int = PAGE,
) -> CaseList:
    """A page of at most `limit` cases, the newest first. `kind`: a case type's key. `which`: open, closed or all."""
    asked = Filters(key_of(reference), kind, state, which)
    person = permissions.principal(user, None, now)
    found = listed(permissions.readers(user), asked, after, limit + 1)
    rows = _rows(found, asked.reference, person, limit + 1)
    return CaseList(tuple(rows[:limit]), _states(), _following(rows, found, limit))


def _rows(found: Found, sought: str, person: Principal, wanted: int) -> list[CaseRow]:
    """The first rows that show what is sought. One whose reference is masked is found by its mask alone: a search that
    knew more than the reader would tell the reference letter by letter."""
    rows: list[CaseRow] = []
    for begin in range(0, len(found.places), wanted):
        numbers = [place.case for place in found.places[begin : begin + wanted]]
        cases = Case.objects.select_related("instance").defer("instance__items").in_bulk(numbers)
        former = former_of(case.instance_id for case in cases.values())
        shown = (cases[number] for number in numbers if number in cases)
        page = (_row(case, person, former.get(case.instance_id, {})) for case in shown)
        rows += [row for row in page if key_of(row.reference).startswith(sought)]
        if len(rows) >= wanted:
            break
    return rows[:wanted]


def _following(rows: list[CaseRow], found: Found, limit: int) -> str:
    """`after` of the next page; a search that has not looked through the whole list goes on where it ended."""
    if len(rows) > limit:
        return str(Place(rows[limit - 1].created, rows[limit - 1].id))
    return str(found.looked_to or "")


def _states() -> tuple[str, ...]:
    """The named states of the case types that are deployed, and those of cases that left their way."""
    named = (state.name for _, case_type in newest_types() for state in case_type.states)
    return tuple(dict.fromkeys((*named, NEEDS_ATTENTION, *BY_HAND.values())))


def _row(case: Case, person: Principal, former: Former) -> CaseRow:
    masked = row_mask(case.instance.definition_id, bytes(case.instance.data), person, former)
    return CaseRow(
        case.pk, masked(case.title), masked(case.reference), case.state, case.closed, masked(case.source), case.created,
        case.updated,
    )  # fmt: skip
