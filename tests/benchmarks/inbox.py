"""How long does the first page of the inbox take, for four people, among few and many open tasks?"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group, User
from django.db import connection

from casework.intake.services import Opened, case_open
from casework.tasks.inbox import inbox_page
from orchestration.ground import clock
from tests.benchmarks.ratios import middle, timed

TASKS_A_CASE = 10
PEOPLE = {"many": "all but a few", "few": "twenty", "late": "only the last thousand due", "none": "none"}

CASES = """
insert into orchestration_instance (id, definition_id, status, items, data, head_sequence, head_digest, created)
select -n, i.definition_id, i.status, i.items, i.data, 0, i.head_digest, i.created
from orchestration_instance i, generate_series(%(from)s::bigint, %(to)s) n where i.id = %(instance)s;
"""
FACES = """
insert into casework_case (instance_id, case_type, source, reference, reference_key, title, state, closed, created,
                           updated)
select -n, c.case_type, 'bench', 'inbox ' || n, 'inbox ' || n, c.title, c.state, false, c.created, c.updated
from casework_case c, generate_series(%(from)s::bigint, %(to)s) n where c.instance_id = %(instance)s;
"""
TASKS = """
with task as (
    insert into orchestration_humantask (instance_id, item, definition_item, name, form, state, priority, due, created)
    select -(1 + n / %(each)s), 1000 + n %% %(each)s, 'check', 'Approve the answer', 'review', 'open', 50,
           now() + n * interval '1 second', now()
    from generate_series(%(from)s::bigint * %(each)s, %(to)s * %(each)s - 1) n returning id, due, instance_id, item)
insert into orchestration_taskcandidate (task_id, instance_id, group_id, due, assigned)
select id, instance_id, %(group)s, due, false from task;
"""


def first_pages() -> Iterator[str]:
    """Median milliseconds of the whole selector (page and counts) for each person, at 10,000 and 300,000 open tasks."""
    opened = case_open(by=None, case_type="complaint", reference="inbox", source="bench", data={"message": "Where?"})
    assert isinstance(opened, Opened)
    before = 0
    for tasks in (10_000, 300_000):
        _fill(opened.case.instance_id, before, tasks // TASKS_A_CASE)
        before = tasks // TASKS_A_CASE
        yield f"{tasks:>7,} open tasks: " + ", ".join(f"{name} {_first_page(name):.1f} ms" for name in PEOPLE)
    yield "people: " + "; ".join(f"{name} = may take {what}" for name, what in PEOPLE.items())


def _fill(instance: int, before: int, cases: int) -> None:
    """Open tasks for `many`; of them the first twenty also for `few`, the last thousand also for `late`."""
    groups = {name: Group.objects.get_or_create(name=f"bench {name}")[0].pk for name in PEOPLE}
    for name, group in groups.items():
        User.objects.get_or_create(username=f"bench {name}")[0].groups.set([group])
    values = {"from": before + 1, "to": cases, "instance": instance, "group": groups["many"]}
    with connection.cursor() as cursor:
        cursor.execute(CASES, values)
        cursor.execute(FACES, values)
        cursor.execute(TASKS, values | {"from": before, "each": TASKS_A_CASE})
        cursor.execute("delete from orchestration_taskcandidate where group_id = any(%s)",
                       [[groups["few"], groups["late"]]])  # fmt: skip
        for name, order, most in (("few", "asc", 20), ("late", "desc", 1000)):
            cursor.execute(
                "insert into orchestration_taskcandidate (task_id, instance_id, group_id, due, assigned) "
                f"select task_id, instance_id, %s, due, false from orchestration_taskcandidate where group_id = %s "
                f"order by due {order} limit {most}", [groups[name], groups["many"]],
            )  # fmt: skip
        cursor.execute("analyze")


def _first_page(name: str) -> float:
    user = User.objects.get(username=f"bench {name}")
    return middle([timed(lambda: inbox_page(user=user, tab="groups", now=clock.utc_now()), 5) for _ in range(9)])
