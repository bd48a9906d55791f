"""Which cases may this person see?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from casework.access import permissions
from casework.cases.case_row import BY_HAND, NEEDS_ATTENTION
from casework.cases.read.case_view import row_mask
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
    """`following`: what `after` is for the next page, empty on the last. `states`: names to choose from."""

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
    found = permissions.cases_for(user).select_related("instance")
    sought = key_of(reference)
    if reference:
        found = found.filter(reference_key__startswith=sought)
    if kind:
        found = found.filter(case_type=kind)
    if state:
        found = found.filter(state=state)
    if which in ("open", "closed"):
        found = found.filter(closed=which == "closed")
    person = permissions.principal(user, None, now)
    rows = _rows(found.order_by("-created", "-id"), after, sought, person, limit + 1)
    return CaseList(tuple(rows[:limit]), _states(), _cursor(rows[limit - 1]) if len(rows) > limit else "")


def _rows(found: QuerySet[Case], after: str, sought: str, person: Principal, wanted: int) -> list[CaseRow]:
    """The first rows that show what is sought. One whose reference is masked is found by its mask alone: a search that
    knew more than the reader would tell the reference letter by letter."""
    rows: list[CaseRow] = []
    while True:
        page = list(_beyond(found, after)[:wanted])
        rows += [row for row in (_row(case, person) for case in page) if key_of(row.reference).startswith(sought)]
        if len(page) < wanted or len(rows) >= wanted:
            return rows[:wanted]
        after = _cursor(page[-1])


def _states() -> tuple[str, ...]:
    """The named states of the case types that are deployed, and those of cases that left their way."""
    named = (state.name for _, case_type in newest_types() for state in case_type.states)
    return tuple(dict.fromkeys((*named, NEEDS_ATTENTION, *BY_HAND.values())))


def _row(case: Case, person: Principal) -> CaseRow:
    masked = row_mask(case.instance.definition_id, bytes(case.instance.data), person)
    return CaseRow(
        case.pk, masked(case.title), masked(case.reference), case.state, case.closed, masked(case.source), case.created,
        case.updated,
    )  # fmt: skip


def _cursor(case: Case | CaseRow) -> str:
    return f"{case.created.isoformat()}~{case.pk if isinstance(case, Case) else case.id}"


def _beyond(found: QuerySet[Case], after: str) -> QuerySet[Case]:
    """What comes after this case in the list; all where `after` says nothing that can be read."""
    created, _, number = after.partition("~")
    try:
        at, last = datetime.fromisoformat(created).astimezone(UTC), int(number)
    except (ValueError, OverflowError):
        return found
    return found.filter(Q(created__lt=at) | Q(created=at, pk__lt=last))
