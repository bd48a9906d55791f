"""Has anything changed that waits for somebody beside their inbox: failures, agents' wishes, notices?

One statement answers for all who look.

What stands for the state of it changes with each incident and proposal of a case that they see, whether it is theirs to
decide or not: the page then asks for what it shows through the ordinary door.
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
from casework.web.decorators import person
from casework.web.live import live_answer
from casework.web.own_list import OwnList
from orchestration.ground import clock

TOLD: Final = 100
"""Comments that a person is told of, the newest, which are looked at."""

_STATES: Final = f"""
with mine as materialized ({READERS}),
waits(instance, what) as (
    select i.instance_id, 'i' || i.id from orchestration_incident i where i.resolved is null
    union all select r.instance_id, 'p' || p.id || p.expires from orchestration_agentproposal p
    join orchestration_agentrun r on r.id = p.run_id
    where p.state = 'held' and p.expires > %(now)s and r.ended is null),
of_reader as materialized (
    select l.reader, md5(string_agg(w.what, ' ' order by w.what)) as state
    from waits w join casework_case f on f.instance_id = w.instance join casework_listedcase l on l.case_id = f.id
    where l.reader in (select m.reader from mine m) group by l.reader)
select m.person, string_agg(distinct m.reader || s.state, ' ')
from mine m join of_reader s on s.reader = m.reader group by m.person
union all
select u.id, md5(string_agg(concat_ws(' ', n.id, n.seen, n.withdrawn, n.tellings), ' ' order by n.id))
from unnest(%(people)s::bigint[]) u(id) cross join lateral (
    select n.id, n.seen, c.withdrawn, c.tellings from casework_commentnotice n
    join casework_comment c on c.id = n.comment_id
    where n.person_id = u.id order by n.at desc, n.id desc limit %(told)s) n group by u.id
union all
select u.id, md5(string_agg(concat_ws(' ', n.id, n.seen), ' ' order by n.id))
from unnest(%(people)s::bigint[]) u(id) join casework_revealnotice n on n.person_id = u.id group by u.id
union all
select u.id, md5(string_agg(concat_ws(' ', n.id, n.seen), ' ' order by n.id))
from unnest(%(people)s::bigint[]) u(id) join casework_deadlinenotice n on n.person_id = u.id group by u.id"""  # noqa: S608 - of texts that stand in the code


def waiting_states(people: Collection[int]) -> dict[int, str]:
    """For each of these people what stands for what waits for them; one statement for all."""
    found: dict[int, list[str]] = {number: [] for number in people}
    with cursor() as plain:
        values = {"people": list(people), "now": clock.utc_now(), "told": TOLD}
        for who, state in plain.execute(_STATES, values).fetchall():
            found[who].append(state)
    return {who: sha256(repr(states).encode()).hexdigest()[:32] for who, states in found.items()}


WAITING: Final = OwnList("what waits for people", waiting_states)


@login_required
@require_safe
def waiting_live(request: HttpRequest) -> HttpResponse:
    return live_answer(request, WAITING, person(request).pk)
