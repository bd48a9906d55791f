"""Which facts about a person and a case does every page and every step ask the database for?

Each is one short statement with a plan that PostgreSQL keeps. `permissions` says what follows from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from audit.db.rows import holds
from audit.db.sql import asked
from casework.models import Case
from orchestration.models import HumanTask

OFFERED: Final = """exists (
    select from orchestration_taskcandidate c
    join orchestration_humantask t on t.id = c.task_id join casework_case f on f.instance_id = t.instance_id
    where c.task_id = %(task)s
      and (c.user_id = %(user)s
           and exists (select from casework_sight s where s.person_id = %(user)s
                       and (s.unit_id = 0 or s.unit_id = any(f.units)))
           or exists (select from casework_reach x where x.person_id = %(user)s and x.group_id = c.group_id
                      and (x.unit_id = 0 or x.unit_id = any(f.units)))))"""
REVEALED: Final = """
select r.path, '' from casework_reveal r
where r.case_id = %(case)s and r.person_id = %(person)s and r.until > %(now)s
union all
select '', w.digest from casework_ownwords w where w.case_id = %(case)s and w.person_id = %(person)s"""


def is_offered(user: User, task: HumanTask) -> bool:
    """Whether a task is offered to a group of this person, or to them by name, that holds in the unit of its case."""
    return holds(OFFERED, {"task": task.pk, "user": user.pk})


def revealed_or_own(user: User, case: Case, now: datetime) -> list[tuple[str, str]]:
    """Of a case, the places that are revealed to this person and the digests of their own words in it, a row each: the
    one or the other is empty."""
    return asked(REVEALED, {"case": case.pk, "person": user.pk, "now": now}).fetchall()
