"""How does somebody say that they are away, and what becomes of what they have?

Who is away is given no task by others; what they have goes back to its groups if they want it to. They are back by
themselves on the day that they said, or when they say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User

from casework.models import Absence
from casework.tasks.services import task_release
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

LONGEST: Final = timedelta(days=366)
NOTE_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Away:
    """`freed`: how many tasks went back to their groups; `kept`: how many did not."""

    until: datetime
    freed: int
    kept: int


def absence_of(person: User, now: datetime) -> Absence | None:
    """That they are away now; None where they are there."""
    return Absence.objects.filter(person=person, until__gt=now).first()


def absence_begin(*, by: User, until: datetime, now: datetime, note: str, give_back: bool) -> Away | Refused:
    """Say that one is away from now on. `give_back`: one's open tasks go back to those whom they are offered to."""
    if not now < until <= now + LONGEST:
        wrong = "Say a day within the next year on which you are back."
        return Refused("invalid", wrong, {"until": wrong})
    if len(note) > NOTE_MOST or "\0" in note:
        wrong = f"Say it in at most {NOTE_MOST} characters."
        return Refused("invalid", wrong, {"note": wrong})
    Absence.objects.update_or_create(person=by, defaults={"until": until, "note": note.strip()})
    held = list(HumanTask.objects.filter(assignee=by, state=HumanTask.State.OPEN)) if give_back else []
    outcomes = [task_release(by=by, task=task) for task in held]
    kept = sum(isinstance(outcome, Refused) for outcome in outcomes)
    return Away(until, len(held) - kept, kept)


def absence_end(*, by: User) -> None:
    """Say that one is back."""
    Absence.objects.filter(person=by).delete()
