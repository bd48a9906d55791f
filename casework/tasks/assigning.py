"""How is a task given to a named person, or taken from one, and who may be given it?

Whoever holds a task may hand it on to those whom it is offered to. Who has the right `assign` on the case may also give
it to anybody of the groups that the case type names, who may then see and work the case; and may take it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from audit.db.columns import Texts
from audit.db.sql import Part
from audit.services import Fact, Origin
from casework.access.permissions import (
    GRANT_TO_PEOPLE,
    groups_of,
    has_everywhere,
    is_candidate,
    may,
    origin_of,
    rights,
)
from casework.access.reach import EVERYWHERE
from casework.access.separation_of_duties import done_before
from casework.access.unit_models import Reach as Held
from casework.models import Absence
from casework.studio.rule_versions import newest_types
from casework.tasks.barred import signs_of, who_is_barred
from casework.tasks.taking_back import Taken, taken_back, withdrawing
from casework.tasks.under_lock import locked_task, name_of, over, refused
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.services import Locked

NOTE_MOST: Final = 500
LISTED: Final = 300
"""People whom a form lists."""

ASSIGNED: Final = """
assigned as (
    update orchestration_humantask set assignee_id = %(assignee)s, claimed = null where id = %(task)s),
assigned_offers as (
    update orchestration_taskcandidate set assigned = %(assigned)s where task_id = %(task)s),
