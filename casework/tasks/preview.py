"""What does somebody have to know of a task to decide what to do about it, while they look at a list?

Less than its page shows, under the same rights and masks: key facts, what came in, what is suggested, why it is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.read.case_view import look
from casework.cases.read.decisions import decision_names, decisions_made
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.open_tasks import OpenTask, open_tasks
from casework.cases.read.sources import sources
from casework.tasks.suggestion import Suggestion, suggestion, why_here
from casework.tasks.task_page import form_of, from_outside
from orchestration.models import HumanTask

EVENTS: Final = 1
"""Of the history nothing is told here; a look asks for at least one event."""


@dataclass(frozen=True, slots=True)
class Preview:
    """`task` is None when it is over; `state` then says how. `messages`: what came from outside, by its label."""

    id: int
    name: str
    state: str
    task: OpenTask | None
    case: int
    title: str
    case_state: str
    key_facts: tuple[Fact, ...]
    messages: tuple[tuple[str, str], ...]
    suggestion: Suggestion | None
    why_here: str


def preview(*, user: User, task: HumanTask, now: datetime) -> Preview:
    """As this reader may see it now; the caller has fetched the task for them."""
    case = task.instance.case
    seen = look(user=user, case=case, now=now, item=task.item, most=EVENTS)
    found = {row.id: row for row in open_tasks(seen, user, permissions.may(user, "work", case), now)}
    here = found.get(task.pk)
    made = decisions_made(seen, sources(seen, decision_names(case.instance.definition_id)))
    return Preview(
        id=task.pk, name=seen.view.text(task.name), state=task.state, task=here, case=case.pk,
        title=seen.view.text(case.title), case_state=case.state, key_facts=key_facts(seen),
        messages=tuple(from_outside(seen)), suggestion=suggestion(form_of(task), seen.view.data),
        why_here=why_here(made, () if here is None else here.groups),
    )  # fmt: skip
