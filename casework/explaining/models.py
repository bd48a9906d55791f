"""Which rows say that a decision is contested, and what somebody else made of it?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models

from audit.db.sealed_fields import SealedText
from orchestration.models import HumanTask

ANSWERED_WITHIN: Final = timedelta(days=28)
"""Without undue delay, at the latest within a month, of which the shortest counts (GDPR, article 12 (3))."""


CASE_TYPE: Final = "contest"
"""Of the cases in which contests are looked at."""


class Contest(models.Model):
    """The objection of an affected person to a decision, `sequence` its event. It waits for a person who had no part in
    the decision. `letter`: the draft that explained it, by its event; 0: none. `own`: the root case whose task it is to
    look at it again; 0: none, as of those from before there was one."""

    class State(models.TextChoices):
        OPEN = "open", "is contested"
        STANDS = "stands", "was contested, and stands"
        CHANGES = "changes", "was contested, and has to be changed"

    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="contests")
    sequence = models.IntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    objection = SealedText(max_length=2000, of="case.instance_id")
    letter = models.IntegerField(default=0)
    by = models.CharField(max_length=200, help_text="who recorded it, as histories name them")
    at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided = models.DateTimeField(null=True)
    finding = SealedText(max_length=2000, blank=True, of="case.instance_id")
    own = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "at"], name="contest_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "sequence"], condition=models.Q(state="open"), name="contested_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"contest of decision {self.sequence} in case {self.case_id}: {self.state}"

    @property
    def due(self) -> datetime:
        return self.at + ANSWERED_WITHIN


def contest_of(task: HumanTask) -> Contest | None:
    """The contest that a task is about."""
    if task.instance.case.case_type != CASE_TYPE:
        return None
    return Contest.objects.filter(own=task.instance_id).first()
