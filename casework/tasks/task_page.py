"""What does somebody need to do this task, without leaving its page?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from casework.access import permissions
from casework.access.separation_of_duties import done_before
from casework.cases import shown
from casework.cases.answers import Seen
from casework.cases.read.case_view import Look, look
from casework.cases.read.decisions import Decision, decision_names, decisions_made, titles
from casework.cases.read.fields import Field, fields
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.open_tasks import OpenTask, open_tasks
from casework.cases.read.progress import Stage, stages
from casework.cases.read.results import Result, results
from casework.cases.read.sent_texts import SentText, sent_texts
from casework.cases.read.sources import sources
from casework.cases.read.suspension import Suspension, suspension
from casework.cases.read.timeline import Line, lines
from casework.cases.read.values import unit_at
from casework.cases.unit_asks import asks_of
from casework.deadlines.read import Shown, deadlines_of
from casework.forms.answer_validation import without_absent
from casework.forms.schema_form import text_of
from casework.tasks import by_hand as desks
from casework.tasks import signing
from casework.tasks.assigning import Receiver, receivers
from casework.tasks.delegating import acting, is_held_by_another
from casework.tasks.findings import Findings, findings
from casework.tasks.first_answers import as_put, data_as_put, page_opened, put_in
from casework.tasks.machine_work import MachineWork, machine_work
from casework.tasks.score import Score, score
from casework.tasks.snooze import Asleep, asleep
from casework.tasks.suggestion import Suggestion, is_in_editor, suggestion, why_here
from casework.tasks.under_lock import name_of
from orchestration.agents.checking import AS_IT_IS, BLIND
from orchestration.casetypes.case_type import CaseType, Form, by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.justification import justified
from orchestration.jobs import by_hand
from orchestration.models import HumanTask
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.masking import View, mask
from orchestration.shell.selectors import completion_of, visible

Json = Any


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`task` is None when it is over; `ended` and `state` then say how; with `then` all of the case's data
    is as it was when the task was finished, and `answered` what was answered, in words. `view` masks what the form
    shows at first. `acts_for`: for whom, by name, the reader would finish it. `opened`: when this page came up, to be
    brought back; `asked_first`: without what the machine says.
    """

    id: int
    name: str
    part: str
    state: str
    ended: datetime | None
    then: bool
    answered: tuple[tuple[str, str], ...]
    task: OpenTask | None
    case: int
    title: str
    case_state: str
    suspension: Suspension | None
    version: str
    key_facts: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    messages: tuple[tuple[str, str], ...]
    suggestion: Suggestion | None
    score: Score | None
    findings: Findings | None
    why_here: str
    text_in_editor: bool
    sent: tuple[SentText, ...]
    work: MachineWork | None
    form: Form
    initial: dict[str, Json]
    results: tuple[Result, ...]
    made: tuple[Decision, ...]
    data: tuple[Field, ...]
    happened: tuple[Line, ...]
    receivers: tuple[Receiver, ...]
    may_order: bool
    may_snooze: bool
    asleep: Asleep | None
    may_reveal: bool
    view: View
    deadlines: tuple[Shown, ...] = ()
    signature: str = ""
    acts_for: str = ""
    opened: str = ""
    asked_first: bool = False


def form_of(task: HumanTask) -> Form:
    """The form that the task asks for; one without questions where the case type has none of that name."""
    case_type = by_definition(task.instance.definition_id)
    work = by_hand.by_hand(task, case_type) if by_hand.is_by_hand(task) else None
    if work is not None:
        return desks.form_of(work, task.form)
    asks = asks_of(task.instance.case.unit)
    return justified(case_type.forms.get(task.form, Form(task.form, ())), case_type, asks)


