"""Which comments is somebody told of: that name them, answer them, or stand on a case that they follow?

Only of cases that they may still see, masked as their lists are. Told of is seen when its case's comments were opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet

from audit.db.sql import cursor
from audit.sealed_values import read_or_none
from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import row_mask, title_in
from casework.cases.read.timeline import actor_name
from casework.models import Case, CommentNotice

MOST: Final = 100
"""The newest, of a page."""
SAID: Final = """
select k.chain, k.sequence, p.body from unnest(%(chains)s::bigint[], %(numbers)s::integer[]) as k(chain, sequence)
join audit_auditpayload p on p.chain = k.chain and p.sequence = k.sequence"""


@dataclass(frozen=True, slots=True)
class ToldOf:
    """`why`: in words, after the name of `who`; `text`: empty where it was withdrawn or erased."""

    case: int
    number: int
    title: str
    who: str
    why: str
    at: datetime
    text: str
    is_new: bool


def told_of(user: User, now: datetime) -> tuple[ToldOf, ...]:
    """The newest, whatever came of them."""
    found = theirs(user).select_related("comment__case__instance").defer("comment__words")
    rows = list(found.defer("comment__case__instance__items").order_by("-at", "-pk")[:MOST])
    cases = {row.comment.case.instance_id: row.comment.case for row in rows}
    said, former = _said(rows), former_of(cases)
    person, names = permissions.principal(user, None, now), actor_names({row.comment.by for row in rows})

    def shown(row: CommentNotice) -> ToldOf:
        one, instance = row.comment, row.comment.case.instance
        reader = permissions.of_case(person, one.case_id)
        masked = row_mask(
            instance.definition_id,
            bytes(instance.data),
            reader,
            former.get(instance.pk, {}),
        )
        text = said.get((instance.pk, one.tellings[-1]), "") if one.withdrawn is None else ""
        return ToldOf(
            one.case_id, one.number, title_in(masked, one.case.title), actor_name(one.by, names), row.get_why_display(),
            row.at, masked(text), row.seen is None,
        )  # fmt: skip

    return tuple(map(shown, rows))


def theirs(user: User) -> QuerySet[CommentNotice]:
    """Of cases that they may see now; as old as what this page knows of them."""
    seen = Case.objects.filter(permissions.cases_with_right(user, "view"), pk=OuterRef("comment__case"))
    return CommentNotice.objects.filter(Exists(seen), person=user)


def seen_in(user: User, case: Case, now: datetime) -> None:
    """They have the comments of this case before them."""
    if "is_viewed" not in user.__dict__:  # somebody else looks through their eyes (`viewing`)
        CommentNotice.objects.filter(person=user, comment__case=case, seen=None).update(seen=now)


def all_seen(user: User, now: datetime) -> None:
    CommentNotice.objects.filter(person=user, seen=None).update(seen=now)


def _said(rows: list[CommentNotice]) -> dict[tuple[int, int], str]:
    """What they say, by chain and event; one statement."""
    asked: dict[str, Any] = {
        "chains": [row.comment.case.instance_id for row in rows],
        "numbers": [row.comment.tellings[-1] for row in rows],
    }
    with cursor() as plain:
        found = plain.execute(SAID, asked).fetchall()
    read = ((chain, number, read_or_none(body)) for chain, number, body in found)
    return {(chain, number): detail.get("text", "") for chain, number, detail in read if isinstance(detail, dict)}
