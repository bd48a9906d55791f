"""When does time begin a case?

The timer start events of the newest version of each case type stand as rows with an index (BPMN 2.0, 10.4.2): deploying
a version writes them, the sweep of the clock fires what is due. Each moment of a schedule begins exactly one case: the
row is locked while the case begins, and moves on in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from audit.services import Origin
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.bpmn.model import Starter
from orchestration.engine.bpmn.view import first_moment, starters
from orchestration.engine.timers import Schedule
from orchestration.ground import clock
from orchestration.ground.limits import engine_limits
from orchestration.jobs import retry
from orchestration.messaging import start_events
from orchestration.models import Definition, StartTimer
from orchestration.shell.services import Done

MOST_REPEATS: Final = 2**63 - 1


def follow(definition: Definition, case_type: CaseType, now: datetime) -> None:
    """From now on this version's timers begin cases, and no other's.

    One that stands in the version before too, with the same words, goes on where it is: publishing a change of
    something else neither begins its schedule anew nor begins a case a second time.
    """
    found = StartTimer.objects.filter(definition__key=definition.key).select_for_update(of=("self",)).order_by("pk")
    standing = {(row.process, row.node, row.written): row for row in found}
    wanted = {(key, one.at, _written(one)): one for key, one in starters(case_type.library) if one.kind == "timer"}
    for (process, node, written), starter in wanted.items():
        row = standing.pop((process, node, written), None)
        if row is None:
            _begin(definition, process, node, written, first_moment(starter, now, engine_limits()))
        elif row.definition_id != definition.pk:
            StartTimer.objects.filter(pk=row.pk).update(definition=definition)
    StartTimer.objects.filter(pk__in=[row.pk for row in standing.values()]).delete()


def _written(starter: Starter) -> str:
    """The date, duration or cycle in the model's words."""
    return "" if starter.definition.schedule is None else starter.definition.schedule.text


def _begin(definition: Definition, process: str, node: str, written: str, plan: Schedule) -> None:
    repeats = None if plan.repeats is None else min(plan.repeats, MOST_REPEATS)
    StartTimer.objects.create(
        definition=definition, process=process, node=node, written=written, due=plan.due, every=plan.every,
        repeats=repeats, run_at=plan.due,
    )  # fmt: skip


def due() -> QuerySet[StartTimer, int]:
    """The numbers of those whose time has come, the first due first."""
    now = clock.utc_now()
    put_back = Q(due__lte=now, run_at__gt=now + retry.TIMERS.longest)  # put off by a clock that has been put back since
    found = StartTimer.objects.filter(Q(run_at__lte=now) | put_back)
    return found.order_by("run_at", "pk").values_list("pk", flat=True)


def fire(number: int) -> bool:
    """Begin the case of one moment, unless another worker does. False: it was refused. For use in a transaction.

    Of moments that were missed each begins its case, one a sweep, as many as are made up (`Limits.most_made_up`).
    """
    now = clock.utc_now()
    waiting = StartTimer.objects.filter(pk=number, run_at__isnull=False, due__lte=now).select_related("definition")
    row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return True
    origin = Origin("system:timer", cause=f"timer start {row.node} of {row.due.isoformat()}"[-200:])
    begun = start_events.start(row.definition, row.process, {}, row.node, "timer", origin)
    if isinstance(begun, Done):
        _move_on(row, now)
    return isinstance(begun, Done)


def _move_on(row: StartTimer, now: datetime) -> None:
    plan = Schedule(row.due, row.repeats, row.every, row.made_up).next(now, engine_limits())
    found = StartTimer.objects.filter(pk=row.pk)
    if plan is None:
        found.update(run_at=None)
    else:
        found.update(due=plan.due, run_at=plan.due, repeats=plan.repeats, made_up=plan.made_up)


def put_off(number: int) -> None:
    """It could not begin its case: its moment stays, and is tried again a little later."""
    now = clock.utc_now()
    StartTimer.objects.filter(pk=number, due__lte=now, run_at__isnull=False).update(run_at=now + retry.TIMERS.pause(1))
