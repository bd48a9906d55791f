"""What does somebody need to do this task, without leaving its page?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.read.case_page import Result, results
from casework.cases.read.case_view import Look, look
from casework.cases.read.decisions import Decision, decision_names, decisions_made, titles
from casework.cases.read.fields import Field, fields
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.open_tasks import OpenTask, open_tasks
from casework.cases.read.progress import Stage, stages
from casework.cases.read.sources import sources
from casework.cases.read.timeline import Line, lines
from casework.forms.answer_validation import at_path
from casework.tasks import by_hand as desks
from casework.tasks.assigning import Receiver, receivers
from casework.tasks.machine_work import MachineWork, machine_work
from orchestration.casetypes.case_type import Form, by_definition
from orchestration.jobs import by_hand
from orchestration.models import HumanTask
from orchestration.privacy.masking import View

Json = Any


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the product proposes: a label in words, how sure it is, and a text."""

    label: str
    confidence: float | None
    text: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`task` is None when it is over; `ended` and `state` then say how. `view` masks what the form shows at first."""

    id: int
    name: str
    part: str
    state: str
    ended: datetime | None
    task: OpenTask | None
    case: int
    title: str
    case_state: str
    version: str
    key_facts: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    messages: tuple[tuple[str, str], ...]
    suggestion: Suggestion | None
    work: MachineWork | None
    form: Form
    initial: dict[str, Json]
    results: tuple[Result, ...]
    made: tuple[Decision, ...]
    data: tuple[Field, ...]
    happened: tuple[Line, ...]
    receivers: tuple[Receiver, ...]
    may_order: bool
    may_reveal: bool
    view: View


def form_of(task: HumanTask) -> Form:
    """The form that the task asks for; one without questions where the case type has none of that name."""
    case_type = by_definition(task.instance.definition_id)
    work = by_hand.by_hand(task, case_type) if by_hand.is_by_hand(task) else None
    return case_type.forms.get(task.form, Form(task.form, ())) if work is None else desks.form_of(work, task.form)


def task_page(*, user: User, task: HumanTask, now: datetime) -> TaskPage:
    case = task.instance.case
    seen = look(user=user, case=case, now=now, item=task.item)
    found = {row.id: row for row in open_tasks(seen, user, permissions.may(user, "work", case), now)}
    work = desks.desk(task, seen.case_type, seen.view)
    form = form_of(task) if work is None else work.form
    data, source = seen.view.data, sources(seen, decision_names(case.instance.definition_id))
    mine, may_order = found.get(task.pk), permissions.may(user, "assign", case)
    hands_on = mine is not None and task.state == HumanTask.State.OPEN and (may_order or mine.mine)
    return TaskPage(
        id=task.pk, name=seen.view.text(task.name), part=seen.view.text(seen.running.around(task.item)),
        state=task.state, ended=task.ended, task=mine,
        case=case.pk, title=seen.view.text(case.title), case_state=case.state, version=seen.case_type.label,
        key_facts=key_facts(seen), stages=stages(seen),
        messages=tuple(_messages(seen)), suggestion=_suggestion(form, data), form=form,
        work=None if work is None else machine_work(seen, work),
        initial=_initial(form, data) if work is None else work.shown,
        results=results(seen), made=decisions_made(seen, source), data=fields(seen, source), happened=lines(seen),
        receivers=tuple(receivers(user, task, seen.case_type)) if hands_on else (), may_order=may_order and hands_on,
        may_reveal=permissions.may(user, "reveal", case), view=seen.view,
    )  # fmt: skip


def _initial(form: Form, data: Json) -> dict[str, Json]:
    return {each.path: at_path(data, each.initial) for each in form.fields if each.initial}


def _messages(seen: Look) -> Iterator[tuple[str, str]]:
    """What came from outside: what a case of this type begins with, then what it waited for."""
    waited = [field.path for each in seen.case_type.external for field in seen.case_type.forms[each.form].fields]
    named = titles(seen.case_type)
    for path in (*seen.case_type.intake.required, *waited):
        if text := at_path(seen.view.data, path):
            yield named.get("/" + path.replace(".", "/"), path), str(text)


def _suggestion(form: Form, data: Json) -> Suggestion | None:
    """What the form names as the suggestion, in the words of its choices; None where there is none (yet)."""
    found = {name: at_path(data, path) for name, path in form.suggestion.items()}
    if not any(found.values()):
        return None
    words = {value: label for each in form.fields for value, label in each.choices.items()}
    label = str(found.get("label") or "")
    return Suggestion(words.get(label, label), found.get("confidence"), str(found.get("text") or ""))
