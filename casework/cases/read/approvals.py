"""Who has signed what in this case, who has still to, and what became of it?

The tasks whose forms sign (`casework.tasks.signing`), the oldest first, with the machine work that lies behind each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from audit.models import AuditEvent, AuditPayload
from casework.cases.read.after_approval import leads_to
from casework.cases.read.case_view import Look
from orchestration.models import HumanTask, Job
from orchestration.privacy.classification import rank

SIGNED: Final = "approval.signed"
MOST: Final = 50
JOBS: Final = {
    Job.State.WAITING: "is still to be done", Job.State.RUNNING: "is under way", Job.State.OFFERED: "is under way",
    Job.State.HELD: "is held back", Job.State.INCIDENT: "has failed and needs a person", Job.State.DONE: "was done",
    Job.State.CANCELLED: "was given up", Job.State.HANDED: "was handed to a person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """One of them. `state`: waiting, taken, signed, withdrawn. `said`: the choice, "" where it is masked or none.

    `mark`: of all that was seen. `became`: what happened to the machine work behind it, in words.
    """

    task: str
    state: str
    who: str
    at: datetime | None
    said: str
    mark: str
    became: str


def approvals(seen: Look) -> tuple[Approval, ...]:
    """Nothing is asked where no form of the case type signs."""
    signing = [key for key, form in seen.case_type.forms.items() if form.signs]
    if not signing:
        return ()
    rows = HumanTask.objects.filter(instance=seen.case.instance_id, form__in=signing).select_related("assignee")
    tasks = list(rows.order_by("pk")[:MOST])
    told = _told(seen) if tasks else {}
    jobs = list(Job.objects.filter(instance=seen.case.instance_id).order_by("pk").defer("input")) if tasks else []
    return tuple(_approval(seen, task, told.get(task.item, {}), jobs) for task in tasks)


def _told(seen: Look) -> dict[int, Mapping[str, Any]]:
    """What the history says of each signature, by the item of its task."""
    chain = seen.case.instance_id
    numbers = list(AuditEvent.objects.filter(chain=chain, action=SIGNED).values_list("sequence", flat=True))
    bodies = AuditPayload.objects.filter(chain=chain, sequence__in=numbers).order_by("sequence")
    found = [orjson.loads(bytes(row.body)) for row in bodies if row.body is not None]
    return {one["item"]: one for one in found}


def _approval(seen: Look, task: HumanTask, told: Mapping[str, Any], jobs: list[Job]) -> Approval:
    who = "" if task.assignee is None else task.assignee.get_full_name() or task.assignee.get_username()
    match task.state:
        case HumanTask.State.COMPLETED:
            state = "signed"
        case HumanTask.State.TERMINATED:
            state = "withdrawn"
        case _:
            state = "taken" if who else "waiting"
    became = next(_became(seen, task, jobs), "") if state == "signed" else ""
    said = ", ".join(_said(seen, task, told.get("chosen", {})))
    return Approval(seen.view.text(task.name), state, who, task.ended, said, str(told.get("seen", "")), became)


def _said(seen: Look, task: HumanTask, chosen: Mapping[str, Any]) -> Iterator[str]:
    for field in seen.case_type.forms[task.form].fields:
        pointer = "/" + field.path.replace(".", "/")
        level = seen.case_type.classification.rule(pointer).level
        if chosen.get(field.path) is not None and rank(seen.view.principal.clearance) >= rank(level):
            yield seen.view.text(field.choices.get(str(chosen[field.path]), str(chosen[field.path])))


def _became(seen: Look, task: HumanTask, jobs: list[Job]) -> Iterator[str]:
    for job in reversed(jobs):
        if task.ended is not None and job.created >= task.ended and leads_to(seen, task.item, job.item):
            name = seen.view.text(job.name or job.capability)
            yield f"“{name}” {JOBS.get(Job.State(job.state), 'is open')}"
