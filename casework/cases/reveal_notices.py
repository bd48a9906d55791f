"""Who is told that somebody revealed what was masked in their case, and what are they told?

Whoever has open work of the case at that moment owns it. They are told under *For you*, as long as they may see the
case, and read the reason with the masks of their lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.models import Case, Reveal, RevealNotice
from orchestration.models import HumanTask

MOST: Final = 50
"""The newest, of a page."""
WHOLE: Final = "the whole case"
_OPEN: Final = (HumanTask.State.OPEN, HumanTask.State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Revealed:
    """`what`: the place of the field in the case's data, or the whole case."""

    case: int
    title: str
    who: str
    what: str
    reason: str
    at: datetime
    is_new: bool


def owners_tell(reveal: Reveal, at: datetime) -> None:
    """Tell whoever has open work of the case, but for who revealed it."""
    tasks = HumanTask.objects.filter(instance=reveal.case.instance_id, state__in=_OPEN, assignee__isnull=False)
    owners = set(tasks.values_list("assignee", flat=True)) - {reveal.person_id}
    RevealNotice.objects.bulk_create(RevealNotice(reveal=reveal, person_id=owner, at=at) for owner in sorted(owners))


def reveals_told(user: User, now: datetime) -> tuple[Revealed, ...]:
    """Of cases that they may see now, the newest first."""
    seen = Case.objects.filter(permissions.cases_with_right(user, "view"), pk=OuterRef("reveal__case"))
    found = RevealNotice.objects.filter(Exists(seen), person=user).select_related("reveal__case__instance")
    rows = list(found.select_related("reveal__person").defer("reveal__case__instance__items").order_by("-pk")[:MOST])
    former = former_of({row.reveal.case.instance_id for row in rows}) if rows else {}
    principal = permissions.principal(user, None, now)

    def shown(row: RevealNotice) -> Revealed:
        case, by = row.reveal.case, row.reveal.person
        data, before = bytes(case.instance.data), former.get(case.instance_id, {})
        masked = row_mask(case.instance.definition_id, data, permissions.of_case(principal, case.pk), before)
        what = " / ".join(filter(None, row.reveal.path.split("/"))) or WHOLE
        return Revealed(
            case.pk, title_in(masked, case.title), by.get_full_name() or by.get_username(), what,
            masked(row.reveal.reason), row.at, row.seen is None,
        )  # fmt: skip

    return tuple(map(shown, rows))


def reveals_seen(user: User, now: datetime) -> None:
    RevealNotice.objects.filter(person=user, seen=None).update(seen=now)
