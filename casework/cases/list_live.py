"""When has somebody's list of cases changed? One look answers for all who have theirs open, once for each reader.

What stands for the state of a list: its newest open cases, the state and the last change of each. A page of older or of
closed cases hears of these too, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.access.reach import reader
from casework.web.decorators import person
from casework.web.live import live_answer

NEWEST: Final = 200
"""Open cases of a reader that are looked at."""

_READERS: Final = """
select x.person_id, x.group_id::bigint, x.unit_id from casework_reach x where x.person_id = any(%(people)s)
union all select s.person_id, -s.person_id, s.unit_id from casework_sight s where s.person_id = any(%(people)s)
union all select u.id, 0, 0 from auth_user u where u.id = any(%(people)s) and u.is_superuser
union all select w.person_id, 0, w.unit_id from (
    select x.person_id, x.unit_id, o.permission_id from casework_reach x
    join auth_group_permissions o on o.group_id = x.group_id where x.person_id = any(%(people)s)
    union select o.user_id, coalesce(h.unit_id, 0), o.permission_id from auth_user_user_permissions o
    left join casework_homeunit h on h.person_id = o.user_id where o.user_id = any(%(people)s)) w
join auth_permission p on p.id = w.permission_id and p.codename = 'view_case'
join django_content_type t on t.id = p.content_type_id and t.app_label = 'casework' and t.model = 'case'"""
_STATES: Final = """
select r.id, md5(string_agg(f.id || l.state || f.updated, '' order by l.created desc, f.id desc))
from unnest(%(readers)s::bigint[]) r(id) cross join lateral (
    select l.case_id, l.state, l.created from casework_listedcase l where l.reader = r.id and not l.closed
    order by l.created desc, l.case_id desc limit %(newest)s) l
join casework_case f on f.id = l.case_id group by r.id"""


def list_states(people: Collection[int]) -> dict[int, str]:
    """For each of these people what stands for the state of their list of cases; two statements for all."""
    readers: dict[int, list[int]] = {number: [] for number in people}
    for who, group, unit in _read(_READERS, {"people": list(people)}):
        readers[who].append(reader(group, unit))
    every = sorted({one for each in readers.values() for one in each})
    states = dict(_read(_STATES, {"readers": every, "newest": NEWEST}))
    return {
        who: sha256(repr([states.get(one) for one in sorted(each)]).encode()).hexdigest()[:32]
        for who, each in readers.items()
    }


def _read(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


class ListChanges:
    """Subjects are people. Any step may change a case that any of them sees."""

    name = "lists of cases"

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return watched

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        return list_states(subjects)

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Everybody sees their own, as long as they are active."""
        active = User.objects.filter(pk__in={who for who, _ in pairs}, is_active=True).values_list("pk", flat=True)
        return {(who, who) for who in active}.intersection(pairs)


LIST_CHANGES: Final = ListChanges()


@login_required
@require_safe
def cases_live(request: HttpRequest) -> HttpResponse:
    return live_answer(request, LIST_CHANGES, person(request).pk)
