"""To whom is a new task given automatically?

The rules of the case type say how to choose (`orchestration.jobs.people`) among those whom the task is offered to: who
is there, may work the case, is not barred by what they did in it before, and has the skill. Asked once for each task,
after the commit that opened it; where nobody fits it stays with its group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Q

from audit.services import Origin
from casework.access.permissions import rights
from casework.access.separation_of_duties import done_before
from casework.models import AutoAssignment, Considered, Turn
from casework.tasks.assigning import LISTED, Gift, keep_gift
from casework.tasks.under_lock import locked_task
from orchestration.ground import clock
from orchestration.jobs.people import ROUND_ROBIN, SAME_PERSON, Advice, advice
from orchestration.models import HumanTask
from orchestration.shell import savepoint
from orchestration.shell.nudges import nudge_people

AT_ONCE: Final = 200
SETTLED: Final = timedelta(seconds=60)
"""After so long a task that was opened is there for all to see, and has been asked about often enough."""
ORIGIN: Final = Origin("system:assignment")
WORKS: Final = frozenset(("view", "work"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who could be given a task. `load`: open tasks that they have; `last`: when they had their last turn."""

    person: User
    load: int
    last: datetime | None


def ask_again() -> None:
    """Have a worker look for tasks whose nudge was lost, where any are given out by rule."""
    if AutoAssignment.objects.filter(enabled=True).exists():
        nudge_people()


def assign_new() -> int:
    """Give out what is new; how many tasks that were. Each by itself."""
    return sum(_assign_of(switch) for switch in AutoAssignment.objects.filter(enabled=True))


def _assign_of(switch: AutoAssignment) -> int:
    settled = clock.utc_now() - SETTLED
    upto = HumanTask.objects.filter(created__lt=settled).order_by("-pk").values_list("pk", flat=True).first() or 0
    tasks = HumanTask.objects.filter(pk__gt=switch.upto, state=HumanTask.State.OPEN, assignee=None, considered=None)
    new = list(tasks.filter(instance__case__case_type=switch.case_type).order_by("pk")[:AT_ONCE])
    given = sum(bool(savepoint.tried("task not given by rule", task, assign_by_rule, task)) for task in new)
    if len(new) < AT_ONCE and upto > switch.upto:
        AutoAssignment.objects.filter(pk=switch.pk, upto=switch.upto).update(upto=upto)
        Considered.objects.filter(task__lte=upto, task__instance__case__case_type=switch.case_type).delete()
    return given


@transaction.atomic
def assign_by_rule(task: HumanTask) -> bool:
    """Ask the rules about a task that nobody has; whether somebody has it now."""
    case, row = locked_task(task)
    _, is_first = Considered.objects.get_or_create(task=row)
    if not is_first or row.state != HumanTask.State.OPEN or row.assignee_id is not None:
        return False
    groups = sorted(row.candidates.exclude(group=None).values_list("group__name", flat=True))
    known = {"step": row.definition_item, "name": row.name, "priority": row.priority, "groups": groups}
    told = advice(case.case_type, case.state, row.item, known, case.at)
    to = None if told is None else _chosen(row, told, case.at)
    if told is None or to is None:
        return False
    keep_gift(case, row, Gift(to), ORIGIN, {"rule": told.rule, "how": told.strategy})
    Turn.objects.update_or_create(person=to, defaults={"at": case.at})
    return True


def _chosen(row: HumanTask, told: Advice, now: datetime) -> User | None:
    """The first, in the order of the strategy, who may do it."""
    case = row.instance.case
    fit = (choice for choice in _ordered(_choices(row, told, now), row, told) if rights(choice.person, case) >= WORKS)
    return next((choice.person for choice in fit if not done_before(choice.person, row)), None)


def _choices(row: HumanTask, told: Advice, now: datetime) -> Iterable[Choice]:
    offered = Q(groups__in=row.candidates.exclude(group=None).values("group"))
    offered |= Q(pk__in=row.candidates.exclude(user=None).values("user"))
    people = User.objects.filter(offered, is_active=True).exclude(absence__until__gt=now)
    if told.group:
        people = people.filter(pk__in=User.objects.filter(groups__name=told.group))
    if told.skill:
        people = people.filter(pk__in=User.objects.filter(
            skills__name=told.skill.strip().lower(), skills__level__gte=told.level
        ))  # fmt: skip
    found = people.annotate(
        load=Count("tasks", filter=Q(tasks__state=HumanTask.State.OPEN), distinct=True), last=F("turn__at")
    ).order_by("pk")[:LISTED]
    choices = (Choice(each, vars(each)["load"], vars(each)["last"]) for each in found)
    return (choice for choice in choices if not told.most or choice.load < told.most)


def _ordered(choices: Iterable[Choice], row: HumanTask, told: Advice) -> list[Choice]:
    if told.strategy == ROUND_ROBIN:
        return sorted(choices, key=_turn)
    owner = _owner(row) if told.strategy == SAME_PERSON else None
    least: Callable[[Choice], Any] = lambda choice: (choice.person.pk != owner, choice.load, _turn(choice))  # noqa: E731
    return sorted(choices, key=least)


def _turn(choice: Choice) -> tuple[float, int]:
    return 0.0 if choice.last is None else choice.last.timestamp(), choice.person.pk


def _owner(row: HumanTask) -> int | None:
    """Who finished the last task of this case."""
    done = HumanTask.objects.filter(instance=row.instance_id, state=HumanTask.State.COMPLETED).exclude(assignee=None)
    return done.order_by("-ended", "-pk").values_list("assignee", flat=True).first()
