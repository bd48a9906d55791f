"""Which of a case's work goes before other cases' once the case is hastened?

Its jobs, by a number that workers read, and its people's open tasks, which become urgent. What a task had by itself is
kept beside (`own_priority`) and is its priority again when the case is taken in its turn; what a person has said of one
task stays. When tasks followed their case stands in its history (`tasks.hastened`), so that their rows follow from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, LiteralString

from audit.db.columns import Integers
from audit.db.sql import Part
from audit.services import Fact
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.events import Event, VariablesChanged
from orchestration.engine.state import INSTANCE_ENDED, ROOT, State
from orchestration.shell.row_changes import Effects

URGENT: Final = 80
"""The priority of people's tasks in a case that goes before others; 50 is normal."""
TOLD: Final = "tasks.hastened"

JOBS_HASTENED: Final[LiteralString] = """
job_hastened as (
    update orchestration_job set priority = %(new_priority)s
    where instance_id = %(instance)s and ended is null and priority <> %(new_priority)s
      and job <> all(%(moved_jobs)s))"""
TASKS_HASTENED: Final[LiteralString] = """
task_hastened as (
    update orchestration_humantask set own_priority = priority, priority = %(urgent)s
    where instance_id = %(instance)s and state in ('open', 'suspended') and item <> all(%(moved_tasks)s)
      and own_priority is null and priority < %(urgent)s)"""
TASKS_CALMED: Final[LiteralString] = """
task_calmed as (
    update orchestration_humantask set priority = own_priority, own_priority = null
    where instance_id = %(instance)s and state in ('open', 'suspended') and item <> all(%(moved_tasks)s)
      and own_priority < priority)"""
TASKS_REOPENED: Final[Mapping[bool | None, LiteralString]] = {
    None: "",
    True: """,
        priority = case when excluded.state = 'open' and k.own_priority is null
                        then greatest(k.priority, %(urgent)s) else k.priority end,
        own_priority = case when excluded.state = 'open' and k.own_priority is null and k.priority < %(urgent)s
                            then k.priority else k.own_priority end""",
    False: """,
        priority = case when excluded.state = 'open' then coalesce(k.own_priority, k.priority) else k.priority end,
        own_priority = case when excluded.state = 'open' and k.own_priority < k.priority
                            then null else k.own_priority end""",
}
"""What else is set where a task opens again, by whether it follows its case."""


def tasks_follow(case_type: CaseType, before: State | None, after: State, found: Effects) -> bool | None:
    """Whether the tasks that are open after a step become urgent with their case, or have their own priority again;
    None: they are as they are.

    A step that opens tasks says it anew: they are to follow, and with them those that were suspended when it was said,
    or opened when cases did not hasten the work of people.
    """
    if not case_type.urgent or after.root.state in INSTANCE_ENDED:
        return None
    urgent = case_type.is_urgent(after.root.variables)
    turned = urgent is not (before is not None and case_type.is_urgent(before.root.variables))
    return urgent if turned or (found.tasks and (urgent or found.goes_on)) else None


def facts(follow: bool | None) -> list[Fact]:
    """What the history is told of it."""
    return [] if follow is None else [Fact(TOLD, {"urgent": follow})]


def followed(priority: int, own: int | None, *, urgent: bool) -> tuple[int, int | None]:
    """Priority and own priority of a task once it follows its case. What a person has said has both alike: it stays."""
    if urgent:
        return (URGENT, priority) if own is None and priority < URGENT else (priority, own)
    return (own, None) if own is not None and own < priority else (priority, own)


def priorities(opened: Iterable[tuple[int, str]], follow: bool | None) -> dict[str, Any]:
    """What `TASKS_OPENED` is given of tasks that open, each with its own priority and in which state the step leaves
    it."""
    both = [followed(own, None, urgent=bool(follow) and state == "open") for own, state in opened]
    columns = Integers(priority for priority, _ in both), Integers(own for _, own in both)
    found: dict[str, Any] = dict(zip(("task_priorities", "task_own_priorities"), columns, strict=True))
    return found if follow is None else found | {"urgent": URGENT}


def parts(
    case_type: CaseType, found: Effects, events: Iterable[Event], priority: int, follow: bool | None
) -> Iterator[Part]:
    """What gives rows that stand already another priority; what the step itself moves is left to it."""
    if case_type.urgent and any(_writes(event, case_type.urgent) for event in events):
        moved = Integers([*found.jobs_closed, *found.jobs_failed])
        yield JOBS_HASTENED, {"new_priority": priority, "moved_jobs": moved}
    if follow is not None:
        moved = Integers([*found.tasks, *found.tasks_closed, *found.left_suspended])
        yield (TASKS_HASTENED if follow else TASKS_CALMED), {"urgent": URGENT, "moved_tasks": moved}


def _writes(event: Event, variable: str) -> bool:
    if not isinstance(event, VariablesChanged) or event.instance != ROOT:
        return False
    return variable in event.changes or variable in event.removed
