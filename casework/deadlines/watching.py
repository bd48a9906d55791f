"""What happens as a deadline comes near, and when it is missed?

Looked after with every sweep. At its share of the time the open tasks of the case become urgent; at its end the breach
stands in the case's history. Of both those are told who work on it and who give out its work (`notices`). Both reach
the model as signals, `deadline KEY warned` and `deadline KEY breached`, for whatever in it waits for them (BPMN
10.5.5). One that a step or a calendar has moved far off again comes near anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import transaction
from django.db.models import Q

from audit.db.columns import Integers
from audit.db.sql import Part
from audit.services import Fact, Origin
from casework.cases.locking import locked
from casework.deadlines.models import Deadline
from casework.deadlines.notices import escalation_tell
from casework.deadlines.standing import Standing, calendars, comes_near_anew, standing
from orchestration.casetypes.deadlines import Declared
from orchestration.deadlines.rule import events_of
from orchestration.engine.commands import ReceiveSignal
from orchestration.ground import clock
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.haste import URGENT
from orchestration.shell.savepoint import tried
from orchestration.shell.services import Locked

AT_MOST: Final = 200
ORIGIN: Final = Origin("system:deadlines")
HURRIED: Final = """
hurried as (
    update orchestration_humantask set priority = %(urgent)s, own_priority = null where id = any(%(hurried_tasks)s))"""


def look_after() -> None:
    """Those of which something is to be said now, each in a transaction of its own."""
    due = Deadline.objects.filter(look__lte=clock.utc_now()).order_by("look").values_list("pk", "instance_id")
    for number, instance in list(due[:AT_MOST]):
        tried("deadline not looked after", Deadline(pk=number), deadline_look, number, instance)


@transaction.atomic
def deadline_look(number: int, instance: int) -> None:
    """Say of one deadline what is to be said now, and when to look again."""
    case = locked(instance)
    row = Deadline.objects.get(pk=number)
    declared = declared_of(case, row.key)
    if declared is None:
        Deadline.objects.filter(pk=number).update(look=None)
        return
    facts, parts, signals = list[Fact](), list[Part](), list[str]()
    found, anew = comes_near_anew(
        declared, events_of(row.events), calendars(), case.at, warned=bool(row.warned), breached=bool(row.breached)
    )
    if found.due != row.due:
        facts.append(Fact("deadline.moved", told(declared, found) | {"was": clock.written(row.due)}))
    if anew:
        row.warned = None
        facts.append(Fact("deadline.anew", told(declared, found)))
    if found.look is not None and found.look <= case.at and found.due is not None:
        breached = found.due <= case.at
        kind = "breached" if breached else "warned"
        setattr(row, kind, case.at)
        facts.append(Fact(f"deadline.{kind}", told(declared, found) | {"share": declared.escalate}))
        signals.append(f"deadline {row.key} {kind}")
        hurried, part = _hurried(instance)
        facts += hurried
        parts += [part] if part else []
        found = standing(declared, events_of(row.events), calendars(), bool(row.warned), breached)
    row.state, row.due, row.look = found.state, found.due, found.look
    row.save(update_fields=["state", "due", "look", "warned", "breached"])
    if signals:
        escalation_tell(row, declared.title, case.at, missed=row.breached is not None)
    _tell(case, facts, parts, signals)


def _tell(case: Locked, facts: list[Fact], parts: list[Part], signals: Iterable[str]) -> None:
    heard = {wait.name for wait in case.state.waits.values() if wait.kind == "signal"}
    wanted = next((signal for signal in signals if signal in heard), None)
    if wanted is not None:
        services.record(case, facts, ORIGIN, parts)
        services.send(case.instance, ReceiveSignal(wanted), ORIGIN)
    elif facts:
        services.record(case, facts, ORIGIN, parts)


def _hurried(instance: int) -> tuple[list[Fact], Part | None]:
    """The open tasks that are not urgent yet become so, by themselves too where their case alone has made them so."""
    slow = Q(priority__lt=URGENT) | Q(own_priority__lt=URGENT)
    rows = list(HumanTask.objects.filter(slow, instance=instance, state=HumanTask.State.OPEN))
    part: Part = (HURRIED, {"urgent": URGENT, "hurried_tasks": Integers(row.pk for row in rows)})
    return list(_facts(rows)), part if rows else None


def _facts(rows: Iterable[HumanTask]) -> Iterator[Fact]:
    for row in rows:
        detail = {"task": row.name, "item": row.item, "definition": row.definition_item}
        yield Fact("task.priority", detail | {"priority": URGENT, "was": row.priority})


def declared_of(case: Locked, key: str) -> Declared | None:
    """None where the version that the case follows now does not declare it any more."""
    return next((one for one in case.case_type.deadlines if one.key == key), None)


def told(declared: Declared, found: Standing) -> dict[str, str | None]:
    """What a history says of a deadline: no value of the case."""
    return {"deadline": declared.key, "title": declared.title, "due": clock.written(found.due)}
