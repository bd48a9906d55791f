"""What stands in the database about a person and a case, which every page and every step asks?

Each is one short statement with a plan that PostgreSQL keeps. `permissions` says what follows from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from audit.db.rows import holds
from audit.db.sql import cursor
from casework.models import Case
from orchestration.models import HumanTask

OFFERED: Final = """exists (
    select from orchestration_taskcandidate c
    where c.task_id = %(task)s
      and (c.user_id = %(user)s
           or c.group_id in (select g.group_id from auth_user_groups g where g.user_id = %(user)s)))"""
GROUPS: Final = """
select g.id, g.name, c.level from auth_user_groups u
join auth_group g on g.id = u.group_id left join casework_groupclearance c on c.group_id = g.id
where u.user_id = %(person)s order by g.name"""
REVEALED: Final = """
select r.path, '' from casework_reveal r
where r.case_id = %(case)s and r.person_id = %(person)s and r.until > %(now)s
union all
select '', w.digest from casework_ownwords w where w.case_id = %(case)s and w.person_id = %(person)s"""


def is_offered(user: User, task: HumanTask) -> bool:
    """Whether a task is offered to a group of this person, or to them by name."""
    return holds(OFFERED, {"task": task.pk, "user": user.pk})


def groups_with_clearance(user: User) -> list[tuple[int, str, str | None]]:
    """The person's groups in the order of their names: number, name, clearance."""
    with cursor() as plain:
        return plain.execute(GROUPS, {"person": user.pk}).fetchall()


def revealed_or_own(user: User, case: Case, now: datetime) -> list[tuple[str, str]]:
    """Of a case, the places that are revealed to this person and the digests of their own words in it, a row each: the
    one or the other is empty."""
    with cursor() as plain:
        return plain.execute(REVEALED, {"case": case.pk, "person": user.pk, "now": now}).fetchall()
