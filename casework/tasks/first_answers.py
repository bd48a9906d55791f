"""What is somebody asked first, without what a machine suggests or with what it did not, and what comes of the answer?

In a share of cases (`orchestration.casetypes.asked_first`) the first answer to one question has no effect at all: it is
kept, and the task asks again, with what the machine suggests. Those figures and the answers of all other cases say
what a suggestion is worth (`casework.agents.worth`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User

from audit.db.sql import Part
from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.answers import Seen
from casework.cases.asked_first import put_now
from casework.drafts.services import draft_ended, task_address
from casework.forms import came_up
from casework.forms.answer_validation import placed
from casework.models import FirstAnswer
from casework.tasks.judging import ACCEPT, REJECT, question_of
from orchestration.agents.checking import AS_IT_IS, BLIND, Put
from orchestration.casetypes.asked_first import AskedFirst
from orchestration.casetypes.case_type import CaseType, Form, FormField
from orchestration.casetypes.form_answers import at_path
from orchestration.ground.clock import written
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.services import Locked

Json = Any
ASKED_AGAIN: Final = "asked-again"
_AGAIN: Final = (
    "That was a check of how much a suggestion says: your answer is kept for that, and nothing was done. Now what the "
    "machine suggests is shown: answer once more."
)
COUNTED: LiteralString = """
first_answer as (
    insert into casework_firstanswer (instance_id, task_id, put, agreed, opened, at)
    values (%(instance)s, %(first_task)s, '', %(first_agreed)s, %(first_opened)s::timestamptz, %(at)s)
    on conflict (task_id) where put = '' do update
    set agreed = excluded.agreed, opened = excluded.opened, at = excluded.at)"""


def put_in(read: CaseType, task: HumanTask, form: Form, root: Mapping[str, Json]) -> Put:
    """How the task is put now in its case that is read so; as it is where it does not ask the question."""
    put = put_now(read, task.instance_id, root)
    return put if put.check and _asks(form, read.asked_first) else AS_IT_IS


def as_put(form: Form, put: Put, first: AskedFirst | None) -> Form:
    """The form as it is put: without the machine's suggestion only the question that is compared."""
    if put.check != BLIND or first is None:
        return form
    asked = (
        FormField(one.path, one.label, one.widget, one.help, choices=one.choices)
        for one in form.fields
        if one.path == first.question
    )
    return replace(form, fields=tuple(asked), suggestion={}, judges=(), score=None, findings=None)


def data_as_put(data: Mapping[str, Json], form: Form, put: Put) -> Mapping[str, Json]:
    """The data of a page with what the machine did not say in the places of what it says."""
    if not put.decoy:
        return data
    instead = {path: put.decoy[name] for name, path in form.suggestion.items() if name in put.decoy}
    return {**data, **placed(data, instead)}


def first_answer(
    case: Locked, row: HumanTask, by: User, look: Seen, put: Put, form: Form, answers: Mapping[str, Json], page: str
) -> Refused:
    """Keep what was answered to what was put otherwise; nothing else is done, and the task asks again."""
    first = look.case_type.asked_first
    assert first is not None  # else nothing is put otherwise
    question, said = question_of(form), _chosen(form, first.question, answers)
    verdict = _chosen(form, question.path, answers) if question is not None and put.check != BLIND else ""
    if not verdict and not said:
        judges = question is not None and put.check != BLIND and first.question not in answers
        marked = question.path if question is not None and judges else first.question
        return Refused("invalid", "Please correct what is marked.", {marked: "Choose one of these."})
    machine = at_path(look.root, first.machine)
    agreed = said == machine if put.check == BLIND else None
    fell = None if put.check == BLIND else verdict == ACCEPT if verdict else said == put.decoy["label"]
    opened = _opened_at(page, row, by)
    FirstAnswer.objects.create(
        instance_id=row.instance_id, task=row, put=put.check, agreed=agreed, fell=fell, opened=opened, at=case.at
    )
    told = {
        "task": row.name, "item": row.item, "put": put.check, "shown": put.decoy.get("label", ""), "said": said,
        "verdict": verdict, "agreed": agreed, "fell": fell, "opened": written(opened),
    }  # fmt: skip
    also = [draft_ended(by, task_address(row))]
    services.record(case, [Fact("suggestion.asked_first", told)], origin_of(by), also)
    return Refused(ASKED_AGAIN, _AGAIN)


def counted(form: Form, look: Seen, row: HumanTask, by: User, answers: Mapping[str, Json], page: str) -> Part | None:
    """What writes whether an answer that counts agrees with the machine's, with the step of the task."""
    first = look.case_type.asked_first
    machine = None if first is None else at_path(look.root, first.machine)
    if first is None or machine in (None, "") or not _asks(form, first) or at_path(look.root, first.question):
        return None
    question = question_of(form)
    rejected = question is not None and answers.get(question.path) == REJECT
    agreed = not rejected and answers.get(first.question, machine) == machine
    return COUNTED, {"first_task": row.pk, "first_agreed": agreed, "first_opened": _opened_at(page, row, by)}


def page_opened(task: HumanTask, by: User) -> str:
    """What the page of a task carries of when it came up."""
    return came_up.carried(_about(task), by)


def _opened_at(page: str, task: HumanTask, by: User) -> datetime | None:
    return came_up.read(page, _about(task), by)


def _about(task: HumanTask) -> str:
    return f"task {task.pk}"


def _asks(form: Form, first: AskedFirst | None) -> bool:
    return first is not None and any(one.path == first.question for one in form.fields)


def _chosen(form: Form, path: str, answers: Mapping[str, Json]) -> str:
    """The answer to a question with choices; empty where it is none of them, whatever a program sent."""
    said, choices = answers.get(path), next((one.choices for one in form.fields if one.path == path), {})
    return said if isinstance(said, str) and said in choices else ""