woken as (
    delete from casework_snooze where task_id = %(task)s and person_id = %(assignee)s)"""
OFFERED: Final = """
offered as (
    insert into orchestration_taskcandidate (task_id, instance_id, user_id, due, assigned)
    values (%(task)s, %(instance)s, %(assignee)s, %(task_due)s, true))"""
GRANTED: Final = f"""
face as (select id from casework_case where instance_id = %(instance)s),
granted_by_name as ({GRANT_TO_PEOPLE})"""  # noqa: S608 - of a text that stands in the code


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who may be given a task; `holds`: how many open tasks they have; `away`: until when they are out."""

    username: str
    name: str
    holds: int
    away: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Whom a person may give tasks to, and whether they may order any."""

    people: tuple[Receiver, ...]
    may_order: bool


@dataclass(frozen=True, slots=True)
class Gift:
    """What changes for whom it is given to. `offered`: it was not offered to them before; `granted`: they had no right
    on the case. `taken`: from whom had it by a gift that is undone."""

    to: User | None
    offered: bool = False
    granted: bool = False
    taken: Taken | None = None


@transaction.atomic
def task_assign(
    *, by: User, task: HumanTask, to: User | None, note: str = "", held_by: int | None = None
) -> HumanTask | Refused:
    """Give a task to somebody; to nobody: to those whom it is offered to. Giving it twice changes nothing.

    `held_by`: who has to have it still, where this is the undoing of another gift by whoever gave it: what that gave
    them of access to the case goes with it.
    """
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "assign", over(row))
    if row.assignee == to:
        return row
    gift = _gift(by, task, row, to, note, held_by, case.case_type)
    if isinstance(gift, Refused):
        return refused(case, row, by, "assign", gift)
    if held_by is not None:
        gift = replace(gift, taken=taken_back(row))
    keep_gift(case, row, gift, origin_of(by), {"note": note.strip()})
    row.assignee, row.claimed = to, None
    return row


def keep_gift(case: Locked, row: HumanTask, gift: Gift, origin: Origin, more: Mapping[str, str]) -> None:
    """Write down that a task is somebody's now, and why; `more`: what else the history says, where it says something.

    What was `Locked` is used up by this.
    """
    services.record(case, [Fact("task.assigned", _told(row, gift, more))], origin, _parts(case.instance, row, gift))


def _gift(
    by: User, task: HumanTask, row: HumanTask, to: User | None, note: str, held_by: int | None, case_type: CaseType
) -> Gift | Refused:
    """What giving it would change, or why it may not be given so."""
    gives = may(by, "assign", task.instance.case)
    if held_by is not None and row.assignee_id != held_by:
        return Refused("changed", f"{name_of(row.assignee) or 'Nobody'} has this task now, so it stays there.")
    if held_by is None and not gives and row.assignee_id != by.pk:
        return Refused("not-yours", "This task is not yours any more, so you cannot hand it on.")
    if len(note) > NOTE_MOST:
        return Refused("invalid", f"A note has at most {NOTE_MOST} characters.", {"note": "This is too long."})
    if to is None:
        return Gift(None)
    offered = is_candidate(to, row)
    if not to.is_active or not (offered or (gives and _belongs(to, case_type, task.instance.case.units))):
        return Refused("not-offered", f"This task may not be given to {name_of(to)}.")
    if did := done_before(to, row):
        return Refused("four-eyes", f"{name_of(to)} {did}, so somebody else has to do this.")
    if held_by is None and (away := Absence.objects.filter(person=to, until__gt=clock.utc_now()).first()):
        return Refused("away", f"{name_of(to)} is away until {_day(away.until)}, so give it to somebody else.")
    return Gift(to, not offered, not {"view", "work"} <= rights(to, task.instance.case))


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def _belongs(person: User, case_type: CaseType, units: Collection[int]) -> bool:
    """Whether a group of theirs works cases of this type, in the unit of this one."""
    named = _groups_named(case_type)
    return Held.objects.filter(person=person, group__name__in=named, unit__in=[EVERYWHERE, *units]).exists()


def _groups_named(case_type: CaseType) -> set[str]:
    """The groups of people who work cases of this type; not those of programs that bring them in."""
    return {role.group for role in case_type.roles if not role.intake}


def _told(row: HumanTask, gift: Gift, more: Mapping[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "task": row.name, "item": row.item, "definition": row.definition_item,
        "to": "" if gift.to is None else gift.to.get_username(), "name": name_of(gift.to), "had": name_of(row.assignee),
    }  # fmt: skip
    said: dict[str, Any] = {**more, "offered": gift.offered, "granted": gift.granted}
    if (taken := gift.taken) is not None and (taken.offer or taken.right):
        said |= {"withdrawn": {"from": taken.holder.get_username(), "offer": taken.offer, "right": taken.right}}
    return detail | {key: value for key, value in said.items() if value}


def _parts(instance: int, row: HumanTask, gift: Gift) -> list[Part]:
    """The rows of it, for the statement that keeps the fact."""
    to = gift.to
    values: dict[str, Any] = {"task": row.pk, "assignee": None if to is None else to.pk, "assigned": to is not None}
    parts: list[Part] = [(ASSIGNED, values)]
    if gift.offered:
        parts.append((OFFERED, {"task_due": row.due, "instance": row.instance_id}))
    if to is not None and gift.granted:
        parts.append((GRANTED, {"instance": instance, "people": Texts([to.get_username()])}))
    return [*parts, *withdrawing(gift.taken)]


def receivers(by: User, task: HumanTask, case_type: CaseType) -> list[Receiver]:
    """Whom this person may give the task to, by name: nobody whom segregation of duties keeps from it."""
    held = Held.objects.filter(unit__in=[EVERYWHERE, *task.instance.case.units])
    offered = held.filter(group__in=task.candidates.exclude(group=None).values("group"))
    named = Q(pk__in=task.candidates.exclude(user=None).values("user"))
    wanted = Q(pk__in=offered.values("person")) | named
    if may(by, "assign", task.instance.case):
        wanted |= Q(pk__in=held.filter(group__name__in=_groups_named(case_type)).values("person"))
    people = User.objects.filter(wanted).exclude(pk=task.assignee_id or 0)
    barred = who_is_barred(task, case_type)
    if barred:
        people = people.exclude(pk__in=[one.pk for one in people if barred & {*signs_of(one)}])
    return _listed(people)


def bar(by: User) -> Bar:
    """What this person may be able to do to many tasks: with colleagues of their groups; where they have the right to
    assign, with all whom the case types name, and then they may order the tasks, too."""
    ordered, mine = groups_ordered(by), set(groups_of(by).values())
    people = _listed(User.objects.filter(groups__name__in=mine | ordered)) if mine else []
    return Bar(tuple(people), bool(ordered))


def groups_ordered(by: User) -> frozenset[str]:
    """The groups that work cases of those types in which this person may give out the work; none: they may nowhere."""
    mine, everywhere = set(groups_of(by).values()), has_everywhere(by, "casework.assign_case")
    types = [each for _, each in newest_types() if everywhere or _assigners(each) & mine]
    return frozenset().union(*map(_groups_named, types))


def _assigners(case_type: CaseType) -> set[str]:
    return {role.group for role in case_type.roles if "assign" in role.may}


def _listed(people: QuerySet[User]) -> list[Receiver]:
    now = clock.utc_now()
    active = (
        people.filter(is_active=True)
        .annotate(away=F("absence__until"))
        .distinct()
        .order_by("first_name", "last_name", "username")
    )
    held = dict(
        HumanTask.objects.filter(state=HumanTask.State.OPEN, assignee__in=people.order_by().values("pk"))
        .values_list("assignee").annotate(Count("pk"))
    )  # fmt: skip
    return [
        Receiver(each.get_username(), name_of(each), held.get(each.pk, 0), away if away and away > now else None)
        for each in active[:LISTED] for away in (vars(each)["away"],)
    ]  # fmt: skip
