"""How far has a person seen a case, so that the page can say what is new to them?

Kept for that person alone and not in the history of the case, of which it says nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import connection

from casework.cases.services import VIEW_AGAIN_AFTER
from casework.models import Case, Visit

# Looks that follow each other closely are one visit: what was new at its first look stays new until it is over.
_LOOKED: Final = """
insert into casework_visit as v (case_id, person_id, at, upto, before)
values (%(case)s, %(person)s, %(at)s, %(upto)s, %(upto)s)
on conflict (person_id, case_id) do update set
    before = case when v.at < %(again)s then v.upto else v.before end,
    upto = greatest(v.upto, excluded.upto), at = excluded.at
returning before
"""


def case_looked_at(*, by: User, case: Case, upto: int, now: datetime) -> int:
    """Keep that somebody sees the case up to this event. The newest event that they had seen before this visit.

    At the first visit nothing is new.
    """
    values: dict[str, int | datetime] = {
        "case": case.pk,
        "person": by.pk,
        "at": now,
        "upto": upto,
        "again": now - VIEW_AGAIN_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, values)
        return int(cursor.fetchone()[0])


def seen_before(by: User, case: Case) -> int:
    """The newest event that somebody had seen before the visit that they are in; the newest of all at the first one."""
    found = Visit.objects.filter(case=case, person=by).values_list("before", flat=True).first()
    return case.instance.head_sequence if found is None else found
