"""When has somebody's list of cases changed? One look answers for all who have theirs open, once for each reader.

What stands for the state of a list: its newest open cases, the state and the last change of each. A page of older or of
closed cases hears of these too, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit.db.sql import cursor
from casework.access.reach import READERS
from casework.cases.waiting_live import waiting_states
from casework.web.decorators import person
from casework.web.live import live_answer
from casework.web.own_list import OwnList

NEWEST: Final = 200
"""Open cases of a reader that are looked at."""

_STATES: Final = f"""
with mine as materialized ({READERS}),
of_reader as materialized (
    select r.id, md5(string_agg(f.id || l.state || f.updated, '' order by l.created desc, f.id desc)) as state
    from (select distinct m.reader from mine m) r(id) cross join lateral (
        select l.case_id, l.state, l.created from casework_listedcase l where l.reader = r.id and not l.closed
        order by l.created desc, l.case_id desc limit %(newest)s) l
    join casework_case f on f.id = l.case_id group by r.id)
select m.person, string_agg(distinct m.reader || coalesce(s.state, ''), ' ')
from mine m left join of_reader s on s.id = m.reader group by m.person"""  # noqa: S608 - of texts that stand in the code


def list_states(people: Collection[int]) -> dict[int, str]:
    """For each of these people what stands for all that the page of their cases shows: these, and what is counted in
    the bar above them. Two statements for all."""
    waiting = waiting_states(people)
    with cursor() as plain:
        found = dict(plain.execute(_STATES, {"people": list(people), "newest": NEWEST}).fetchall())
    return {who: sha256(found.get(who, "").encode()).hexdigest()[:32] + waiting[who] for who in people}


LIST_CHANGES: Final = OwnList("lists of cases", list_states)


@login_required
@require_safe
def cases_live(request: HttpRequest) -> HttpResponse:
    return live_answer(request, LIST_CHANGES, person(request).pk)
