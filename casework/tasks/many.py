"""How does a person work on many tasks at once, and take back what they did?

Each task by itself, in a step of its own case: what cannot be done keeps no other from it. A result for every one; what
can be taken back stands in a signed word that holds for a quarter of an hour, for whoever did it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404

from audit.data_keys import KeyFault
from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.lists.tags import case_tag
from casework.tasks.assigning import task_assign
from casework.tasks.ordering import task_hurry, task_hurry_undone, task_put_off
from casework.tasks.services import task_claim, task_complete, task_release
from casework.tasks.snooze import ON_CHANGE, Until, task_snooze, task_wake
from casework.tasks.task_page import form_of
from casework.tasks.under_lock import name_of
from casework.web.decorators import sealed_off
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell import savepoint

Json = Any
MOST: Final = 200
"""Tasks that one call may name."""
UNDO_FOR: Final = 15 * 60
SALT: Final = "casework.tasks.many"
RIGHTS: Final = {
    "claim": "claim", "release": "release", "assign": "assign", "priority": "order", "due": "order",
    "complete": "complete", "snooze": "view", "wake": "view", "tag": "view",
}  # fmt: skip
"""What can be done to many tasks, and the right that each asks for."""
SAID: Final = {
    "claim": "is yours now", "release": "is back with its group", "assign": "has been given on",
    "priority": "has another priority now", "due": "is due at another time now", "complete": "is done",
    "tag": "has the tag now", "snooze": "is snoozed", "wake": "is back in your lists", "undo": "is as it was before",
}  # fmt: skip
"""What is said of one that was done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to each of the tasks; `to`: nobody where it is given back to its group.

    `until`: what wakes it, where it is snoozed.
    """

    action: str
    to: User | None = None
    note: str = ""
    priority: int = 0
    due: datetime | None = None
    until: Until = ON_CHANGE
    tag: str = ""


Back = list[Json]
"""[task, action, what was before, what is now], as JSON holds it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one task. `back`: what takes it back; None where nothing does, or nothing was changed."""

    task: int
    done: bool
    message: str
    back: Back | None = None


def carried_out(by: User, tasks: Iterable[int], wish: Wish) -> list[Result]:
    """Do it to each of these, in their order."""
    right = RIGHTS[wish.action]
    return [_attempted(by, number, right, lambda task: _done(by, task, wish)) for number in dict.fromkeys(tasks)]


def undo_word(by: User, results: Iterable[Result]) -> str:
    """What `undone` takes; empty where there is nothing to take back."""
    backs = [result.back for result in results if result.back is not None]
    return signing.dumps([by.pk, backs], salt=SALT, compress=True) if backs else ""


def undone(by: User, word: str) -> list[Result] | Refused:
    """Take back what was done, as far as it stands as it was left."""
    try:
        who, backs = signing.loads(word, salt=SALT, max_age=UNDO_FOR)
    except signing.BadSignature:
        return Refused("too-late", "This can be taken back for 15 minutes only. Change it by hand.")
    if who != by.pk:
        return Refused("too-late", "Only whoever did this can take it back.")
    return [_attempted(by, back[0], "view", partial(_taken_back, by, back)) for back in backs]


def titles(by: User, tasks: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    """What each of these and its case are called, as this person may read it; one that they may not see is left out."""
    now = clock.utc_now()
    person = permissions.principal(by, None, now)
    rows = HumanTask.objects.filter(permissions.listed_for(by, "instance__case"), pk__in=list(tasks)).values_list(
        "pk",
        "name",
        "instance__case__title",
        "instance",
        "instance__definition",
        "instance__data",
        "instance__case",
    )
    former = former_of(row[3] for row in rows)
    masks = {
        pk: row_mask(definition, bytes(data), permissions.of_case(person, case), former.get(instance, {}))
        for pk, _, _, instance, definition, data, case in rows
    }
    return {pk: (masks[pk](name), title_in(masks[pk], title)) for pk, name, title, *_ in rows}


def _attempted(by: User, number: int, right: str, work: Callable[[HumanTask], tuple[object, Back | None]]) -> Result:
    try:
        task = permissions.task_for_user(by, number, right)
    except Http404:
        return Result(number, False, "It is not there any more, or you may not see it.")
    except PermissionDenied:
        return Result(number, False, "You may see this task, but you have no right to do this to it.")
    try:
        tried = savepoint.tried("task of many not done", task, work, task, but=KeyFault)
    except KeyFault as fault:
        return Result(number, False, sealed_off(fault))
    if tried is None:
        return Result(number, False, "Something went wrong here; the task is as it was.")
    outcome, back = tried
    return Result(number, False, outcome.message) if isinstance(outcome, Refused) else Result(number, True, "", back)


def _done(by: User, task: HumanTask, wish: Wish) -> tuple[object, Back | None]:
    """What the service answers, and how it is taken back."""
    holder = task.assignee_id or 0
    match wish.action:
        case "claim":
            return task_claim(by=by, task=task), [task.pk, "release", holder, by.pk] if holder != by.pk else None
        case "release":
            return task_release(by=by, task=task), [task.pk, "claim", holder, 0]
        case "assign":
            to = 0 if wish.to is None else wish.to.pk
            outcome = task_assign(by=by, task=task, to=wish.to, note=wish.note)
            return outcome, [task.pk, "assign", holder, to] if holder != to else None
        case "priority":
            outcome = task_hurry(by=by, task=task, priority=wish.priority)
            return outcome, [task.pk, "priority", [task.priority, task.own_priority], wish.priority]
        case "due" if wish.due is not None:
            outcome = task_put_off(by=by, task=task, due=wish.due)
            return outcome, [task.pk, "due", task.due.isoformat(), wish.due.isoformat()]
        case "snooze":
            now = clock.utc_now()
            outcome = task_snooze(by=by, task=task, until=wish.until, reason=wish.note, now=now)
            return outcome, [task.pk, "wake", 0, 0]
        case "wake":
            return task_wake(by=by, task=task), None
        case "tag":
            return _tagged(by, task, wish.tag), None
        case _:
            return _finished(by, task), None


def _finished(by: User, task: HumanTask) -> object:
    """With what its form shows at first: where that is no whole answer, somebody has to give one."""
    outcome = task_complete(by=by, task=task, answers={})
    if isinstance(outcome, Refused) and outcome.errors:
        asked = [each.label for each in form_of(task).fields if each.path in outcome.errors]
        return Refused(outcome.code, f"It asks for an answer ({', '.join(asked)}), so open it.")
    return outcome


def _tagged(by: User, task: HumanTask, word: str) -> object:
    may = permissions.may(by, "work", task.instance.case)
    denied = Refused("denied", "You may read this case and not work on it.")
    return case_tag(by=by, case=task.instance.case, add=[word]) if may else denied


def _taken_back(by: User, back: Back, task: HumanTask) -> tuple[object, None]:
    _, action, before, now = back
    match action:
        case "release":
            return task_release(by=by, task=task), None
        case "claim":
            return task_claim(by=by, task=task), None
        case "wake":
            return task_wake(by=by, task=task), None
        case "priority":
            priority, own = before
            undone = partial(task_hurry_undone, by=by, task=task, priority=priority, own=own, before=now)
            return _ordered(by, task) or undone(), None
        case "due":
            was, is_now = datetime.fromisoformat(before), datetime.fromisoformat(now)
            return _ordered(by, task) or task_put_off(by=by, task=task, due=was, before=is_now), None
        case _:
            to = User.objects.filter(pk=before).first() if before else None
            return task_assign(by=by, task=task, to=to, held_by=now), None


def _ordered(by: User, task: HumanTask) -> Refused | None:
    """Rights are asked for again when something is taken back."""
    may = permissions.may(by, "assign", task.instance.case)
    return None if may else Refused("denied", f"{name_of(by)} may not order tasks any more.")
