"""Who has signed what in this case, who has still to, and what became of it?

The tasks whose forms sign (`casework.tasks.signing`), the oldest first, with the machine work that lies behind each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.models import AuditEvent, AuditPayload
from audit.sealed_values import read
from casework.cases.read.after_approval import leads_to
from casework.cases.read.case_view import Look
from orchestration.models import HumanTask, Job

SIGNED: Final = "approval.signed"
ACTED: Final = "task.delegated"
FIRED: Final = "engine.TimerFired"
MOST: Final = 50
JOBS: Final = {
    Job.State.WAITING: "is still to be done", Job.State.RUNNING: "is under way", Job.State.OFFERED: "is under way",
    Job.State.HELD: "is held back", Job.State.INCIDENT: "has failed and needs a person", Job.State.DONE: "was done",
    Job.State.CANCELLED: "was given up", Job.State.HANDED: "was handed to a person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """One of them. `said`: the choice, "" where it is masked or none. `mark`: of all that was seen, kept by `event`.
    `became`: what happened to the machine work behind it, in words. `since`: when it was escalated.

    `state`: waiting, taken, signed; delegated: signed by `who` acting for `acted_for`; expired: a timer ended it;
    withdrawn: something else did.
    """

    task: str
    state: str
    who: str
    at: datetime | None
    said: str
    mark: str
    became: str
    acted_for: str = ""
    since: datetime | None = None
    event: int = 0


@dataclass(frozen=True, slots=True)
class _Told:
    """What the history says, by the item of the task: signatures, for whom; timers: when, on which item."""

    signed: Mapping[int, Mapping[str, Any]]
    acted_for: Mapping[int, str]
    timers: tuple[tuple[datetime, int | None], ...]


def approvals(seen: Look) -> tuple[Approval, ...]:
    """Nothing is asked where no form of the case type signs."""
    signing = [key for key, form in seen.case_type.forms.items() if form.signs]
    if not signing:
        return ()
    rows = HumanTask.objects.filter(instance=seen.case.instance_id, form__in=signing).select_related("assignee")
    tasks = list(rows.order_by("pk")[:MOST])
    told = _told(seen) if tasks else _Told({}, {}, ())
    jobs = list(Job.objects.filter(instance=seen.case.instance_id).order_by("pk").defer("input")) if tasks else []
    return tuple(_approval(seen, task, told, jobs) for task in tasks)


def _told(seen: Look) -> _Told:
    chain = seen.case.instance_id
    found = AuditEvent.objects.filter(chain=chain, action__in=(SIGNED, ACTED, FIRED))
    events = {number: (action, at) for number, action, at in found.values_list("sequence", "action", "at")}
    bodies = AuditPayload.objects.filter(chain=chain, sequence__in=events).order_by("sequence")
    rows = [(*events[row.sequence], read(row.body) | {"event": row.sequence}) for row in bodies if row.body is not None]
    return _Told(
        {detail["item"]: detail for action, _, detail in rows if action == SIGNED},
        {detail["item"]: detail["name"] for action, _, detail in rows if action == ACTED},
        tuple((at, detail.get("item")) for action, at, detail in rows if action == FIRED),
    )


def _approval(seen: Look, task: HumanTask, told: _Told, jobs: list[Job]) -> Approval:
    who = "" if task.assignee is None else task.assignee.get_full_name() or task.assignee.get_username()
    signed, state = told.signed.get(task.item, {}), _state(task, told)
    became = next(_became(seen, task, jobs), "") if task.state == HumanTask.State.COMPLETED else ""
    said = ", ".join(_said(seen, task, signed.get("chosen", {})))
    return Approval(
        seen.view.text(task.name), state, who, task.ended, said, str(signed.get("seen", "")), became,
        told.acted_for.get(task.item, "") if state == "delegated" else "", _escalated(seen, task, told),
        signed.get("event", 0),
    )  # fmt: skip


def _state(task: HumanTask, told: _Told) -> str:
    match task.state:
        case HumanTask.State.COMPLETED:
            return "delegated" if task.item in told.acted_for else "signed"
        case HumanTask.State.TERMINATED:
            return "expired" if any(at == task.ended for at, _ in told.timers) else "withdrawn"
        case _:
            return "waiting" if task.assignee is None else "taken"


def _escalated(seen: Look, task: HumanTask, told: _Told) -> datetime | None:
    """When a timer on an open task, or on what it stands in, went off and did not end it: somebody else was asked."""
    if task.state not in (HumanTask.State.OPEN, HumanTask.State.SUSPENDED):
        return None
    around, item = set(), seen.state.items.get(task.item)
    while item is not None:
        around.add(item.id)
        item = None if item.parent is None else seen.state.items.get(item.parent)
    return next((at for at, item in told.timers if item in around and at > task.created), None)


def _said(seen: Look, task: HumanTask, chosen: Mapping[str, Any]) -> Iterator[str]:
    for field in seen.case_type.forms[task.form].fields:
        pointer = "/" + field.path.replace(".", "/")
        rule = seen.case_type.classification.rule(pointer)
        if chosen.get(field.path) is not None and seen.view.principal.is_cleared(rule):
            yield seen.view.text(field.choices.get(str(chosen[field.path]), str(chosen[field.path])))


def _became(seen: Look, task: HumanTask, jobs: list[Job]) -> Iterator[str]:
    for job in reversed(jobs):
        if task.ended is not None and job.created >= task.ended and leads_to(seen, task.item, job.item):
            name = seen.view.text(job.name or job.capability)
            yield f"“{name}” {JOBS.get(Job.State(job.state), 'is open')}"
