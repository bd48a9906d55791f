"""How does a person take a task, give it back and finish it?

Every write goes through here: it checks what it was given, asks the shell and answers with a value, done or refused
with a sentence. Who may was decided when the task was fetched (`access.permissions.task_for_user`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.db.sql import do, together
from audit.services import Fact, Origin
from casework.access.permissions import is_offered, origin_of, who_may_view
from casework.cases.answers import Seen, accepted, seen
from casework.cases.own_words import keep_own_words, masked_words
from casework.drafts.services import draft_ended, task_address
from casework.forms.answer_validation import without_absent
from casework.tasks import delegating, signing
from casework.tasks.by_hand import Finished, desk, work_done
from casework.tasks.first_answers import counted, first_answer, put_in
from casework.tasks.holder import how_held
from casework.tasks.snooze import task_wake
from casework.tasks.under_lock import closed_to, locked_task, over, refused
from orchestration.agents.checking import AS_IT_IS
from orchestration.casetypes.approval_chains import CHAIN
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.justification import justified
from orchestration.engine.commands import CompleteTask
from orchestration.ground.refusals import Refused
from orchestration.jobs.judging import NOTHING, judged
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.services import Done, Locked

Json = Any
Also = Callable[[Mapping[str, Json]], object]
"""What is done beside a task that was completed with these answers."""
with_completion: dict[str, Callable[[Locked, Origin], Also | Refused]] = {}
"""By the key of a case type: what completing a task of it does elsewhere, in the same transaction, or why not."""

ASSIGNED: Final = """
assigned as (
    update orchestration_humantask set assignee_id = %(assignee)s::integer, claimed = %(since)s::timestamptz
    where id = %(task)s),