def task_page(*, user: User, task: HumanTask, now: datetime) -> TaskPage:
    case = task.instance.case
    then, works = _finished(task), permissions.may(user, "work", case)
    seen = look(user=user, case=case, now=now, item=task.item, then=then)
    found = {row.id: row for row in open_tasks(seen, user, works, now)}
    work = desks.desk(task, seen.case_type, seen.view)
    form = without_absent(form_of(task), seen.view) if work is None else work.form
    put = AS_IT_IS if work is not None else put_in(seen.case_type, task, form, seen.state.root.variables)
    form, data = as_put(form, put, seen.case_type.asked_first), data_as_put(seen.view.data, form, put)
    source = sources(seen, decision_names(case.instance.definition_id))
    mine, may_order = found.get(task.pk), permissions.may(user, "assign", case)
    giver = acting(user, task) if works and mine is not None and is_held_by_another(user, task) else None
    acts_for = name_of(giver) if isinstance(giver, User) and not done_before(user, task) else ""
    if mine is not None and acts_for:
        mine = replace(mine, may=mine.may | {"complete"})
    hands_on = mine is not None and task.state == HumanTask.State.OPEN and (may_order or mine.mine)
    is_theirs = mine is not None and bool({"claim", "release"} & set(mine.may))
    made = decisions_made(seen, source)
    return TaskPage(
        id=task.pk, name=seen.view.text(task.name), part=seen.view.text(seen.running.around(task.item)),
        state=task.state, ended=task.ended, then=then is not None,
        answered=answered(form, seen.view) if then else (), task=mine,
        case=case.pk, title=seen.view.text(case.title), case_state=case.state,
        suspension=suspension(seen, works) if mine is not None else None, version=seen.case_type.label,
        key_facts=key_facts(seen), stages=stages(seen),
        messages=tuple(from_outside(seen)), suggestion=suggestion(form, data), form=form,
        score=score(form, seen), findings=findings(form, seen),
        why_here="" if put.check else why_here(made, () if mine is None else mine.groups),
        text_in_editor=is_in_editor(form),
        sent=() if mine is not None else sent_texts(seen),
        work=None if work is None else machine_work(seen, work),
        initial=_initial(form, seen.case_type, data) if work is None else work.shown,
        results=results(seen), made=made, data=tuple(_not_above(seen, form, _stood(task, then, fields(seen, source)))),
        happened=lines(seen),
        receivers=tuple(receivers(user, task, seen.case_type)) if hands_on else (), may_order=may_order and hands_on,
        may_snooze=is_theirs, asleep=asleep(user, now).get(task.pk) if is_theirs else None,
        may_reveal=permissions.may(user, "reveal", case), view=seen.view,
        deadlines=deadlines_of(case, seen.case_type, now),
        signature=_signature(seen, task, user, form) if mine is not None and {"claim", "complete"} & mine.may else "",
        acts_for=acts_for, asked_first=put.check == BLIND,
        opened=page_opened(task, user) if mine is not None and seen.case_type.asked_first is not None else "",
    )  # fmt: skip


def _signature(seen: Look, task: HumanTask, user: User, form: Form) -> str:
    """What the page carries where finishing it signs what it shows: also where nobody has the task, which a program
    takes by finishing it."""
    if not form.signs or task.state != HumanTask.State.OPEN:
        return ""
    data, root = visible(seen.state, task.item), dict(seen.state.root.variables)
    view = mask(data, seen.case_type.classification, seen.view.principal, [root])
    return shown.carried(signing.marks(user, task, form, Seen(seen.case_type, data, view, root)))


def _finished(task: HumanTask) -> int | None:
    """The event of its completion; None for what is not completed."""
    if task.state != HumanTask.State.COMPLETED or task.ended is None:
        return None
    return completion_of(task.instance_id, task.item, task.ended)


def _stood(task: HumanTask, then: int | None, data: tuple[Field, ...]) -> tuple[Field, ...]:
    """The data without who wrote it, where that came after the task was finished."""
    if then is None or task.ended is None:
        return data
    later = (field.since is not None and field.since > task.ended for field in data)
    return tuple(
        replace(field, source="", since=None) if late else field for field, late in zip(data, later, strict=True)
    )


def answered(form: Form, view: View) -> tuple[tuple[str, str], ...]:
    """What stands in the places that the form writes to, in the words of its choices."""
    found = ((each, at_path(view.data, each.path)) for each in form.fields)
    return tuple(
        (each.label, view.text(each.choices.get(str(value), text_of(value))))
        for each, value in found if value not in (None, "")
    )  # fmt: skip


def _not_above(seen: Look, form: Form, data: tuple[Field, ...]) -> Iterator[Field]:
    """The data without what stands on the page already: what came in, and the text that is suggested."""
    above = {"/" + path.replace(".", "/") for path in (*_asked_outside(seen), form.suggestion.get("text", ""))}
    return (field for field in data if field.pointer not in above or field.masked or field.revealed)


def _initial(form: Form, case_type: CaseType, data: Json) -> dict[str, Json]:
    """What stands in the form at first, amounts of money with their cents."""
    unit = unit_at(case_type)
    values = {each.path: (at_path(data, each.initial), each.initial) for each in form.fields if each.initial}
    return {path: _typed(value, unit(pointer_of(place))) for path, (value, place) in values.items()}


def _typed(value: Json, unit: str) -> Json:
    return f"{value:.2f}" if isinstance(value, float) and unit not in ("", "%") else value


def from_outside(seen: Look) -> Iterator[tuple[str, str]]:
    """What came from outside: what a case of this type begins with, then what it waited for; key facts stand above."""
    named = titles(seen.case_type)
    for path in (each for each in _asked_outside(seen) if each not in seen.case_type.key_facts):
        if text := at_path(seen.view.data, path):
            yield named.get("/" + path.replace(".", "/"), path), str(text)


def _asked_outside(seen: Look) -> tuple[str, ...]:
    waited = (field.path for each in seen.case_type.external for field in seen.case_type.forms[each.form].fields)
    return (*seen.case_type.intake.required, *waited)
