"""May this subject do that to this resource? As the doors decide, for gateways and programs that ask.

A policy decision point in the words of OpenID AuthZEN (Authorization API 1.0): subject, action, resource -> decision.
Subjects are people by sign-in name; resources are cases and tasks by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.access.permissions import ACTIONS, TASK_ACTIONS, UNSEEN
from casework.models import Case
from casework.web.asked import number_in
from orchestration.models import HumanTask

OF: Final = {"case": ACTIONS, "task": TASK_ACTIONS}
"""What can be done to each kind of thing."""
PERSON: Final = "person"
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. Names that nobody has are answered with no."""

    person: str
    action: str
    kind: str
    id: str


def decided(asked: Asked) -> str:
    """What the doors say: `UNSEEN`, `DENIED`, or "" for yes."""
    user = User.objects.filter(username=asked.person).first()
    thing = _thing(asked.kind, asked.id)
    if user is None or thing is None or asked.action not in OF[asked.kind]:
        return UNSEEN
    return _verdict(user, thing, asked.action)


def _thing(kind: str, number: str) -> Case | HumanTask | None:
    if kind == "case":
        return Case.objects.select_related("instance").defer(*permissions.STATE).filter(pk=number_in(number)).first()
    if kind == "task":
        found = HumanTask.objects.select_related("instance__case").defer(*permissions.STATE)
        return found.filter(pk=number_in(number)).first()
    return None


def _verdict(user: User, thing: Case | HumanTask, action: str) -> str:
    if isinstance(thing, Case):
        return permissions.case_verdict(user, thing, action)
    return permissions.task_verdict(user, thing, action)


def actions_found(person: str, kind: str, number: str) -> list[str]:
    """All that somebody may do to a thing."""
    return [action for action in OF.get(kind, ()) if not decided(Asked(person, action, kind, number))]


def people_found(action: str, kind: str, number: str, after: str) -> tuple[list[str], str]:
    """Who may do this to a thing, by sign-in name after one, and the name to go on after; "": these are the last."""
    thing = _thing(kind, number)
    if thing is None or action not in OF[kind]:
        return [], ""
    found: list[str] = []
    for user in User.objects.filter(is_active=True, username__gt=after).order_by("username").iterator():
        if not _verdict(user, thing, action):
            if len(found) == AT_ONCE:
                return found, found[-1]
            found.append(user.get_username())
    return found, ""


def things_found(person: str, action: str, kind: str, after: str) -> tuple[list[str], str]:
    """To which cases or tasks somebody may do this, by number after one, and the number to go on after."""
    user = User.objects.filter(username=person, is_active=True).first()
    if user is None or action not in OF.get(kind, ()):
        return [], ""
    start = number_in(after)
    found: list[str] = []
    for thing in _things_seen(user, kind, start):
        if not _verdict(user, thing, action):
            if len(found) == AT_ONCE:
                return found, found[-1]
            found.append(str(thing.pk))
    return found, ""


def _things_seen(user: User, kind: str, start: int) -> Any:
    """Those that they may view, and the cases that they may reply to without."""
    seen = permissions.cases_with_right(user, "view") | permissions.cases_with_right(user, "reply")
    cases = Case.objects.filter(seen, pk__gt=start)
    if kind == "case":
        return cases.select_related("instance").defer(*permissions.STATE).order_by("pk").iterator()
    tasks = HumanTask.objects.filter(instance__case__in=Case.objects.filter(seen), pk__gt=start)
    return tasks.select_related("instance__case").defer(*permissions.STATE).order_by("pk").iterator()
