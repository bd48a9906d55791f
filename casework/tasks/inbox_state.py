"""Does an inbox still show what it showed? A short text for each person that changes with their first tasks and counts.

The tasks of a group are read once for all of its people, at most CAP + 1 of them, by the index that the inbox uses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from casework.tasks.barred import barred_relation
from casework.tasks.inbox import CAP, SOON
from casework.tasks.inbox_statements import OFFER_TROUBLED, TASK_TROUBLED
from casework.tasks.snooze import SLEEPING

_GROUPS: Final = """
select x.person_id, x.group_id, 0 from casework_reach x where x.person_id = any(%(people)s) and x.unit_id = 0
union select x.person_id, x.group_id, b.id from casework_reach x
join casework_businessunit b on x.unit_id = any(b.path) where x.person_id = any(%(people)s)
order by 1, 2, 3"""
_SIGN: Final = f"case when {OFFER_TROUBLED} then '!' else '' end"
_SIGN_OF_OWN: Final = f"case when {TASK_TROUBLED} then '!' else '' end"
_OF_GROUP: Final = """
(select c.task_id, c.due, c.assigned, c.suspended,
        case when c.suspended then '=' when c.assigned then '-' else '+' end || {troubled} as sign
 from orchestration_taskcandidate c where c.group_id = g.id and {where}
 order by c.due, c.task_id limit %(limit)s)"""
_OFFERED: Final = f"""
select g.id, g.unit, md5(string_agg(c.task_id || c.sign, '' order by c.due, c.task_id)),
       count(*) filter (where c.due <= %(soon)s and not c.suspended)
from unnest(%(groups)s::bigint[], %(units)s::bigint[]) as g(id, unit) cross join lateral (
    {_OF_GROUP.format(where="g.unit = 0", troubled=_SIGN)}
    union all {_OF_GROUP.format(where="c.unit = g.unit and c.unit <> 0", troubled=_SIGN)}) c
group by g.id, g.unit"""  # noqa: S608 - of a text that stands in the code
_OWN: Final = """
select p.id, md5(string_agg(t.id || t.kind, '' order by t.due, t.id)),
       count(*) filter (where t.due <= %(soon)s and t.kind <> 'z')
from unnest(%(people)s::bigint[]) as p(id) cross join lateral (
    (select t.id, t.due, left(t.state, 1) || {TROUBLED_OWN} as kind from orchestration_humantask t
     where t.assignee_id = p.id and t.state in ('open', 'suspended') order by t.due, t.id limit %(limit)s)
    union all
    (select c.task_id, c.due, case when c.suspended then '=' when c.assigned then '-' else '+' end || {TROUBLED}
     from orchestration_taskcandidate c
     where c.user_id = p.id order by c.due, c.task_id limit %(limit)s)
    union all
    (select z.task_id, t.due, 'z' from {SLEEPING} and z.person_id = p.id)
    union all
    (select b.task_id, t.due, 'z' from auth_user u join {BARRED} b on b.who in (
         '#' || u.id, 'person:' || u.username, '=' || lower(u.username), '=' || lower(u.email),
         '=' || lower(concat_ws(' ', u.first_name, u.last_name)))
     join orchestration_humantask t on t.id = b.task_id and t.state in ('open', 'suspended') where u.id = p.id)) t
group by p.id"""


def inbox_states(people: Collection[int], now: datetime) -> dict[int, str]:
    """For each of these people what stands for the state of their inbox; three statements for all."""
    held: dict[int, list[tuple[int, int]]] = {person: [] for person in people}
    for person, group, unit in _read(_GROUPS, {"people": list(people)}):
        held[person].append((group, unit))
    every = sorted({each for one in held.values() for each in one})
    values = {
        "people": list(people), "groups": [group for group, _ in every], "units": [unit for _, unit in every],
        "now": now, "soon": now + SOON, "limit": CAP + 1,
    }  # fmt: skip
    offered = {(group, unit): state for group, unit, *state in _read(_OFFERED, values)}
    of_own = _OWN.format(BARRED=barred_relation(), SLEEPING=SLEEPING, TROUBLED=_SIGN, TROUBLED_OWN=_SIGN_OF_OWN)
    own = {person: state for person, *state in _read(of_own, values)}
    return {person: _short([own.get(person), [offered.get(each) for each in held[person]]]) for person in people}


def _short(state: object) -> str:
    return sha256(repr(state).encode()).hexdigest()[:32]


def _read(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