offered as (
    update orchestration_taskcandidate set assigned = %(assignee)s::integer is not null where task_id = %(task)s)"""


@transaction.atomic
def task_claim(*, by: User, task: HumanTask) -> HumanTask | Refused:
    """Take a task that nobody has. Of two people at once, one gets it and the other is told who has it."""
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "claim", over(row))
    if row.assignee_id not in (None, by.pk):
        taken = Refused("taken", f"{how_held(row)} Choose another, or ask for it.")
        return refused(case, row, by, "claim", taken)
    if row.assignee_id == by.pk:
        return row
    if closed := closed_to(by, row):
        return refused(case, row, by, "claim", closed)
    services.record(case, [_assign(row, by, "task.claimed", since=case.at)], origin_of(by))
    task_wake(by=by, task=row)
    return row


@transaction.atomic
def task_release(*, by: User, task: HumanTask) -> HumanTask | Refused:
    """Give a task back to its groups."""
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "release", over(row))
    if row.assignee_id != by.pk:
        not_yours = Refused("not-yours", "This task is not yours, so you cannot give it back.")
        return refused(case, row, by, "release", not_yours)
    services.record(case, [_assign(row, None, "task.released")], origin_of(by))
    return row


@transaction.atomic
def tasks_free(*, holder: User, origin: Origin) -> int:
    """Give back what somebody holds who may not come in, or may not take it any more; how many tasks that were."""
    held = HumanTask.objects.filter(assignee=holder, state=HumanTask.State.OPEN).order_by("instance_id", "pk")
    freed = 0
    for task in held:
        case, row = locked_task(task)
        if row.state == HumanTask.State.OPEN and row.assignee_id == holder.pk and not _keeps(holder, row):
            services.record(case, [_assign(row, None, "task.released")], origin)
            freed += 1
    return freed


def given_back(instance: int) -> list[Fact]:
    """Give back what of this case, which is locked, those hold who may not take it any more; what is to be told."""
    rows = HumanTask.objects.filter(instance=instance, state=HumanTask.State.OPEN).exclude(assignee=None)
    found = rows.select_related("assignee").order_by("pk")
    return [_assign(row, None, "task.released") for row in found if row.assignee and not _keeps(row.assignee, row)]


def _keeps(holder: User, row: HumanTask) -> bool:
    """Whether somebody may go on to hold an open task: it is offered to them still, and its case is theirs to see."""
    pair = (holder.pk, row.instance_id)
    return holder.is_active and is_offered(holder, row) and pair in who_may_view({pair})


@transaction.atomic
def task_complete(
    *, by: User, task: HumanTask, answers: Mapping[str, Json], seen_as: str = "", opened: str = ""
) -> Done | Refused:
    """Finish a task with a person's answers (by dotted path), checked against its form and the case's schema.

    `seen_as`: what its page carried of what it showed, where the form signs that (`signing`); `opened`: of when it came
    up. Where the question is put otherwise first (`first_answers`) the answer is kept, and nothing is done.
    """
    case, row = locked_task(task)
    if row.state != HumanTask.State.OPEN:
        return refused(case, row, by, "complete", _done_already(row))
    giver = delegating.acting(by, row) if delegating.is_held_by_another(by, row) else None
    if amiss := _not_theirs(by, row, giver):
        return refused(case, row, by, "complete", amiss)
    look = seen(case, task.instance.case, by, row.item)
    work = desk(row, case.case_type, look.view)
    form = justified(case.case_type.forms.get(row.form, Form(row.form, ())), case.case_type, case.beside.get(CHAIN))
    form = without_absent(form, look.view)
    put = AS_IT_IS if work is not None else put_in(look.case_type, row, form, look.root)
    if put.check:
        return first_answer(case, row, by, look, put, form, answers, opened)
    marks = signing.marks(by, row, form, look) if work is None and form.signs else {}
    if marks and (amiss := signing.not_as_seen(seen_as, marks, look)):
        return refused(case, row, by, "complete", amiss)
    done = _by_form(form, look, row, answers) if work is None else work_done(work, answers, case, row, by, look)
    if isinstance(done, Refused):
        return done
    also = _beside(case, _origin(by, giver))
    if isinstance(also, Refused):
        return refused(case, row, by, "complete", also)
    words = list(masked_words(look, answers))
    facts = [_assign(row, by, "task.claimed", since=None)] if row.assignee_id is None else []
    if isinstance(giver, User):
        facts += [_assign(row, by, "task.claimed", since=None), delegating.acted(row, giver)]
    along = together(
        judged(form, answers, row.instance_id), draft_ended(by, task_address(task)),
        counted(form, look, row, by, answers, opened),
    )  # fmt: skip
    facts += [signing.signed(by, row, form, look, marks, answers)] if marks else []
    told = [*facts, *done.facts]
    outcome = services.send(
        case, done.command, _origin(by, giver), told, lambda one: along if isinstance(one, Done) else NOTHING
    )
    keep_own_words(task.instance.case, by, words, outcome)
    if isinstance(outcome, Done) and done.judgement is not None:
        done.judgement.save()
    if isinstance(outcome, Done) and also is not None:
        also(answers)
    return outcome


def _done_already(row: HumanTask) -> Refused:
    """As the engine refuses a task that it does not know any more: by that code programs tell it from others."""
    said = over(row)
    return replace(said, code="unknown") if said.code == "over" else said


def _beside(case: Locked, origin: Origin) -> Also | Refused | None:
    asked = with_completion.get(case.case_type.key)
    return None if asked is None else asked(case, origin)


def _not_theirs(by: User, row: HumanTask, giver: User | Refused | None) -> Refused | None:
    """Why this person may not finish a task that is open; `giver`: for whom they would."""
    if isinstance(giver, Refused):
        return giver
    if giver is None and delegating.is_held_by_another(by, row):
        return Refused("taken", how_held(row))
    return closed_to(by, row)


def _origin(by: User, giver: object) -> Origin:
    return Origin(origin_of(by).actor, origin_of(giver).actor) if isinstance(giver, User) else origin_of(by)


def _by_form(form: Form, look: Seen, row: HumanTask, answers: Mapping[str, Json]) -> Finished | Refused:
    changes = accepted(look, form, answers)
    return changes if isinstance(changes, Refused) else Finished(CompleteTask(row.item, changes))


def _assign(row: HumanTask, to: User | None, action: str, since: datetime | None = None) -> Fact:
    """Give the task to somebody, or to nobody; what the history should say of it.

    `since`: when they began; empty where it was not taken before it was done.
    """
    row.assignee, row.claimed = to, since
    do([(ASSIGNED, {"task": row.pk, "assignee": row.assignee_id, "since": since})])
    return Fact(action, {"task": row.name, "item": row.item, "definition": row.definition_item})
