"""Which cases did this person look at last, as far as they may still see them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.past_rows import Former, former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.models import Case, Visit
from orchestration.privacy.principal import Principal

MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Recent:
    id: int
    title: str


def recently_viewed(user: User, now: datetime) -> tuple[Recent, ...]:
    """The newest first, with titles as this person may see them."""
    theirs = Visit.objects.filter(permissions.listed_for(user, "case"), person=user).order_by("-at", "-pk")
    visits = list(theirs.select_related("case__instance").defer("case__instance__items")[:MOST])
    former = former_of(visit.case.instance_id for visit in visits)
    person = permissions.principal(user, None, now)
    return tuple(Recent(one.pk, _title(one, person, former)) for one in (visit.case for visit in visits))


def _title(case: Case, person: Principal, former: Mapping[int, Former]) -> str:
    reader, past = permissions.of_case(person, case.pk), former.get(case.instance_id, {})
    return title_in(row_mask(case.instance.definition_id, bytes(case.instance.data), reader, past), case.title)
