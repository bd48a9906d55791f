"""What does it mean to suspend, end or open this case, and what stops with it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from casework.cases.read.case_view import look
from casework.models import Case
from orchestration.models import HumanTask, Job
from orchestration.view.available_actions import REASON_NEEDED

ASKED: Final = {
    "suspend": (
        "Suspend this case?",
        "Its tasks can be read, not worked on, until somebody resumes it.",
        "Suspend",
    ),
    "resume": ("Let this case go on?", "Its tasks and what it waited for are taken up where they were.", "Resume"),
    "terminate": (
        "End this case now?",
        "It ends where it stands, without what was still to come.",
        "End it",
    ),
    "reactivate": ("Open this case again?", "It goes on from where it ended, as its model says.", "Open it again"),
    "hasten": (
        "Put this case before others?",
        "Its open tasks become urgent, its work for machines overtakes that of other cases, and its rules may choose a "
        "quicker way.",
        "Mark it as urgent",
    ),
    "calm": (
        "Take this case in its turn again?",
        "It does not go before others any more; its tasks have their own priority again.",
        "Take it in its turn",
    ),
    "close": ("Close this case for good?", "Nobody can open it again after this.", "Close it"),
}
DONE: Final = {
    "suspend": "The case is suspended.", "resume": "The case goes on.", "terminate": "The case has ended.",
    "hasten": "The case is urgent now.", "calm": "The case is taken in its turn.",
    "reactivate": "The case is open again.", "close": "The case is closed for good.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangePage:
    """`stops`: the names of what is at work and stops by it; `needs_reason`: whether it must be said why."""

    case: int
    title: str
    how: str
    question: str
    meaning: str
    button: str
    done: str
    stops: tuple[str, ...]
    needs_reason: bool


def change_page(*, user: User, case: Case, how: str, now: datetime) -> ChangePage:
    """The question whether to carry out a change of `available_actions.CHANGES`, masked for this person."""
    view = look(user=user, case=case, now=now).view
    question, meaning, button = ASKED[how]
    stops = tuple(view.text(name) for name in _at_work(case)) if how in ("suspend", "terminate") else ()
    return ChangePage(
        case.pk, view.text(case.title), how, question, meaning, button, DONE[how], stops, how in REASON_NEEDED
    )


def _at_work(case: Case) -> list[str]:
    open_tasks = HumanTask.objects.filter(instance=case.instance_id, state=HumanTask.State.OPEN)
    jobs = Job.objects.filter(instance=case.instance_id, state__in=(Job.State.WAITING, Job.State.RUNNING))
    return [*open_tasks.values_list("name", flat=True), *(job.name or job.capability for job in jobs.defer("input"))]
