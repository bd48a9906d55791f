"""Among which tasks is the inbox measured, and by whom? Ten a case, offered to eight teams, by eight people.

Each case says something in ten fields that lists know, skewed as such fields are: a few values are frequent, most rare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString

from django.contrib.auth.models import Group, User
from django.db import connection

from casework.models import GroupClearance
from tests.benchmarks.inbox import CASES, FACES

EACH: Final = 10
"""Tasks of a case."""
TEAMS: Final = tuple(f"desk team {number}" for number in range(8))
SMALL: Final = ("desk twenty", "desk late")
"""Teams that few tasks are offered to."""
PEOPLE: Final[dict[str, tuple[str, ...]]] = {
    "of one team": TEAMS[:1], "of eight teams": TEAMS, "twenty tasks": SMALL[:1], "the last thousand due": SMALL[1:],
    "offered by name": (), "has taken three thousand": TEAMS[1:2], "snoozes three hundred": TEAMS[2:3], "none": (),
}  # fmt: skip
"""The eight kinds of people, by the teams that they are in."""

_TASKS: Final = """
insert into orchestration_humantask (instance_id, item, definition_item, name, form, state, priority, due, created)
select -(1 + n / %(each)s), 1000 + n %% %(each)s, 'check_draft', 'Check the draft', 'review', 'open',
       case when n %% 13 = 0 then 80 when n %% 7 = 0 then 20 else 50 end,
       now() + (n - %(tasks)s / 20) * interval '1 second', now() - interval '1 day'
from generate_series(%(from)s::bigint * %(each)s, %(to)s * %(each)s - 1) n"""
_OFFERS: Final = """
insert into orchestration_taskcandidate (task_id, instance_id, group_id, due, assigned, suspended)
select t.id, t.instance_id, (%(teams)s::bigint[])[1 + t.id %% 8], t.due, false, false from orchestration_humantask t
where t.instance_id between -%(to)s and -%(from)s - 1"""
_VALUES: Final[tuple[LiteralString, ...]] = (
    "'intent.label', 0, (array['lost_card','double_charge','fees','delay','login'])[1 + (n * n) % 5], null, null",
    "'intent.confidence', 0, null, (n % 100) / 100.0, null",
    "'sentiment.label', 0, case n % 4 when 0 then 'negative' when 1 then 'positive' else 'neutral' end, null, null",
    "'channel', 0, case when n % 50 = 0 then 'letter' when n % 3 = 0 then 'email' else 'web' end, null, null",
    "'received', 0, null, null, now() - (n % 300) * interval '1 day'",
    "'amount', 0, null, 10 + (n * 7919 % 100000) / 100.0, null",
    "'about', 0, case when n % 500 = 0 then 'rare' else 'fees' end, null, null",
    "'purchase.receipt', 0, 'r-' || (2020 + n % 6) || '-' || n, null, null",
    "'customer.name', 2, 'person ' || n % 5000, null, null",
    "'#hurry', 0, 'hurry', null, null",
)
_LISTED: Final[LiteralString] = """
insert into casework_listedvalue (instance_id, field, level, words, number, moment)
select -n, v.field, v.level, v.words, v.number::float8, v.moment::timestamptz
from generate_series(%(from)s::bigint + 1, %(to)s) n
cross join lateral (values {}) v(field, level, words, number, moment) where v.field <> '#hurry' or n %% 40 = 0"""
_FEW: Final = """
insert into orchestration_taskcandidate (task_id, instance_id, group_id, due, assigned, suspended)
select t.id, t.instance_id, %(group)s, t.due, false, false from orchestration_humantask t where t.instance_id < 0
order by t.due {order} limit %(most)s"""
_NAMED: Final = """
insert into orchestration_taskcandidate (task_id, instance_id, user_id, due, assigned, suspended)
select t.id, t.instance_id, %(person)s, t.due, false, false from orchestration_humantask t
where t.instance_id < 0 and t.id %% 97 = 0 order by t.id limit 500"""
_TAKEN: Final = """
with taken as (
    update orchestration_humantask t set assignee_id = %(person)s from (
        select c.task_id from orchestration_taskcandidate c where c.group_id = %(group)s order by c.due limit 3000) c
    where t.id = c.task_id returning t.id)
update orchestration_taskcandidate c set assigned = true from taken where c.task_id = taken.id"""
_SNOOZED: Final = """
insert into casework_snooze (person_id, task_id, at, until, on_change, reason)
select %(person)s, c.task_id, now(), now() + interval '1 year', false, '' from orchestration_taskcandidate c
where c.group_id = %(group)s and c.due > now() + interval '1 hour' order by c.due limit 300"""


def load(instance: int, tasks: int) -> Iterator[str]:
    """Make so many open tasks beside this case, and the people; says how far it is."""
    values = {"from": 0, "to": tasks // EACH, "instance": instance, "each": EACH, "tasks": tasks}
    teams = [_group(name) for name in TEAMS]
    with connection.cursor() as cursor:
        cursor.execute(CASES, values | {"from": 1})
        cursor.execute(FACES, values | {"from": 1})
        cursor.execute(_LISTED.format(", ".join(f"({each})" for each in _VALUES).replace("%", "%%")), values)
        yield f"{tasks // EACH:,} cases with what lists know of them"
        cursor.execute(_TASKS, values)
        cursor.execute(_OFFERS, values | {"teams": [team.pk for team in teams]})
        yield f"{tasks:,} open tasks, each offered to a team"
        for name, order, most in (("desk twenty", "asc", 20), ("desk late", "desc", 1000)):
            cursor.execute(_FEW.format(order=order), {"group": _group(name).pk, "most": most})
        _let_in()
        cursor.execute("vacuum analyze")


def _let_in() -> None:
    people = {kind: User.objects.create(username=f"desk {number}") for number, kind in enumerate(PEOPLE)}
    for kind, names in PEOPLE.items():
        people[kind].groups.set([_group(name) for name in names])
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"person": people["offered by name"].pk})
        for kind, statement in (("has taken three thousand", _TAKEN), ("snoozes three hundred", _SNOOZED)):
            cursor.execute(statement, {"person": people[kind].pk, "group": _group(PEOPLE[kind][0]).pk})


def person(kind: str) -> User:
    return User.objects.get(username=f"desk {list(PEOPLE).index(kind)}")


def _group(name: str) -> Group:
    """A team that reads what is confidential, so that amounts are offered to it as a field to filter by."""
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        GroupClearance.objects.create(group=group, level="confidential")
    return group
