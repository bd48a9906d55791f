"""Which closed cases gave an answer that was made from a document which was withdrawn since, and have no task for it?

Nothing fails there and nothing waits, so it stands apart from what needs attention: whoever works such cases sees whom
to tell, for as long as it is news. There is no task where the case type that has it is not deployed
(`orchestration.knowledge.withdrawal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.past_rows import Former, former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.models import Case
from orchestration.models import KnowledgeUse
from orchestration.privacy.principal import Principal

MOST: Final = 50
NEWS_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outdated:
    """`document`: the newest of the withdrawn ones; by its name alone, for nobody may read it any more."""

    case: int
    title: str
    document: str
    withdrawn: datetime


def outdated(user: User, now: datetime) -> tuple[Outdated, ...]:
    """At most MOST of them, what was withdrawn last at the top, masked for this reader."""
    mine = Case.objects.filter(permissions.cases_with_right(user, "work"), closed=True)
    uses = KnowledgeUse.objects.filter(
        told__isnull=False, review=0, piece__document__withdrawn__gte=now - NEWS_FOR, job__instance__case__in=mine
    ).order_by("-piece__document__withdrawn", "-job__instance")  # fmt: skip
    told = uses.values_list("job__instance", "piece__document__name", "piece__document__withdrawn")
    newest: dict[int, tuple[str, datetime]] = {}
    for instance, name, withdrawn in told[: 20 * MOST]:
        if withdrawn is not None:
            newest.setdefault(instance, (name, withdrawn))
    cases = {row.instance_id: row for row in Case.objects.filter(instance__in=newest).select_related("instance")}
    person, former = permissions.principal(user, None, now), former_of(cases)
    return tuple(
        Outdated(case.pk, _title(case, person, former.get(instance, {})), name, withdrawn)
        for instance, (name, withdrawn) in list(newest.items())[:MOST] if (case := cases.get(instance)) is not None
    )  # fmt: skip


def _title(case: Case, person: Principal, former: Former) -> str:
    return title_in(
        row_mask(case.instance.definition_id, bytes(case.instance.data), permissions.of_case(person, case.pk), former),
        case.title,
    )
