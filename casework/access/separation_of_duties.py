"""Who may not do this task, because of what they did in the case before?

A model may say that a task wants another person than some other steps had, or than those for whom these were done, or
nobody whom a place of the data names (`orchestration.casetypes.separation`). People are named there by user name,
address of mail or full name. What a task is about may stand in another case, which then says so, too (`did_elsewhere`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Q

from audit.models import AuditEvent
from casework.access.permissions import origin_of
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.separation import Bars
from orchestration.models import HumanTask
from orchestration.shell.selectors import state_of, visible

did_elsewhere: Final[dict[str, Callable[[User, HumanTask], str]]] = {}
"""By case type: what somebody did outside of the case that keeps them from its task, in words."""


def done_before(by: User, task: HumanTask) -> str:
    """What this person did that keeps them from the task, in words; "" where they may do it."""
    case_type = by_definition(task.instance.definition_id)
    bars = case_type.bars.get(task.definition_item)
    if bars is None:
        return ""
    elsewhere = did_elsewhere.get(case_type.key)
    return _did_here(by, task, bars) or ("" if elsewhere is None else elsewhere(by, task))


def _did_here(by: User, task: HumanTask, bars: Bars) -> str:
    if bars.places and names_them(by, bars, task):
        return "appeared by name in what it is about"
    theirs = Q(assignee=by) | Q(acted_for__person=by)
    mine = HumanTask.objects.filter(theirs, instance=task.instance_id, state=HumanTask.State.COMPLETED)
    if bars.steps and (done := mine.filter(definition_item__in=bars.steps).order_by("-ended").first()):
        return f"did “{done.name}”"
    return "opened this case" if bars.opener and _opened(by, task) else ""


def names_them(by: User, bars: Bars, task: HumanTask) -> bool:
    """Whether a place of the data that the task must not name them in does."""
    return not names_of(by).isdisjoint(names_in(visible(state_of(task.instance), task.item), bars.places))


def names_in(data: Mapping[str, Any], places: Iterable[str]) -> Iterator[str]:
    """Whom the data name at these places, one or a list of them, as `names_of` writes names."""
    found = (at_path(data, place) for place in places)
    each = (one for value in found for one in (value if isinstance(value, list) else [value]))
    said = (str(one or "").strip().casefold() for one in each)
    return (name for name in said if name)


def names_of(person: User) -> frozenset[str]:
    """What data may call a person by, as names are compared."""
    said = (person.get_username(), person.email, person.get_full_name())
    return frozenset(name.strip().casefold() for name in said if name.strip())


def _opened(by: User, task: HumanTask) -> bool:
    them = origin_of(by).actor
    opened = AuditEvent.objects.filter(
        Q(actor=them) | Q(on_behalf_of=them), chain=task.instance_id, action="case.opened"
    )
    return opened.exists()
